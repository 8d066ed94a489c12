//! One writer at a time for a data directory.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

use crate::CatalogError;

/// Held as long as the process may write. The operating system releases it when the
/// process ends in whatever way, so a killed import leaves no stale lock behind.
#[derive(Debug)]
pub(crate) struct WriteLock {
    _file: File,
}

impl WriteLock {
    pub(crate) fn acquire(directory: &Path) -> Result<Self, CatalogError> {
        let failed = |source| CatalogError::Directory {
            directory: directory.to_path_buf(),
            source,
        };
        std::fs::create_dir_all(directory).map_err(failed)?;
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(directory.join("lock"))
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut owner = String::new();
                // Only advice for the message: an unreadable owner changes nothing.
                let _ = file.read_to_string(&mut owner);
                let owner = owner.trim();
                return Err(CatalogError::Locked {
                    directory: directory.to_path_buf(),
                    owner: (!owner.is_empty()).then(|| owner.to_owned()),
                });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        file.set_len(0).map_err(failed)?;
        file.rewind().map_err(failed)?;
        writeln!(file, "process {}", std::process::id()).map_err(failed)?;
        Ok(Self { _file: file })
    }
}
