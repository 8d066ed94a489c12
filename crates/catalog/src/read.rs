//! Opening a catalogue and reading from it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, params_from_iter};

use crate::filter::Sql;
use crate::lock::{self, WriteLock};
use crate::place::{FileNumber, file_number};
use crate::private::close_to_others;
use crate::successor::is_hidden;
use crate::watcher::Watcher;
use crate::{
    CatalogError, CitedPatent, Collection, CollectionStats, Content, Expression, GrantDetails,
    Item, Job, JobFailure, KnownPath, Patent, PatentPage, Revision, collections, contents,
    embeddings, grant_details, items, jobs, patents, room, schema,
};

const FILE_NAME: &str = "catalog.sqlite";

/// How long a statement waits for another process's commit before it fails.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

/// Statements kept prepared per connection; more than this crate has.
const STATEMENT_CACHE: usize = 128;

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

    /// All collections by name.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn collections(&self) -> Result<Vec<Collection>, CatalogError> {
        self.read(collections::list)
    }

    /// The collection named `name`.
    ///
    /// # Errors
    /// [`CatalogError::NoCollection`], or the catalogue can't be read.
    pub fn collection(&self, name: &str) -> Result<Collection, CatalogError> {
        self.find_collection(name)?
            .ok_or_else(|| CatalogError::NoCollection {
                name: name.to_owned(),
            })
    }

    /// The collection named `name`, if there is one.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn find_collection(&self, name: &str) -> Result<Option<Collection>, CatalogError> {
        if is_hidden(name) {
            return Ok(None);
        }
        self.read(|connection| collections::find(connection, name))
    }

    /// Whether a collection may be made under that name.
    ///
    /// # Errors
    /// [`CatalogError::BadCollectionName`], [`CatalogError::CollectionExists`], or the
    /// catalogue can't be read.
    pub fn check_new_name(&self, name: &str) -> Result<(), CatalogError> {
        self.read(|connection| collections::check_new_name(connection, name))
    }

    /// Where the collection's embeddings stand. Cheap: two index look-ups.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn revision(&self, collection: &Collection) -> Result<Revision, CatalogError> {
        self.read(|connection| collections::revision(connection, collection.id))
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

    /// Counts and sizes. Cost: a scan of the collection's items.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn stats(&self, collection: &Collection) -> Result<CollectionStats, CatalogError> {
        self.read(|connection| collections::stats(connection, collection.id))
    }

    /// Ids of the collection's items that pass `filter`, ascending.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn matching_items(
        &self,
        collection: &Collection,
        filter: &Expression,
    ) -> Result<Vec<u64>, CatalogError> {
        let sql = Sql::new(filter, collection.id);
        // Ids come in runs from the index by patent: sorted here in a tenth of the time that
        // SQLite takes.
        let statement = format!("SELECT items.id FROM items WHERE {}", sql.condition);
        self.read(|connection| {
            let mut statement = connection.prepare_cached(&statement)?;
            let rows = statement.query_map(params_from_iter(&sql.parameters), |row| row.get(0))?;
            let mut ids = rows.collect::<Result<Vec<_>, _>>()?;
            ids.sort_unstable();
            Ok(ids)
        })
    }

    /// The items with these ids that exist, by ascending id.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn items(&self, ids: &[u64]) -> Result<Vec<Item>, CatalogError> {
        self.read(|connection| items::by_ids(connection, ids))
    }

    /// The newest item of that file name.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn item_by_file_name(&self, file_name: &str) -> Result<Option<Item>, CatalogError> {
        self.read(|connection| items::newest_by_file_name(connection, file_name))
    }

    /// The collection's items of these patents, by ascending id.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn items_of_patents(
        &self,
        collection: &Collection,
        patent_ids: &[String],
    ) -> Result<Vec<PatentPage>, CatalogError> {
        self.read(|connection| items::pages_of_patents(connection, collection.id, patent_ids))
    }

    /// The patents of those of these items that have one.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn patents_of_items(&self, ids: &[u64]) -> Result<HashMap<u64, String>, CatalogError> {
        self.read(|connection| items::patents_of(connection, ids))
    }

    /// The MD5 sums of the files of items, in hexadecimal, by id.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn md5s_of_items(&self, ids: &[u64]) -> Result<HashMap<u64, String>, CatalogError> {
        self.read(|connection| items::md5s_of(connection, ids))
    }

    /// What is known of a patent.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn patent(&self, patent_id: &str) -> Result<Option<Patent>, CatalogError> {
        self.read(|connection| patents::find(connection, patent_id))
    }

    /// What else the grant of a patent tells; nothing of a patent without one.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn grant_details(&self, patent_id: &str) -> Result<Option<GrantDetails>, CatalogError> {
        self.read(|connection| grant_details::find(connection, patent_id))
    }

    /// Those of the patents that a patent cites of which something is known here, by number.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn cites(&self, patent_id: &str) -> Result<Vec<CitedPatent>, CatalogError> {
        self.read(|connection| grant_details::cites(connection, patent_id))
    }

    /// The patents whose grants cite a patent, by number.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn cited_by(&self, patent_id: &str) -> Result<Vec<CitedPatent>, CatalogError> {
        self.read(|connection| grant_details::cited_by(connection, patent_id))
    }

    /// What was recorded of the file at `path` when it was imported.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn known_path(
        &self,
        collection: &Collection,
        path: &str,
    ) -> Result<Option<KnownPath>, CatalogError> {
        self.read(|connection| items::known_path(connection, collection.id, path))
    }

    /// Calls `each` for every file at or below `root` that an item was seen under and that is
    /// not marked missing, all from one snapshot.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn paths_below(
        &self,
        collection: &Collection,
        root: &str,
        each: impl FnMut(&str),
    ) -> Result<(), CatalogError> {
        self.read(|connection| items::paths_below(connection, collection.id, root, each))
    }

    /// The job with that id.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn job(&self, id: i64) -> Result<Option<Job>, CatalogError> {
        self.read(|connection| jobs::find(connection, id))
    }

    /// At most `limit` jobs, lock, the newest first.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn jobs(&self, limit: usize) -> Result<Vec<Job>, CatalogError> {
        self.read(|connection| jobs::newest(connection, limit))
    }

    /// Jobs that are waiting or running, or were when their process ended; the oldest first.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn unfinished_jobs(&self) -> Result<Vec<Job>, CatalogError> {
        self.read(jobs::unfinished)
    }

    /// The first `limit` files that failed in a job.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn job_failures(&self, id: i64, limit: usize) -> Result<Vec<JobFailure>, CatalogError> {
        self.read(|connection| jobs::failures(connection, id, limit))
    }

    /// Paths, at most `limit`, under which the collection's items of this content were seen
    /// and that are not marked missing.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn paths_of_content(
        &self,
        collection: &Collection,
        md5: &str,
        limit: usize,
    ) -> Result<Vec<String>, CatalogError> {
        self.read(|connection| items::paths_of_content(connection, collection.id, md5, limit))
    }

    /// The content with these bytes.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn content(&self, md5: &str) -> Result<Option<Content>, CatalogError> {
        self.read(|connection| contents::by_md5(connection, md5))
    }

    /// Calls `each` for every content, all from one snapshot.
    ///
    /// # Errors
    /// Those of `each`, or the catalogue can't be read.
    pub fn each_content<E: From<CatalogError>>(
        &self,
        mut each: impl FnMut(Content) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut result = Ok(());
        self.read(|connection| {
            contents::each(connection, |content| {
                result = each(content);
                result.is_ok()
            })
        })?;
        result
    }

    /// Copies the catalogue as it is at this moment into `directory`, which must have none, beside
    /// whoever writes. What was deleted leaves no trace in the copy.
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

    /// Whether the collection has an embedding of the content with these bytes.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn has_embedding(&self, collection: &Collection, md5: &str) -> Result<bool, CatalogError> {
        self.read(|connection| embeddings::has(connection, collection.id, md5))
    }

    /// The embedding of the first figure of the content with these bytes.
    ///
    /// # Errors
    /// The stored vector is damaged, or the catalogue can't be read.
    pub fn embedding_of_content(
        &self,
        collection: &Collection,
        md5: &str,
    ) -> Result<Option<Vec<f32>>, CatalogError> {
        self.read(|connection| embeddings::of_content(connection, collection, md5))
    }

    /// The embedding of the collection's item with this external id.
    ///
    /// # Errors
    /// The stored vector is damaged, or the catalogue can't be read.
    pub fn embedding_of_external_id(
        &self,
        collection: &Collection,
        external_id: &str,
    ) -> Result<Option<Vec<f32>>, CatalogError> {
        self.read(|connection| embeddings::of_external_id(connection, collection, external_id))
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

pub(crate) fn connect(file: &Path) -> Result<Connection, CatalogError> {
    let connection = Connection::open_with_flags(
        file,
        OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENT_CACHE);
    // In WAL mode NORMAL keeps the file consistent through a power cut; at worst the last
    // commits are gone as a whole, and the import that made them does them again.
    connection.pragma_update(None, "synchronous", "normal")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    Ok(connection)
}
