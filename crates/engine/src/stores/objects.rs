//! Objects in the object store that nothing here refers to.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use lookalike_storage::blob::BlobKey;

use super::blob_keys::thumbnail_key;
use super::{Stores, Tidied};
use crate::EngineError;

/// What keys of objects begin with.
const ROOTS: [&str; 3] = ["contents/", "design_patents/", "thumbnails/"];

/// Objects listed at a time.
const PAGE_KEYS: usize = 1_000;

impl Stores {
    /// Removes objects that this catalogue does not refer to. Only when asked to, and where nobody
    /// else keeps objects under the same prefix: nothing here knows what they refer to. For the
    /// process that writes, and with no import running.
    ///
    /// # Errors
    /// Objects can't be listed or deleted, or the catalogue can't be read.
    pub fn sweep_objects(&self) -> Result<Tidied, EngineError> {
        // Eight bytes a key: of two with the same hash, an object too many is kept.
        let random = RandomState::new();
        let mut needed = HashSet::new();
        self.catalog().each_content(|content| {
            needed.insert(random.hash_one(thumbnail_key(&content.md5)?.as_str()));
            needed.extend(
                content
                    .original_key
                    .map(|key| random.hash_one(key.as_str())),
            );
            Ok::<_, EngineError>(())
        })?;
        let mut tidied = Tidied::default();
        for root in ROOTS {
            let mut after: Option<BlobKey> = None;
            loop {
                let keys = self.blobs().list(root, after.as_ref(), PAGE_KEYS)?;
                tidied.looked_at += keys.len();
                for key in &keys {
                    if !needed.contains(&random.hash_one(key.as_str())) {
                        self.blobs().delete(key)?;
                        tidied.removed += 1;
                    }
                }
                if keys.len() < PAGE_KEYS {
                    break;
                }
                after = keys.into_iter().last();
            }
        }
        Ok(tidied)
    }
}
