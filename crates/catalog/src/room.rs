//! Room of what was deleted, given back to the file system.
//!
//! SQLite keeps the pages of deleted rows for what comes. Of a catalogue that lost most of its items
//! that may be gigabytes, so beyond some megabytes they are given back bit by bit, others writing in
//! between. Catalogues of earlier versions can't do that: they are rewritten, once, when one is
//! opened of which more than half is empty.

use rusqlite::Connection;

use crate::{CatalogError, WriteTransaction};

/// Empty pages, of 4 KB, that are kept for what comes.
const KEPT_PAGES: u64 = 1_000;

/// Pages given back in one transaction: some milliseconds, for which other writers wait.
const PAGES_AT_ONCE: u64 = 1_000;

/// `PRAGMA auto_vacuum` of catalogues that can give back pages bit by bit.
const INCREMENTAL: u64 = 2;

impl WriteTransaction<'_> {
    /// Gives back some of the room that deleted rows took; returns whether there is more.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn give_back_room(&self) -> Result<bool, CatalogError> {
        let value = |name| {
            self.connection
                .pragma_query_value(None, name, |row| row.get(0))
        };
        let (kind, empty): (u64, u64) = (value("auto_vacuum")?, value("freelist_count")?);
        if kind != INCREMENTAL || empty <= KEPT_PAGES {
            return Ok(false);
        }
        let pages = PAGES_AT_ONCE.min(empty - KEPT_PAGES);
        let mut statement = self
            .connection
            .prepare(&format!("PRAGMA incremental_vacuum({pages})"))?;
        let mut rows = statement.query([])?;
        while rows.next()?.is_some() {}
        Ok(empty - pages > KEPT_PAGES)
    }
}

/// Rewrites a catalogue of an earlier version if that is worth it.
pub(crate) fn make_compact(connection: &Connection) -> Result<(), CatalogError> {
    let value = |name| connection.pragma_query_value(None, name, |row| row.get::<_, u64>(0));
    let (empty, all) = (value("freelist_count")?, value("page_count")?);
    if value("auto_vacuum")? == INCREMENTAL || empty <= KEPT_PAGES || empty < all / 2 {
        return Ok(());
    }
    connection.pragma_update(None, "auto_vacuum", "incremental")?;
    match connection.execute_batch("VACUUM") {
        // It takes room for a copy; the catalogue is as good as it was.
        Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull) => {
            tracing::warn!("there is no room to make the catalogue smaller: {error}");
            Ok(())
        }
        result => Ok(result?),
    }
}
