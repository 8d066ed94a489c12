//! One writer at a time for a data directory.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Seek, Write};
use std::path::Path;

use crate::CatalogError;
use crate::private::{close_to_others, create_private_folder};

const FILE_NAME: &str = "lock";

/// What the last owner of `directory` wrote about itself, such as `process 4711`; only advice,
/// since it may have ended.
pub(crate) fn owner(directory: &Path) -> Option<String> {
    let owner = std::fs::read_to_string(directory.join(FILE_NAME)).ok()?;
    let owner = owner.trim();
    (!owner.is_empty()).then(|| owner.to_owned())
}

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
        create_private_folder(directory).map_err(failed)?;
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(directory.join(FILE_NAME))
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(CatalogError::Locked {
                    directory: directory.to_path_buf(),
                    owner: owner(directory),
                });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        match close_to_others(directory) {
            Ok(false) => {}
            Ok(true) => tracing::warn!(
                "{} was open to other users of this machine, and is closed to them now",
                directory.display()
            ),
            Err(error) => tracing::warn!(
                "{} may be open to other users of this machine: {error}",
                directory.display()
            ),
        }
        file.set_len(0).map_err(failed)?;
        file.rewind().map_err(failed)?;
        writeln!(file, "process {}", std::process::id()).map_err(failed)?;
        Ok(Self { _file: file })
    }
}
