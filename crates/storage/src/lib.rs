//! Where vectors and blobs live: the traits `VectorStore` and `BlobStore`, and their embedded implementations.
