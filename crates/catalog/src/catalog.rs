//! The catalogue of a data directory: opened, and read and written through its connections.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;

use crate::connection::connect;
use crate::file_number::{FileNumber, file_number};
use crate::lock::{self, WriteLock};
use crate::private::close_to_others;
use crate::watcher::Watcher;
use crate::{CatalogError, room, schema};

const FILE_NAME: &str = "catalog.sqlite";

/// The catalogue of a data directory. Shared by threads: each call takes a connection from
/// a pool, writes go one after another.
#[derive(Debug)]
pub struct Catalog {
    file: PathBuf,
    /// Of the file that was opened.
    number: FileNumber,
    readers: Mutex<Vec<Connection>>,
    watcher: Mutex<Watcher>,
    writer: Option<Mutex<Connection>>,
    _lock: Option<WriteLock>,
}

impl Catalog {
    /// Opens the catalogue in `directory` for reading, while another process may write it.
    ///
    /// # Errors
    /// There is none, a newer program made it, or it can't be read.
    pub fn open(directory: &Path) -> Result<Self, CatalogError> {
        let file = directory.join(FILE_NAME);
        if !file.is_file() {
            return Err(CatalogError::Missing {
                directory: directory.to_path_buf(),
            });
        }
        let connection = connect(&file)?;
        if !schema::is_current(schema::check_version(&connection, &file)?) {
            // An older schema, or one whose creation was cut off: bring it up to date first.
            drop(connection);
            return Self::open_for_writing(directory).map(Self::into_reader);
        }
        Ok(Self {
            number: number(&file)?,
            file,
            readers: Mutex::new(vec![connection]),
            watcher: Mutex::default(),
            writer: None,
            _lock: None,
        })
    }

    /// Opens the catalogue in `directory` for writing, creating both where missing.
    ///
    /// # Errors
    /// Another process owns the directory, a newer program made the catalogue, or the
    /// directory can't be used.
    pub fn open_for_writing(directory: &Path) -> Result<Self, CatalogError> {
        let lock = WriteLock::acquire(directory)?;
        let file = directory.join(FILE_NAME);
        let mut writer = connect(&file)?;
        schema::migrate(&mut writer, &file)?;
        room::make_compact(&writer)?;
        // The folder is closed; where that can't be done, neither can this.
        let _ = close_to_others(&file);
        Ok(Self {
            number: number(&file)?,
            file,
            readers: Mutex::default(),
            watcher: Mutex::default(),
            writer: Some(Mutex::new(writer)),
            _lock: Some(lock),
        })
    }

    /// What the process that last owned `directory` for writing wrote about itself, such as
    /// `process 4711`; it may have ended since.
    #[must_use]
    pub fn owner(directory: &Path) -> Option<String> {
        lock::owner(directory)
    }

    /// A number that is another one as soon as anything was committed to the catalogue, by this
    /// process or another, except by [`Catalog::write_aside`]. Only numbers of the same `Catalog`
    /// can be compared. Cheap: a few microseconds.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn version(&self) -> Result<i64, CatalogError> {
        self.lock_watcher().version(&self.file)
    }

    pub(crate) fn lock_watcher(&self) -> MutexGuard<'_, Watcher> {
        self.watcher.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Copies the catalogue as it is at this moment into `directory`, which must have none, while
    /// others write. What was deleted leaves no trace in the copy.
    ///
    /// # Errors
    /// The catalogue can't be read, or the directory not be written.
    pub fn copy_to(&self, directory: &Path) -> Result<(), CatalogError> {
        let file = directory.join(FILE_NAME);
        self.read(|connection| {
            connection.execute("VACUUM INTO ?1", [file.to_string_lossy()])?;
            Ok(())
        })
    }

    /// Reads the whole file and looks whether it is as it must be.
    ///
    /// # Errors
    /// [`CatalogError::Damaged`], or the catalogue can't be read.
    pub fn check(&self) -> Result<(), CatalogError> {
        self.read(|connection| {
            let found: String =
                connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
            match found.as_str() {
                "ok" => Ok(()),
                _ => Err(CatalogError::Damaged { what: found }),
            }
        })
    }

    /// Bytes of the catalogue on disk, with its log.
    #[must_use]
    pub fn size_bytes(&self) -> u64 {
        ["", "-wal"]
            .iter()
            .filter_map(|suffix| {
                let mut path = self.file.clone().into_os_string();
                path.push(suffix);
                std::fs::metadata(path).ok()
            })
            .map(|metadata| metadata.len())
            .sum()
    }

    pub(crate) fn writer(&self) -> Option<&Mutex<Connection>> {
        self.writer.as_ref()
    }

    pub(crate) fn number(&self) -> FileNumber {
        self.number
    }

    pub(crate) fn file(&self) -> &Path {
        &self.file
    }

    pub(crate) fn directory(&self) -> &Path {
        self.file.parent().unwrap_or(Path::new("."))
    }

    pub(crate) fn read<T>(
        &self,
        operation: impl FnOnce(&Connection) -> Result<T, CatalogError>,
    ) -> Result<T, CatalogError> {
        let pooled = self
            .readers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        let connection = match pooled {
            Some(connection) => connection,
            None => connect(&self.file)?,
        };
        let result = operation(&connection);
        self.readers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(connection);
        result
    }

    fn into_reader(self) -> Self {
        Self {
            writer: None,
            _lock: None,
            ..self
        }
    }
}

fn number(file: &Path) -> Result<FileNumber, CatalogError> {
    file_number(file).map_err(|source| CatalogError::Directory {
        directory: file.parent().unwrap_or(Path::new(".")).to_path_buf(),
        source,
    })
}
