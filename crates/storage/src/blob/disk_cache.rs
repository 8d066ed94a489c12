//! Blobs of a remote store that were read or written lately, in a folder.
//!
//! A file may be lost, or be half of one after a power cut: whoever reads from here has to know a
//! whole one. Nothing is waited for: what can't be written is not kept.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use tempfile::NamedTempFile;

use super::BlobKey;

/// What is left when there was too much, of four parts.
const KEPT_PARTS: u64 = 3;

/// A folder of at most so many bytes, of which the files that were written first go first.
#[derive(Debug)]
pub struct DiskCache {
    root: PathBuf,
    most_bytes: u64,
    /// `None` until somebody has counted.
    bytes: Mutex<Option<u64>>,
}

struct File {
    path: PathBuf,
    size_bytes: u64,
    written: SystemTime,
}

impl DiskCache {
    /// A cache in `root`. Nothing is created before the first blob is kept.
    pub fn new(root: impl Into<PathBuf>, most_bytes: u64) -> Self {
        Self {
            root: root.into(),
            most_bytes,
            bytes: Mutex::default(),
        }
    }

    pub(super) fn get(&self, key: &BlobKey) -> Option<Vec<u8>> {
        fs::read(self.path(key)).ok()
    }

    pub(super) fn keep(&self, key: &BlobKey, bytes: &[u8]) {
        if let Err(error) = self.try_keep(key, bytes) {
            tracing::debug!("{key} is not kept in {}: {error}", self.root.display());
        }
    }

    pub(super) fn forget(&self, key: &BlobKey) {
        // What is there already counts until the next count.
        let _ = fs::remove_file(self.path(key));
    }

    fn try_keep(&self, key: &BlobKey, bytes: &[u8]) -> io::Result<()> {
        let path = self.path(key);
        let folder = path.parent().unwrap_or(&self.root);
        fs::create_dir_all(folder)?;
        let mut file = NamedTempFile::new_in(folder)?;
        file.write_all(bytes)?;
        file.persist(&path)?;
        let mut held = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        let now = match *held {
            Some(before) => before + bytes.len() as u64,
            None => files(&self.root)?.iter().map(|file| file.size_bytes).sum(),
        };
        *held = Some(if now > self.most_bytes {
            self.make_room()?
        } else {
            now
        });
        Ok(())
    }

    /// Removes the oldest; returns how many bytes are left.
    fn make_room(&self) -> io::Result<u64> {
        let mut files = files(&self.root)?;
        files.sort_unstable_by_key(|file| file.written);
        let mut left: u64 = files.iter().map(|file| file.size_bytes).sum();
        for file in files {
            if left <= self.most_bytes / 4 * KEPT_PARTS {
                break;
            }
            fs::remove_file(&file.path)?;
            left -= file.size_bytes;
        }
        Ok(left)
    }

    fn path(&self, key: &BlobKey) -> PathBuf {
        self.root.join(key.as_str())
    }
}

/// All below the folder; what vanishes meanwhile is left out.
fn files(root: &Path) -> io::Result<Vec<File>> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let Ok(metadata) = entry.metadata() else {
                continue;
            };
            if metadata.is_dir() {
                folders.push(entry.path());
            } else {
                files.push(File {
                    path: entry.path(),
                    size_bytes: metadata.len(),
                    written: metadata.modified()?,
                });
            }
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_keeps_to_its_bytes_and_loses_the_oldest() {
        let folder = tempfile::TempDir::new().unwrap();
        let key = |number: u32| BlobKey::new(format!("thumbnails/{number}")).unwrap();
        let cache = DiskCache::new(folder.path().join("cache"), 1000);
        assert_eq!(cache.get(&key(0)), None);
        for number in 0..30 {
            cache.keep(&key(number), &[0; 100]);
            let size: u64 = (files(folder.path()).unwrap().iter())
                .map(|file| file.size_bytes)
                .sum();
            assert!(size <= 1000, "{size}");
        }
        assert_eq!(cache.get(&key(29)), Some(vec![0; 100]));
        assert_eq!(cache.get(&key(0)), None);
        cache.forget(&key(29));
        assert_eq!(cache.get(&key(29)), None);
        // Another process counts what it finds.
        let again = DiskCache::new(folder.path().join("cache"), 1000);
        (100..120).for_each(|number| again.keep(&key(number), &[0; 100]));
        assert_eq!(again.get(&key(119)), Some(vec![0; 100]));
        assert!(files(folder.path()).unwrap().len() <= 10);
    }
}
