//! Sessions of users who logged in.

use rusqlite::{OptionalExtension, params};

use super::{TokenHash, User, users};
use crate::{Catalog, CatalogError, WriteTransaction};

/// A session to add.
#[derive(Clone, Copy, Debug)]
pub struct NewSession {
    /// What knows the session's id again.
    pub token_hash: TokenHash,
    /// Whose it is.
    pub user_id: i64,
    /// Unix seconds at which it ends, unless it is seen again before.
    pub expires_at: i64,
}

/// A stored session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its number, which opens nothing.
    pub id: i64,
    /// Unix seconds of the login.
    pub created_at: i64,
    /// Unix seconds at which it was last marked as seen.
    pub last_seen: i64,
    /// Unix seconds at which it ends, unless it is seen again before.
    pub expires_at: i64,
}

impl Catalog {
    /// The session of that hash, ended or not, and its user.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn session(&self, hash: TokenHash) -> Result<Option<(Session, User)>, CatalogError> {
        self.read(|connection| {
            let sql = format!(
                "SELECT {}, sessions.id, sessions.created_at, last_seen, expires_at \
                 FROM sessions JOIN users ON users.id = user_id WHERE token_hash = ?1",
                users::columns()
            );
            let mut statement = connection.prepare_cached(&sql)?;
            let found = statement.query_row([hash], |row| {
                let session = Session {
                    id: row.get(6)?,
                    created_at: row.get(7)?,
                    last_seen: row.get(8)?,
                    expires_at: row.get(9)?,
                };
                Ok((session, users::from_row(row)?))
            });
            Ok(found.optional()?)
        })
    }
}

impl WriteTransaction<'_> {
    /// Adds a session. Those that have ended go, whoever's they are; of the same user's others
    /// the `others` newest stay.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn add_session(&self, session: &NewSession, others: usize) -> Result<(), CatalogError> {
        self.connection
            .prepare_cached("DELETE FROM sessions WHERE expires_at <= ?1")?
            .execute([self.now])?;
        self.connection
            .prepare_cached(
                "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE user_id = ?1 \
                 ORDER BY id DESC LIMIT -1 OFFSET ?2)",
            )?
            .execute(params![session.user_id, others])?;
        self.connection
            .prepare_cached(
                "INSERT INTO sessions (token_hash, user_id, created_at, last_seen, expires_at) \
                 VALUES (?1, ?2, ?3, ?3, ?4)",
            )?
            .execute(params![
                session.token_hash,
                session.user_id,
                self.now,
                session.expires_at
            ])?;
        Ok(())
    }

    /// Marks a session as seen now, and says when it ends if it is not seen again.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn touch_session(&self, id: i64, expires_at: i64) -> Result<(), CatalogError> {
        self.connection
            .prepare_cached("UPDATE sessions SET last_seen = ?2, expires_at = ?3 WHERE id = ?1")?
            .execute(params![id, self.now, expires_at])?;
        Ok(())
    }

    /// Ends a session.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn remove_session(&self, hash: TokenHash) -> Result<(), CatalogError> {
        self.connection
            .prepare_cached("DELETE FROM sessions WHERE token_hash = ?1")?
            .execute([hash])?;
        Ok(())
    }

    /// Ends a user's sessions, but for the one with the id `kept`.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn remove_sessions_of(&self, user_id: i64, kept: Option<i64>) -> Result<(), CatalogError> {
        self.connection
            .prepare_cached("DELETE FROM sessions WHERE user_id = ?1 AND id IS NOT ?2")?
            .execute(params![user_id, kept])?;
        Ok(())
    }
}
