//! Why a table can't be joined.

use std::path::PathBuf;

use lookalike_catalog::CatalogError;
use lookalike_tables::TableError;

/// A table that can't be joined.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AnnotateError {
    /// It can't be read.
    #[error(transparent)]
    Table(#[from] TableError),
    /// It has the column with the numbers and no other.
    #[error("{} has no column beside `{column}`: there is nothing to join", .path.display())]
    NothingToJoin {
        /// The table.
        path: PathBuf,
        /// The column with the numbers.
        column: String,
    },
    /// It names too many patents.
    #[error("{} names more than {most} patents; split it", .path.display())]
    TooLarge {
        /// The table.
        path: PathBuf,
        /// How many it may name.
        most: usize,
    },
    /// The catalogue can't be read or written.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}
