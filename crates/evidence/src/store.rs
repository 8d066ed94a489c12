//! The evidence of a data directory: a file for each collection that has some.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::evidence::Evidence;
use crate::file::{EvidenceFile, FileError, Key};

/// Whether evidence is written, or only read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// For the process that owns the data directory.
    Write,
    /// For others beside it.
    Read,
}

/// Evidence by collection. Shared by threads.
#[derive(Debug)]
pub struct EvidenceStore {
    directory: PathBuf,
    access: Access,
    open: Mutex<HashMap<i64, Arc<EvidenceFile>>>,
}

impl EvidenceStore {
    /// Over the files in `directory`, which is made at the first writing.
    #[must_use]
    pub fn new(directory: PathBuf, access: Access) -> Self {
        Self {
            directory,
            access,
            open: Mutex::default(),
        }
    }

    /// Where the files lie.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The evidence of a collection as it is now; `None` if it has none.
    ///
    /// # Errors
    /// Its file can't be read, or is of another version.
    pub fn of_collection(&self, id: i64) -> Result<Option<Arc<EvidenceFile>>, FileError> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = open.get(&id) {
            if self.access == Access::Read {
                file.refresh()?;
            }
            return Ok(Some(Arc::clone(file)));
        }
        let path = self.path(id);
        let opened = match self.access {
            Access::Write if path.exists() => Some(EvidenceFile::open_for_writing(&path)?),
            Access::Write => None,
            Access::Read => EvidenceFile::open(&path)?,
        };
        Ok(opened.map(|file| Arc::clone(open.entry(id).or_insert(Arc::new(file)))))
    }

    /// Appends evidence to that of a collection.
    ///
    /// # Errors
    /// Its file can't be written.
    pub fn append<'e>(
        &self,
        id: i64,
        all: impl IntoIterator<Item = (Key, &'e Evidence)>,
    ) -> Result<(), FileError> {
        let mut all = all.into_iter().peekable();
        if all.peek().is_none() {
            return Ok(());
        }
        let file = match self.of_collection(id)? {
            Some(file) => file,
            None => {
                let failed = |source| FileError::Io {
                    path: self.directory.clone(),
                    source,
                };
                fs::create_dir_all(&self.directory).map_err(failed)?;
                let file = EvidenceFile::open_for_writing(&self.path(id))?;
                let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
                Arc::clone(open.entry(id).or_insert(Arc::new(file)))
            }
        };
        file.append(all)
    }

    /// Removes all evidence of a collection; none there is fine.
    ///
    /// # Errors
    /// The file can't be removed.
    pub fn forget(&self, id: i64) -> Result<(), FileError> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.remove(&id);
        let path = self.path(id);
        match fs::remove_file(&path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                Err(FileError::Io { path, source })
            }
            _ => Ok(()),
        }
    }

    fn path(&self, id: i64) -> PathBuf {
        self.directory.join(format!("{id}.evidence"))
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::testing::evidence;

    #[test]
    fn collections_have_files_of_their_own_until_they_are_dropped() {
        let folder = TempDir::new().unwrap();
        let at = || folder.path().join("evidence");
        let (writer, reader) = (
            EvidenceStore::new(at(), Access::Write),
            EvidenceStore::new(at(), Access::Read),
        );
        assert!(writer.of_collection(1).unwrap().is_none());
        writer.append(1, []).unwrap();
        assert!(!at().exists(), "nothing to write makes no file");
        let (key, some) = (
            Key {
                md5: [7; 16],
                figure: 0,
            },
            evidence(1, 5, 8),
        );
        writer.append(1, [(key, &some)]).unwrap();
        for store in [&writer, &reader] {
            let file = store.of_collection(1).unwrap().unwrap();
            assert_eq!(file.get(&key).unwrap().as_ref(), Some(&some));
            assert!(store.of_collection(2).unwrap().is_none());
        }
        let other = Key { figure: 1, ..key };
        writer.append(1, [(other, &some)]).unwrap();
        assert_eq!(reader.of_collection(1).unwrap().unwrap().len(), 2);
        writer.forget(1).unwrap();
        writer.forget(1).unwrap();
        assert!(writer.of_collection(1).unwrap().is_none());
    }
}
