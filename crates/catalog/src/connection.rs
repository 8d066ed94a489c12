//! Connections to the file of a catalogue.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::CatalogError;

/// How long a statement waits for another process's commit before it fails.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

/// Statements kept prepared per connection; more than this crate has.
const STATEMENT_CACHE: usize = 128;

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
