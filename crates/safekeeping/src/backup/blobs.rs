//! Copies blobs from store to store, many at a time: each alone waits for the disk.

use lookalike_engine::{EngineError, ErrorKind, hex};
use lookalike_storage::blob::{BlobKey, BlobStore};
use md5::{Digest, Md5};

/// Blobs written together.
const MOST_BLOBS: usize = 256;

/// Bytes held until they are written, besides the last blob.
const MOST_BYTES: usize = 32 << 20;

pub(super) struct Copies<'a> {
    from: &'a dyn BlobStore,
    to: &'a dyn BlobStore,
    waiting: Vec<(BlobKey, Vec<u8>)>,
    bytes: usize,
}

impl<'a> Copies<'a> {
    pub(super) fn new(from: &'a dyn BlobStore, to: &'a dyn BlobStore) -> Self {
        Self {
            from,
            to,
            waiting: Vec::new(),
            bytes: 0,
        }
    }

    /// Copies a blob, unless it is there; returns whether there is one. Its bytes must have that
    /// MD5, if one is given.
    pub(super) fn add(&mut self, key: BlobKey, md5: Option<&str>) -> Result<bool, EngineError> {
        if self.to.exists(&key)? {
            return Ok(true);
        }
        let Some(bytes) = self.from.get(&key)? else {
            return Ok(false);
        };
        if md5.is_some_and(|md5| hex(&Md5::digest(&bytes)) != md5) {
            return Err(EngineError::new(
                ErrorKind::Internal,
                format!(
                    "the copy of an original, {key}, is damaged; restore it from an earlier \
                     backup, or delete its image"
                ),
            ));
        }
        self.bytes += bytes.len();
        self.waiting.push((key, bytes));
        if self.waiting.len() >= MOST_BLOBS || self.bytes >= MOST_BYTES {
            self.write()?;
        }
        Ok(true)
    }

    /// Writes those that wait.
    pub(super) fn write(&mut self) -> Result<(), EngineError> {
        let blobs: Vec<(&BlobKey, &[u8])> = self
            .waiting
            .iter()
            .map(|(key, bytes)| (key, bytes.as_slice()))
            .collect();
        self.to.put_all(&blobs)?;
        self.waiting.clear();
        self.bytes = 0;
        Ok(())
    }
}
