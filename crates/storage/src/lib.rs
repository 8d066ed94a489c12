//! Where vectors and blobs live: the traits `VectorStore` and `BlobStore`, and their embedded implementations.

pub mod blob;
pub mod conformance;
