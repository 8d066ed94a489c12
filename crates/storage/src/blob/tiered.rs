//! Two stores as one: a folder of our own, and a remote one that others may write to as well.
//!
//! The key says where a blob belongs, so that a library which had a folder first keeps what it has
//! there.

use std::sync::Arc;

use super::{BlobError, BlobKey, BlobStore, BlobUsage, DiskCache, FolderBlobs, OpenBlob, PutNew};

/// Where a blob belongs when there are two stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the folder.
    Local,
    /// In the remote store.
    Remote,
    /// In the remote store, and as long as there is room in a cache here. Small, and derived: one in
    /// the folder, from before there was a remote store, is as good.
    Cached,
}

/// A folder and a remote store.
pub struct TieredBlobs {
    local: FolderBlobs,
    remote: Arc<dyn BlobStore>,
    cache: DiskCache,
    place_of: fn(&BlobKey) -> Place,
}

impl TieredBlobs {
    /// A store whose blobs lie where `place_of` says.
    pub fn new(
        local: FolderBlobs,
        remote: Arc<dyn BlobStore>,
        cache: DiskCache,
        place_of: fn(&BlobKey) -> Place,
    ) -> Self {
        Self {
            local,
            remote,
            cache,
            place_of,
        }
    }

    fn home(&self, key: &BlobKey) -> &dyn BlobStore {
        match (self.place_of)(key) {
            Place::Local => &self.local,
            Place::Remote | Place::Cached => &*self.remote,
        }
    }

    fn is_cached(&self, key: &BlobKey) -> bool {
        (self.place_of)(key) == Place::Cached
    }
}

impl BlobStore for TieredBlobs {
    fn put(&self, key: &BlobKey, bytes: &[u8]) -> Result<(), BlobError> {
        self.home(key).put(key, bytes)?;
        if self.is_cached(key) {
            self.cache.keep(key, bytes);
        }
        Ok(())
    }

    fn put_new(&self, key: &BlobKey, bytes: &[u8]) -> Result<PutNew, BlobError> {
        self.home(key).put_new(key, bytes)
    }

    fn get(&self, key: &BlobKey) -> Result<Option<Vec<u8>>, BlobError> {
        if !self.is_cached(key) {
            return self.home(key).get(key);
        }
        if let Some(bytes) = self.cache.get(key) {
            return Ok(Some(bytes));
        }
        if let Some(bytes) = self.local.get(key)? {
            return Ok(Some(bytes));
        }
        let bytes = self.remote.get(key)?;
        if let Some(bytes) = &bytes {
            self.cache.keep(key, bytes);
        }
        Ok(bytes)
    }

    fn open(&self, key: &BlobKey) -> Result<Option<OpenBlob>, BlobError> {
        self.home(key).open(key)
    }

    fn size(&self, key: &BlobKey) -> Result<Option<u64>, BlobError> {
        if self.is_cached(key)
            && let Some(size) = self.local.size(key)?
        {
            return Ok(Some(size));
        }
        self.home(key).size(key)
    }

    fn delete(&self, key: &BlobKey) -> Result<(), BlobError> {
        if self.is_cached(key) {
            self.cache.forget(key);
            self.local.delete(key)?;
        }
        self.home(key).delete(key)
    }

    fn list(
        &self,
        prefix: &str,
        after: Option<&BlobKey>,
        limit: usize,
    ) -> Result<Vec<BlobKey>, BlobError> {
        let mut keys = self.local.list(prefix, after, limit)?;
        keys.extend(self.remote.list(prefix, after, limit)?);
        keys.sort_unstable();
        keys.dedup();
        keys.truncate(limit);
        Ok(keys)
    }

    fn kind(&self) -> &'static str {
        self.remote.kind()
    }

    fn is_remote(&self) -> bool {
        true
    }

    fn own(&self) -> Option<&dyn BlobStore> {
        Some(&self.local)
    }

    fn usage(&self) -> Result<BlobUsage, BlobError> {
        let (local, remote) = (self.local.usage()?, self.remote.usage()?);
        Ok(BlobUsage {
            count: local.count + remote.count,
            size_bytes: local.size_bytes + remote.size_bytes,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::conformance;

    fn tiered(folder: &Path) -> TieredBlobs {
        TieredBlobs::new(
            FolderBlobs::new(folder.join("local")),
            Arc::new(FolderBlobs::new(folder.join("remote"))),
            DiskCache::new(folder.join("cache"), 1 << 30),
            |key| match key.as_str().as_bytes()[0] {
                b'a'..=b'c' => Place::Local,
                b't' => Place::Cached,
                _ => Place::Remote,
            },
        )
    }

    #[test]
    fn passes_the_suite_of_all_stores() {
        let folder = tempfile::TempDir::new().unwrap();
        let number = std::cell::Cell::new(0);
        conformance::blob_store(|| {
            number.set(number.get() + 1);
            Box::new(tiered(&folder.path().join(number.get().to_string())))
        });
    }

    #[test]
    fn blobs_lie_where_they_belong_and_older_ones_are_found() {
        let folder = tempfile::TempDir::new().unwrap();
        let store = tiered(folder.path());
        let key = |name: &str| BlobKey::new(name).unwrap();
        let is_there = |place: &str, name: &str| folder.path().join(place).join(name).exists();
        for name in ["a", "design", "thumb"] {
            store.put(&key(name), b"bytes").unwrap();
        }
        assert!(is_there("local", "a") && !is_there("remote", "a"));
        assert!(is_there("remote", "design") && !is_there("local", "design"));
        assert!(is_there("remote", "thumb") && is_there("cache", "thumb"));
        assert!(!is_there("cache", "a") && !is_there("cache", "design"));

        std::fs::remove_dir_all(folder.path().join("cache")).unwrap();
        assert_eq!(
            store.get(&key("thumb")).unwrap().as_deref(),
            Some(&b"bytes"[..])
        );
        assert!(is_there("cache", "thumb"), "read through");
        // The remote store is not asked for what is here.
        std::fs::remove_dir_all(folder.path().join("remote")).unwrap();
        assert!(store.get(&key("thumb")).unwrap().is_some());
        store.delete(&key("thumb")).unwrap();
        assert!(store.get(&key("thumb")).unwrap().is_none());

        FolderBlobs::new(folder.path().join("local"))
            .put(&key("told"), b"older")
            .unwrap();
        assert_eq!(
            store.get(&key("told")).unwrap().as_deref(),
            Some(&b"older"[..])
        );
        assert_eq!(store.size(&key("told")).unwrap(), Some(5));
        let own = store.own().unwrap().list("", None, 10).unwrap();
        assert_eq!(own, [key("a"), key("told")]);
    }
}
