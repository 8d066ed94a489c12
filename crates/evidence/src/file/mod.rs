//! The evidence of a collection's figures in a file, which grows by appending.
//!
//! Evidence hangs on what it was made of, the bytes of a file and the number of a figure in it: it
//! is written before the rows that name it, and the same bytes have it once. Nothing is ever
//! changed or removed but with the whole file; what nobody asks for any more stays until then.
//!
//! Layout, little-endian: a page of magic and version, then groups of a page of keys
//! ([`layout::Entry`]) and a slot of [`MOST_BYTES`] for each of these. Whoever opens it reads the
//! pages of keys alone, and of a search's candidates the slots. A key is written after its slot,
//! with a checksum of both: what a kill or a loss of power leaves half-written is not found, or
//! known to be damaged, and then that figure has no evidence.
//!
//! Slots are read, not mapped: a thousand take 2 ms out of the system's cache, and a file that
//! grows under a mapping needs more care than that is worth.

mod layout;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError, RwLock};

use thiserror::Error;

use self::layout::{ENTRIES, Entry, PAGE};
use crate::evidence::{Evidence, MOST_BYTES};

/// What evidence was made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// MD5 of the file's bytes.
    pub md5: [u8; 16],
    /// Which figure of it, from 0.
    pub figure: u8,
}

/// A file of evidence was not read or not written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FileError {
    /// The file could not be read or written.
    #[error("evidence file {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is none, or of another version.
    #[error(
        "evidence file {} was not written by this version of the program: remove it and embed the \
         collection again",
        path.display()
    )]
    Foreign {
        /// The file.
        path: PathBuf,
    },
}

/// An open file of evidence. Shared by threads.
#[derive(Debug)]
pub struct EvidenceFile {
    path: PathBuf,
    file: Mutex<File>,
    known: RwLock<Known>,
}

/// What is known of the file's content.
#[derive(Debug, Default)]
struct Known {
    entries: HashMap<Key, (u32, Entry)>,
    /// Slots written so far, whatever is in them.
    slots: u32,
}

impl EvidenceFile {
    /// Opens a file that is there; `None` if there is none.
    ///
    /// # Errors
    /// It can't be read, or is none of this version.
    pub fn open(path: &Path) -> Result<Option<Self>, FileError> {
        match File::open(path) {
            Ok(file) => Self::over(path, file).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed(path)(error)),
        }
    }

    /// Opens a file to append to, made if there is none.
    ///
    /// # Errors
    /// It can't be read or written, or is none of this version.
    pub fn open_for_writing(path: &Path) -> Result<Self, FileError> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(path).map_err(failed(path))?;
        let length = file.metadata().map_err(failed(path))?.len();
        if length < PAGE as u64 {
            // New, or cut off before anything was in it.
            file.write_all(&layout::header()).map_err(failed(path))?;
        }
        Self::over(path, file)
    }

    fn over(path: &Path, mut file: File) -> Result<Self, FileError> {
        let mut header = [0; PAGE];
        file.seek(SeekFrom::Start(0)).map_err(failed(path))?;
        let is_ours = match file.read_exact(&mut header) {
            Ok(()) => header == layout::header(),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => false,
            Err(error) => return Err(failed(path)(error)),
        };
        if !is_ours {
            return Err(FileError::Foreign { path: path.into() });
        }
        let opened = Self {
            path: path.into(),
            file: Mutex::new(file),
            known: RwLock::default(),
        };
        opened.refresh()?;
        Ok(opened)
    }

    /// Learns what was appended since, by this process or another one.
    ///
    /// # Errors
    /// The file can't be read.
    pub fn refresh(&self) -> Result<(), FileError> {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        loop {
            let within = known.slots as usize % ENTRIES;
            let mut page = vec![0; (ENTRIES - within) * Entry::BYTES];
            let read = self.read(layout::entry(known.slots), &mut page)?;
            let entries = page[..read].chunks_exact(Entry::BYTES);
            let mut count = 0;
            for entry in entries.map_while(Entry::from_bytes) {
                let slot = known.slots;
                known.entries.insert(entry.key, (slot, entry));
                known.slots += 1;
                count += 1;
            }
            if within + count < ENTRIES {
                return Ok(());
            }
        }
    }

    /// Figures of which there is evidence.
    #[must_use]
    pub fn len(&self) -> usize {
        self.known().entries.len()
    }

    /// Whether there is none at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether there is evidence of that figure, read or not.
    #[must_use]
    pub fn contains(&self, key: &Key) -> bool {
        self.known().entries.contains_key(key)
    }

    /// The evidence of a figure; `None` if there is none or it is damaged, which is told in the
    /// log.
    ///
    /// # Errors
    /// The file can't be read.
    pub fn get(&self, key: &Key) -> Result<Option<Evidence>, FileError> {
        let found = self.known().entries.get(key).copied();
        let Some((slot, entry)) = found else {
            return Ok(None);
        };
        let mut bytes = vec![0; entry.length()];
        let read = self.read(layout::slot(slot), &mut bytes)?;
        let is_whole = read == bytes.len() && entry.fits(&bytes);
        let evidence = Evidence::from_bytes(&bytes).ok().filter(|_| is_whole);
        if evidence.is_none() {
            tracing::warn!("slot {slot} of {} is damaged", self.path.display());
        }
        Ok(evidence)
    }

    /// Appends evidence; of figures that have some already nothing is written.
    ///
    /// # Errors
    /// The file can't be written. What was written before that stays.
    pub fn append<'e>(
        &self,
        all: impl IntoIterator<Item = (Key, &'e Evidence)>,
    ) -> Result<(), FileError> {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        for (key, evidence) in all {
            if known.entries.contains_key(&key) {
                continue;
            }
            let bytes = evidence.to_bytes();
            debug_assert!(bytes.len() <= MOST_BYTES);
            let entry = Entry::new(key, &bytes);
            let slot = known.slots;
            self.write(layout::slot(slot), &bytes)?;
            self.write(layout::entry(slot), &entry.to_bytes())?;
            known.entries.insert(key, (slot, entry));
            known.slots += 1;
        }
        Ok(())
    }

    fn known(&self) -> std::sync::RwLockReadGuard<'_, Known> {
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// As many bytes as there are, up to the length of `bytes`.
    fn read(&self, offset: u64, bytes: &mut [u8]) -> Result<usize, FileError> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let mut read = || {
            file.seek(SeekFrom::Start(offset))?;
            let mut done = 0;
            while done < bytes.len() {
                match file.read(&mut bytes[done..]) {
                    Ok(0) => break,
                    Ok(count) => done += count,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(done)
        };
        read().map_err(failed(&self.path))
    }

    fn write(&self, offset: u64, bytes: &[u8]) -> Result<(), FileError> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let mut write = || {
            file.seek(SeekFrom::Start(offset))?;
            file.write_all(bytes)
        };
        write().map_err(failed(&self.path))
    }
}

fn failed(path: &Path) -> impl Fn(io::Error) -> FileError + '_ {
    |source| FileError::Io {
        path: path.into(),
        source,
    }
}
