//! Which writing and deleting of blobs has begun and not ended.
//!
//! Blobs are written before the rows that refer to them and deleted after those: a process killed
//! in between leaves blobs that nothing refers to. Finding these takes a look at every blob, so
//! the catalogue notes when there may be any: work that a process left behind tells the next one.

use rusqlite::{OptionalExtension, params};

use crate::contents::{self, Content};
use crate::{Catalog, CatalogError, WriteTransaction};

/// How far the search for blobs that nothing refers to is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlobSweep {
    /// What it makes up for: all work up to this number.
    pub last_work: i64,
    /// The last key that it looked at; `None` at its beginning.
    pub last_key: Option<String>,
}

impl Catalog {
    /// The sweep that is due because of work that has not ended. For the process that writes,
    /// before it begins work of its own: what is found then was left by others.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn due_blob_sweep(&self) -> Result<Option<BlobSweep>, CatalogError> {
        self.read(|connection| {
            let left: Option<i64> =
                connection.query_row("SELECT max(id) FROM blob_work", [], |row| row.get(0))?;
            let Some(last_work) = left else {
                return Ok(None);
            };
            let begun = connection
                .prepare_cached("SELECT last_key FROM blob_sweep WHERE last_work = ?1")?
                .query_row([last_work], |row| row.get(0))
                .optional()?;
            Ok(Some(BlobSweep {
                last_work,
                last_key: begun.flatten(),
            }))
        })
    }

    /// Those of the contents with these MD5s that there are.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn contents_among(&self, md5s: &[&str]) -> Result<Vec<Content>, CatalogError> {
        self.read(|connection| contents::among(connection, md5s))
    }
}

impl WriteTransaction<'_> {
    /// Notes that blobs are about to be written or deleted; returns the number of this work.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn begin_blob_work(&self) -> Result<i64, CatalogError> {
        self.connection
            .prepare_cached("INSERT INTO blob_work (started_at) VALUES (?1)")?
            .execute([self.now])?;
        Ok(self.connection.last_insert_rowid())
    }

    /// Notes that the work has ended, with every blob referred to.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn end_blob_work(&self, work: i64) -> Result<(), CatalogError> {
        self.connection
            .prepare_cached("DELETE FROM blob_work WHERE id = ?1")?
            .execute([work])?;
        Ok(())
    }

    /// Records how far a sweep is.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn record_blob_sweep(&self, sweep: &BlobSweep) -> Result<(), CatalogError> {
        self.connection.execute(
            "INSERT OR REPLACE INTO blob_sweep (id, last_work, last_key) VALUES (1, ?1, ?2)",
            params![sweep.last_work, sweep.last_key],
        )?;
        Ok(())
    }

    /// Records that a sweep has looked at every blob.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn end_blob_sweep(&self, sweep: &BlobSweep) -> Result<(), CatalogError> {
        self.connection
            .execute("DELETE FROM blob_work WHERE id <= ?1", [sweep.last_work])?;
        self.connection.execute("DELETE FROM blob_sweep", [])?;
        Ok(())
    }
}
