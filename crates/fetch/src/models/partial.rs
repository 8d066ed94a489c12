//! A file that is arriving: `<file>.incomplete`, locked, and hashed as it grows.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::{ModelError, io_error};

/// Bytes a read.
const CHUNK_BYTES: usize = 1 << 20;

/// A file that is arriving, with the hash of what is there.
pub(super) struct Partial {
    path: PathBuf,
    file: File,
    /// Bytes that are there.
    pub(super) length: u64,
    hash: Sha256,
}

impl Partial {
    /// Opens or creates it, locked against other processes, and hashes what
    /// earlier runs have left.
    pub(super) fn open(path: &Path) -> Result<Self, ModelError> {
        let mut options = OpenOptions::new();
        let mut file = options
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(io_error(path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(ModelError::Busy {
                    path: path.to_owned(),
                });
            }
            // Some network file systems have no locks; the checksum still guards.
            Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => {}
            Err(TryLockError::Error(error)) => return Err(io_error(path)(error)),
        }
        let mut hash = Sha256::new();
        let mut length = 0;
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            match file.read(&mut chunk).map_err(io_error(path))? {
                0 => break,
                count => {
                    hash.update(&chunk[..count]);
                    length += count as u64;
                }
            }
        }
        Ok(Self {
            path: path.to_owned(),
            file,
            length,
            hash,
        })
    }

    /// Adds what has arrived.
    pub(super) fn append(&mut self, bytes: &[u8]) -> Result<(), ModelError> {
        self.file.write_all(bytes).map_err(io_error(&self.path))?;
        self.hash.update(bytes);
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// Forgets what is there.
    pub(super) fn restart(&mut self) -> Result<(), ModelError> {
        self.file.set_len(0).map_err(io_error(&self.path))?;
        self.file
            .seek(SeekFrom::Start(0))
            .map_err(io_error(&self.path))?;
        self.hash = Sha256::new();
        self.length = 0;
        Ok(())
    }

    /// SHA-256 of what is there, in lower-case hex.
    pub(super) fn sha256(&self) -> String {
        self.hash
            .clone()
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    /// Gives it its name, once it is safely on disk.
    pub(super) fn finish(self, place: &Path) -> Result<(), ModelError> {
        self.file.sync_all().map_err(io_error(&self.path))?;
        fs::rename(&self.path, place).map_err(io_error(place))
    }

    /// Deletes it.
    pub(super) fn discard(self) -> Result<(), ModelError> {
        fs::remove_file(&self.path).map_err(io_error(&self.path))
    }
}
