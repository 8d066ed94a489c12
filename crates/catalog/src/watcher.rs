//! Detects commits that searches depend on.

use std::path::Path;

use rusqlite::Connection;

use crate::CatalogError;
use crate::connection::connect;

/// Counts the changes that it sees.
#[derive(Debug, Default)]
pub(crate) struct Watcher {
    /// Asked for nothing else: what SQLite answers is comparable on one connection only.
    connection: Option<Connection>,
    /// What SQLite answered last.
    seen: i64,
    version: i64,
}

impl Watcher {
    /// A number that is another one after every commit but those that were passed over.
    pub(crate) fn version(&mut self, file: &Path) -> Result<i64, CatalogError> {
        let now = self.data_version(file)?;
        if now != self.seen {
            self.seen = now;
            self.version += 1;
        }
        Ok(self.version)
    }

    /// Runs `commit` without counting what it commits. The caller keeps every other commit away
    /// meanwhile.
    pub(crate) fn pass_over<T>(
        &mut self,
        file: &Path,
        commit: impl FnOnce() -> Result<T, CatalogError>,
    ) -> Result<T, CatalogError> {
        self.version(file)?;
        let result = commit()?;
        self.seen = self.data_version(file)?;
        Ok(result)
    }

    fn data_version(&mut self, file: &Path) -> Result<i64, CatalogError> {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => connect(file)?,
        };
        let connection = self.connection.insert(connection);
        Ok(connection
            .prepare_cached("PRAGMA data_version")?
            .query_row([], |row| row.get(0))?)
    }
}
