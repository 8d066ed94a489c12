//! Everything that can go wrong in an index, with the value and what was expected.

use thiserror::Error;

/// A vector or a parameter that an index does not take, or an index that cannot go on.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum IndexError {
    /// The values added do not make one vector for each id. Nothing was added.
    #[error(
        "vector of item {id} is incomplete or too long: {found} values given for {count} items of dimension {dim}"
    )]
    WrongLength {
        /// The first item without a whole vector; the last one where values are left over.
        id: u64,
        /// Number of ids given.
        count: usize,
        /// Number of values given.
        found: usize,
        /// Values in one vector of this index.
        dim: usize,
    },
    /// Values came without any id. Nothing was added.
    #[error("{found} values given without an item id")]
    NoIds {
        /// Number of values given.
        found: usize,
    },
    /// A vector holds a NaN or an infinity. Nothing was added.
    #[error("vector of item {id} holds {value} at position {position}: every value must be finite")]
    NonFinite {
        /// The item.
        id: u64,
        /// Where in its vector, from 0.
        position: usize,
        /// The value, as text: a NaN is not equal to itself.
        value: String,
    },
    /// The index was made for vectors without values.
    #[error("the index has dimension 0: it can hold and find no vectors")]
    NoDimension,
    /// The query has another dimension than the index.
    #[error("query has {found} values, the index has dimension {dim}")]
    QueryLength {
        /// Number of values given.
        found: usize,
        /// Values in one vector of this index.
        dim: usize,
    },
    /// The query holds a NaN or an infinity.
    #[error("query {query} holds {value} at position {position}: every value must be finite")]
    NonFiniteQuery {
        /// Which query of the batch, from 0.
        query: usize,
        /// Where in the query, from 0.
        position: usize,
        /// The value, as text: a NaN is not equal to itself.
        value: String,
    },
    /// The threshold is NaN, which no score passes.
    #[error("threshold is not a number: give a score, or none")]
    ThresholdNotANumber,
    /// A number is beyond what the index can work with.
    #[error("{name} is {value}: expected {lowest} to {highest}")]
    OptionOutOfRange {
        /// Its name, as users write it.
        name: &'static str,
        /// What was given.
        value: usize,
        /// The least that is taken.
        lowest: usize,
        /// The most that is taken.
        highest: usize,
    },
    /// The index has no row left. Nothing was added.
    #[error("the index is full: it has room for {rows} rows, those of removed items included")]
    Full {
        /// Rows that it can hold.
        rows: usize,
    },
    /// A saved index is not as it was written.
    #[error("the saved index is damaged: {reason}; build it again from the stored embeddings")]
    Damaged {
        /// What is wrong with it.
        reason: String,
    },
}
