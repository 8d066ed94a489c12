//! Tokens by which scripts act for a user.

use rusqlite::{OptionalExtension, Row, params};

use super::{TokenHash, User, users};
use crate::{Catalog, CatalogError, WriteTransaction};

/// A token to add.
#[derive(Clone, Debug)]
pub struct NewApiToken {
    /// What knows the token again.
    pub token_hash: TokenHash,
    /// Whom it acts for.
    pub user_id: i64,
    /// What its user calls it.
    pub name: String,
    /// Unix seconds at which it ends; `None` means never.
    pub expires_at: Option<i64>,
}

/// A stored token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiToken {
    /// Its number, which opens nothing; never given to another token.
    pub id: i64,
    /// What its user calls it.
    pub name: String,
    /// Unix seconds.
    pub created_at: i64,
    /// Unix seconds at which it was last marked as used.
    pub last_used: Option<i64>,
    /// Unix seconds at which it ends; `None` means never.
    pub expires_at: Option<i64>,
}

const COLUMNS: &str = "api_tokens.id, api_tokens.name, api_tokens.created_at, last_used, \
                       expires_at";

/// Reads [`COLUMNS`] from column `first` on.
fn from_row(row: &Row<'_>, first: usize) -> rusqlite::Result<ApiToken> {
    Ok(ApiToken {
        id: row.get(first)?,
        name: row.get(first + 1)?,
        created_at: row.get(first + 2)?,
        last_used: row.get(first + 3)?,
        expires_at: row.get(first + 4)?,
    })
}

impl Catalog {
    /// The token of that hash, ended or not, and its user.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn api_token(&self, hash: TokenHash) -> Result<Option<(ApiToken, User)>, CatalogError> {
        self.read(|connection| {
            let sql = format!(
                "SELECT {}, {COLUMNS} FROM api_tokens JOIN users ON users.id = user_id \
                 WHERE token_hash = ?1",
                users::columns()
            );
            let mut statement = connection.prepare_cached(&sql)?;
            let found =
                statement.query_row([hash], |row| Ok((from_row(row, 6)?, users::from_row(row)?)));
            Ok(found.optional()?)
        })
    }

    /// A user's tokens, the newest first.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn api_tokens(&self, user_id: i64) -> Result<Vec<ApiToken>, CatalogError> {
        self.read(|connection| {
            let sql =
                format!("SELECT {COLUMNS} FROM api_tokens WHERE user_id = ?1 ORDER BY id DESC");
            let mut statement = connection.prepare_cached(&sql)?;
            let rows = statement.query_map([user_id], |row| from_row(row, 0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

impl WriteTransaction<'_> {
    /// Adds a token; those that have ended go, whoever's they are.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn add_api_token(&self, token: &NewApiToken) -> Result<ApiToken, CatalogError> {
        self.connection
            .prepare_cached("DELETE FROM api_tokens WHERE expires_at <= ?1")?
            .execute([self.now])?;
        self.connection
            .prepare_cached(
                "INSERT INTO api_tokens (token_hash, user_id, name, created_at, expires_at) \
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![
                token.token_hash,
                token.user_id,
                token.name,
                self.now,
                token.expires_at
            ])?;
        Ok(ApiToken {
            id: self.connection.last_insert_rowid(),
            name: token.name.clone(),
            created_at: self.now,
            last_used: None,
            expires_at: token.expires_at,
        })
    }

    /// Marks a token as used now.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn touch_api_token(&self, id: i64) -> Result<(), CatalogError> {
        self.connection
            .prepare_cached("UPDATE api_tokens SET last_used = ?2 WHERE id = ?1")?
            .execute(params![id, self.now])?;
        Ok(())
    }

    /// Removes all tokens of a user.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn remove_api_tokens_of(&self, user_id: i64) -> Result<(), CatalogError> {
        self.connection
            .prepare_cached("DELETE FROM api_tokens WHERE user_id = ?1")?
            .execute([user_id])?;
        Ok(())
    }

    /// Removes a user's token; returns whether there was one.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn remove_api_token(&self, user_id: i64, id: i64) -> Result<bool, CatalogError> {
        let removed = self
            .connection
            .prepare_cached("DELETE FROM api_tokens WHERE user_id = ?1 AND id = ?2")?
            .execute([user_id, id])?;
        Ok(removed > 0)
    }
}
