//! How far Milvus has followed the catalogue, in a small file for each collection.
//!
//! The file is written before the first change of a collection in Milvus and after each step: a process
//! that is killed anywhere finds what it began. It names the collection in Milvus, so that nothing
//! is made there that nobody knows of any more.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use lookalike_storage::Revision;
use serde::{Deserialize, Serialize};

use crate::index::IndexMade;

/// A collection's rows in Milvus.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Record {
    /// The collection's name in Milvus.
    pub(crate) name: String,
    pub(crate) index: IndexMade,
    /// Of the revision up to which all is there.
    pub(crate) last_item: i64,
    pub(crate) removals: i64,
    /// Milvus's time after the last write of that.
    pub(crate) timestamp: u64,
    /// Rows that Milvus counted then; `None` where it wasn't asked.
    pub(crate) rows: Option<u64>,
    /// Whether more may be there than up to that revision.
    pub(crate) is_dirty: bool,
    /// Rows that were put since Milvus was told to write them.
    pub(crate) unflushed: u64,
}

impl Record {
    pub(crate) fn new(name: String, index: IndexMade) -> Self {
        Self {
            name,
            index,
            last_item: 0,
            removals: 0,
            timestamp: 0,
            rows: None,
            is_dirty: false,
            unflushed: 0,
        }
    }

    pub(crate) fn revision(&self) -> Revision {
        Revision {
            last_item: self.last_item,
            removals: self.removals,
        }
    }

    /// Whether something of the collection is known to be in Milvus.
    pub(crate) fn has_begun(&self) -> bool {
        self.revision() != Revision::default()
    }

    pub(crate) fn set_revision(&mut self, revision: Revision) {
        self.last_item = revision.last_item;
        self.removals = revision.removals;
    }
}

/// What is known of a collection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Known {
    /// What searches use.
    pub(crate) current: Option<Record>,
    /// Names in Milvus that are no longer used, or not yet: to be removed there.
    pub(crate) leftovers: Vec<String>,
}

/// The files of all collections.
#[derive(Debug)]
pub(crate) struct Records {
    directory: PathBuf,
}

impl Records {
    pub(crate) fn new(directory: &Path) -> Self {
        Self {
            directory: directory.to_path_buf(),
        }
    }

    /// What is known of the collection with that id; a file that can't be read is as none.
    pub(crate) fn load(&self, collection: i64) -> Known {
        let path = self.path(collection);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Known::default(),
            Err(error) => {
                tracing::warn!("{} can't be read: {error}", path.display());
                return Known::default();
            }
        };
        serde_json::from_str(&text).unwrap_or_else(|error| {
            tracing::warn!("{} is damaged: {error}", path.display());
            Known::default()
        })
    }

    /// Replaces it, whole or not at all.
    pub(crate) fn save(&self, collection: i64, known: &Known) -> Result<(), String> {
        let path = self.path(collection);
        let write = || {
            fs::create_dir_all(&self.directory)?;
            let text = serde_json::to_string_pretty(known)?;
            let beside = path.with_extension("json.new");
            fs::write(&beside, text)?;
            fs::rename(&beside, &path)
        };
        write().map_err(|error| format!("{} can't be written: {error}", path.display()))
    }

    /// Removes it; none there is fine.
    pub(crate) fn remove(&self, collection: i64) -> Result<(), String> {
        let path = self.path(collection);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(format!("{} can't be removed: {error}", path.display()))
            }
            _ => Ok(()),
        }
    }

    fn path(&self, collection: i64) -> PathBuf {
        self.directory.join(format!("{collection}.json"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MilvusIndex;

    #[test]
    fn what_is_written_is_read() {
        let directory = tempfile::tempdir().unwrap();
        let records = Records::new(&directory.path().join("milvus"));
        assert_eq!(records.load(3), Known::default());
        let known = Known {
            current: Some(Record::new(
                "lookalike_default_1".into(),
                IndexMade::choose(MilvusIndex::IvfFlat, 5),
            )),
            leftovers: vec!["old".into()],
        };
        records.save(3, &known).unwrap();
        assert_eq!(records.load(3), known);
        fs::write(records.path(3), "{").unwrap();
        assert_eq!(records.load(3), Known::default());
        records.remove(3).unwrap();
        records.remove(3).unwrap();
    }
}
