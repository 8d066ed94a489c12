//! Vector indexes: build, add, delete, filter, search.
//!
//! [`FlatIndex`] compares the query with every vector and is exact. [`HnswIndex`] walks a graph
//! and is fast. What they share (metric, filter, parameters, hits, errors) stands beside them.

mod best;
mod error;
mod filter;
mod flat;
mod hnsw;
mod input;
mod kind;
mod metric;
mod score;
mod search;

pub use error::IndexError;
pub use filter::Filter;
pub use flat::{FlatIndex, IndexStats};
pub use hnsw::{Effort, HnswIndex, HnswOptions, HnswStats, Vectors};
pub use kind::IndexKind;
pub use metric::Metric;
pub use search::{Hit, SearchParams};
