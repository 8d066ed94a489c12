//! Where vectors and blobs live: the traits [`VectorStore`] and [`BlobStore`](blob::BlobStore),
//! and their embedded implementations.

pub mod blob;
pub mod conformance;
mod embedded;
mod vectors;

pub use embedded::{EmbeddedVectors, Upkeep};
pub use lookalike_index::{Effort, Filter, Hit, IndexError, IndexKind, Metric};
pub use vectors::{IndexState, VectorError, VectorQuery, VectorStore};
