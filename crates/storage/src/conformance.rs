//! The suites that every store passes. For tests: they panic at the first difference.

mod blob;

pub use blob::blob_store;
