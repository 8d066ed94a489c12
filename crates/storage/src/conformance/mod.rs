//! The suites that every store passes. For tests: they panic at the first difference.

mod blob;
mod vectors;

pub use blob::blob_store;
pub use vectors::{OpenVectors, vector_store};
