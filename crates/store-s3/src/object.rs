//! An object as a listing tells of it.

use jiff::Timestamp;

/// An object in a bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Object {
    /// Its key, without what all keys of the store begin with.
    pub key: String,
    /// Its length.
    pub size_bytes: u64,
    /// When it was written, if the server tells.
    pub modified: Option<Timestamp>,
}
