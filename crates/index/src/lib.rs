//! Vector indexes: build, add, delete, filter, search, persist.
//!
//! [`Index`] is one of any kind: all hold the same rows, as vectors and as codes of a byte a value,
//! and differ in what leads to the rows near a query: nothing (`flat`), lists by the nearest of
//! some centres (`ivf_flat`, `ivf_sq8`), or a graph of neighbours (`hnsw`). A scan of codes under a
//! proven bound makes every one of them exact when asked.

mod best;
mod bound;
mod error;
mod file;
mod filter;
mod graph;
mod index;
mod input;
mod lists;
mod options;
mod part;
mod query;
mod random;
mod rebuild;
mod rows;
mod scan;
mod score;
mod search;
mod snapshot;
#[cfg(test)]
mod tests;
mod threads;

pub use error::IndexError;
pub use file::{FileError, Tag};
pub use filter::Filter;
pub use index::{Index, IndexStats};
pub use lookalike_terms::{IndexKind, Metric};
pub use options::{Effort, IndexOptions, MOST_CANDIDATES, MOST_LISTS};
pub use search::{Hit, SearchParams};
