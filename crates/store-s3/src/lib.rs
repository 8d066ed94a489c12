//! Blobs in S3: [`S3Blobs`] is a [`BlobStore`](lookalike_storage::blob::BlobStore) over any server
//! that speaks S3, such as MinIO, SeaweedFS, Garage or AWS.
//!
//! Requests are signed here (AWS signature version 4, some hundred lines over SHA-256) instead of by
//! a crate: the smallest that signs brings 32 crates to the build, ours none, and Amazon's published
//! examples are its tests. HTTP is the blocking client that the program has anyway.

mod address;
mod answers;
mod credentials;
mod exchange;
mod multipart;
mod object;
mod objects;
mod retry;
mod settings;
mod sign;
mod store;
mod stream;
mod trouble;

pub use address::BadAddress;
pub use credentials::{BadCredentials, Credentials};
pub use object::Object;
pub use objects::Objects;
pub use settings::{Addressing, S3Settings, SettingsError};
pub use store::S3Blobs;
