//! Vector indexes: build, add, delete, filter, search.
//!
//! [`FlatIndex`] compares the query with every vector and is exact. [`HnswIndex`] walks a graph
//! and is fast. What they share (metric, filter, parameters, hits, errors) stands beside them.

mod best;
mod error;
mod filter;
mod flat;
mod hnsw;
mod index;
mod input;
mod kind;
mod metric;
mod options;
mod score;
mod search;

pub use error::IndexError;
pub use filter::Filter;
pub use index::{Index, IndexStats};
pub use kind::IndexKind;
pub use metric::Metric;
pub use options::{Effort, IndexOptions, MOST_CANDIDATES, MOST_LISTS};
pub use search::{Hit, SearchParams};
