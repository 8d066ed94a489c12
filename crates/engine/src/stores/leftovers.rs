//! Blobs that nothing refers to, and what is left of dropped collections: removed when a process
//! begins to write.
//!
//! Both are left by processes that were killed. Dropped collections stay in the catalogue until
//! they are forgotten. For blobs the catalogue notes when writing or deleting of them began and
//! ended: where an end is missing, all blobs are looked at, a part of them at each start.
//! That happens before this process writes anything, so that no blob can belong to an import that
//! is about to refer to it.

use std::collections::HashSet;

use lookalike_catalog::BlobSweep;
use lookalike_storage::blob::BlobKey;

use super::Stores;
use super::blob_keys::{md5_of_key, thumbnail_key};
use crate::EngineError;

/// Blobs looked at by one start: about a second in a folder.
const MOST_KEYS: usize = 200_000;

/// Blobs listed, and looked up in the catalogue, at a time.
const PAGE_KEYS: usize = 1_000;

/// What was put in order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tidied {
    /// Blobs looked at.
    pub looked_at: usize,
    /// Blobs removed, as nothing referred to them.
    pub removed: usize,
}

impl Stores {
    /// Removes what killed processes left. For the process that writes, before it begins with
    /// anything else. Costs nothing but a look at the catalogue where there is nothing to do.
    ///
    /// # Errors
    /// Blobs can't be listed or deleted, or the catalogue can't be read or written.
    pub fn tidy_up(&self) -> Result<Tidied, EngineError> {
        self.forget_dropped();
        match self.catalog().due_blob_sweep()? {
            Some(sweep) => self.sweep(sweep),
            None => Ok(Tidied::default()),
        }
    }

    fn sweep(&self, mut sweep: BlobSweep) -> Result<Tidied, EngineError> {
        let mut tidied = Tidied::default();
        let now = self.now().as_second();
        // Of an object store others may have part: what they refer to, this catalogue doesn't know.
        let blobs = self.blobs().own().unwrap_or(self.blobs());
        while tidied.looked_at < MOST_KEYS {
            let after = sweep.last_key.take().map(BlobKey::new).transpose()?;
            let keys = blobs.list("", after.as_ref(), PAGE_KEYS)?;
            tidied.looked_at += keys.len();
            for key in self.orphans(&keys)? {
                blobs.delete(key)?;
                tidied.removed += 1;
            }
            sweep.last_key = keys.last().map(|key| key.as_str().to_owned());
            if keys.len() < PAGE_KEYS {
                self.catalog()
                    .write_aside(now, |tx| Ok::<_, EngineError>(tx.end_blob_sweep(&sweep)?))?;
                return Ok(tidied);
            }
        }
        self.catalog().write_aside(now, |tx| {
            Ok::<_, EngineError>(tx.record_blob_sweep(&sweep)?)
        })?;
        Ok(tidied)
    }

    /// Has the vector store let go of collections that were dropped, also by an earlier process
    /// that was killed before. What can't be done now is done the next time: nobody finds
    /// anything in a dropped collection.
    pub(crate) fn forget_dropped(&self) {
        let forget = || -> Result<(), EngineError> {
            for dropped in self.catalog().dropped_collections()? {
                self.vectors().forget(&dropped)?;
                self.evidence().forget(dropped.id)?;
                self.catalog().write_aside(self.now().as_second(), |tx| {
                    Ok::<_, EngineError>(tx.forget_dropped(&dropped)?)
                })?;
            }
            Ok(())
        };
        if let Err(error) = forget() {
            tracing::warn!("what is kept of a dropped collection could not be removed: {error}");
        }
    }

    /// Gives back to the file system what deleted rows took. What can't be done now is done after
    /// the next deletion.
    pub(crate) fn give_back_room(&self) {
        let now = self.now().as_second();
        let give = || {
            self.catalog()
                .write_aside(now, |tx| Ok::<_, EngineError>(tx.give_back_room()?))
        };
        loop {
            match give() {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => {
                    tracing::warn!("the catalogue could not be made smaller: {error}");
                    return;
                }
            }
        }
    }

    /// Those of the keys that are the program's and that no content needs.
    fn orphans<'k>(&self, keys: &'k [BlobKey]) -> Result<Vec<&'k BlobKey>, EngineError> {
        let named: Vec<(&BlobKey, &str)> = keys
            .iter()
            .filter_map(|key| Some((key, md5_of_key(key)?)))
            .collect();
        let md5s: Vec<&str> = named.iter().map(|(_, md5)| *md5).collect();
        let mut needed = HashSet::new();
        for content in self.catalog().contents_among(&md5s)? {
            needed.insert(thumbnail_key(&content.md5)?.as_str().to_owned());
            needed.extend(content.original_key);
        }
        let orphans = named.into_iter().map(|(key, _)| key);
        Ok(orphans
            .filter(|key| !needed.contains(key.as_str()))
            .collect())
    }

    /// Runs `work`, which writes or deletes blobs. If it fails, or the process ends before it
    /// does, the next process looks for blobs that nothing refers to.
    ///
    /// # Errors
    /// Those of `work`, or the catalogue can't be written.
    pub fn blob_work<R>(
        &self,
        work: impl FnOnce() -> Result<R, EngineError>,
    ) -> Result<R, EngineError> {
        let now = self.now().as_second();
        let number = self
            .catalog()
            .write_aside(now, |tx| Ok::<_, EngineError>(tx.begin_blob_work()?))?;
        let result = work()?;
        self.catalog()
            .write_aside(now, |tx| Ok::<_, EngineError>(tx.end_blob_work(number)?))?;
        Ok(result)
    }
}
