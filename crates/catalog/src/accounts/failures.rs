//! Logins that failed, counted by the keys that they are slowed down by.

use rusqlite::{OptionalExtension, params};

use crate::{Catalog, CatalogError, WriteTransaction};

/// Rows kept: a few megabytes, whatever names and addresses a flood of attempts comes up with.
const MOST_KEYS: usize = 10_000;

/// SHA-256 of what attempts are counted by: names that were tried are private, and may
/// be passwords typed into the wrong field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FailureKey(pub [u8; 32]);

/// What is known of the attempts under a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Failures {
    /// How many count.
    pub count: u32,
    /// Unix seconds of the last one.
    pub last: i64,
    /// Unix seconds from which none of them counts any more.
    pub forgotten_at: i64,
}

impl Catalog {
    /// The failures under a key.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn failures(&self, key: FailureKey) -> Result<Option<Failures>, CatalogError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT failures, last_failure, forgotten_at FROM failed_logins WHERE key = ?1",
            )?;
            let found = statement.query_row([key.0.as_slice()], |row| {
                Ok(Failures {
                    count: row.get(0)?,
                    last: row.get(1)?,
                    forgotten_at: row.get(2)?,
                })
            });
            Ok(found.optional()?)
        })
    }
}

impl WriteTransaction<'_> {
    /// Stores the failures under a key. Those that do not count any more go; where too many are
    /// left, those that would be forgotten next.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn set_failures(&self, key: FailureKey, failures: &Failures) -> Result<(), CatalogError> {
        self.clear_failures(key)?;
        self.connection
            .prepare_cached("DELETE FROM failed_logins WHERE forgotten_at <= ?1")?
            .execute([self.now])?;
        self.connection
            .prepare_cached(
                "DELETE FROM failed_logins WHERE key IN (SELECT key FROM failed_logins \
                 ORDER BY forgotten_at DESC LIMIT -1 OFFSET ?1)",
            )?
            .execute([MOST_KEYS - 1])?;
        self.connection
            .prepare_cached(
                "INSERT INTO failed_logins (key, failures, last_failure, forgotten_at) \
                 VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![
                key.0.as_slice(),
                failures.count,
                failures.last,
                failures.forgotten_at
            ])?;
        Ok(())
    }

    /// Forgets the failures under a key.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn clear_failures(&self, key: FailureKey) -> Result<(), CatalogError> {
        self.connection
            .prepare_cached("DELETE FROM failed_logins WHERE key = ?1")?
            .execute([key.0.as_slice()])?;
        Ok(())
    }
}
