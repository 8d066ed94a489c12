//! Vector indexes: build, add, delete, filter, search.
//!
//! [`FlatIndex`] compares the query with every vector and is exact. What approximate kinds
//! will share with it (metric, filter, parameters, hits, errors) stands beside it, not inside.

mod best;
mod error;
mod filter;
mod flat;
mod kind;
mod metric;
mod score;
mod search;

pub use error::IndexError;
pub use filter::Filter;
pub use flat::{FlatIndex, IndexStats};
pub use kind::IndexKind;
pub use metric::Metric;
pub use search::{Hit, SearchParams};
