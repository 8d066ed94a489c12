//! Users.

use std::fmt;

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::{Catalog, CatalogError, WriteTransaction};

/// A password as it is stored: an argon2id string in PHC form. `{:?}` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(pub String);

impl fmt::Debug for PasswordHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PasswordHash(..)")
    }
}

/// A user to add.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// Unique without regard to the case of ASCII letters.
    pub name: String,
    /// The password.
    pub password_hash: PasswordHash,
    /// A role's name, in the words of whoever knows what it allows.
    pub role: String,
}

/// A stored user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Never given to another user.
    pub id: i64,
    /// As it was written when the user was added.
    pub name: String,
    /// The password.
    pub password_hash: PasswordHash,
    /// A role's name.
    pub role: String,
    /// Unix seconds.
    pub created_at: i64,
    /// Whether the account is shut, and its sessions and tokens with it.
    pub disabled: bool,
}

const COLUMNS: &str = "users.id, users.name, password_hash, role, users.created_at, disabled";

/// Columns that [`from_row`] reads, for queries that join `users`.
pub(super) fn columns() -> &'static str {
    COLUMNS
}

pub(super) fn from_row(row: &Row<'_>) -> rusqlite::Result<User> {
    Ok(User {
        id: row.get(0)?,
        name: row.get(1)?,
        password_hash: PasswordHash(row.get(2)?),
        role: row.get(3)?,
        created_at: row.get(4)?,
        disabled: row.get(5)?,
    })
}

impl Catalog {
    /// The user of that name, whatever its case.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn user(&self, name: &str) -> Result<Option<User>, CatalogError> {
        self.read(|connection| by_name(connection, name))
    }

    /// The user with that id.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn user_by_id(&self, id: i64) -> Result<Option<User>, CatalogError> {
        self.read(|connection| {
            let sql = format!("SELECT {COLUMNS} FROM users WHERE id = ?1");
            let mut statement = connection.prepare_cached(&sql)?;
            Ok(statement.query_row([id], from_row).optional()?)
        })
    }

    /// All users by name.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn users(&self) -> Result<Vec<User>, CatalogError> {
        self.read(list)
    }

    /// Whether there is any user.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn has_users(&self) -> Result<bool, CatalogError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT EXISTS (SELECT 1 FROM users)")?;
            Ok(statement.query_row([], |row| row.get(0))?)
        })
    }
}

impl WriteTransaction<'_> {
    /// All users by name, as this transaction sees them.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn users(&self) -> Result<Vec<User>, CatalogError> {
        list(self.connection)
    }

    /// Adds a user.
    ///
    /// # Errors
    /// [`CatalogError::UserExists`], or the catalogue can't be written.
    pub fn add_user(&self, user: &NewUser) -> Result<User, CatalogError> {
        if by_name(self.connection, &user.name)?.is_some() {
            return Err(CatalogError::UserExists {
                name: user.name.clone(),
            });
        }
        self.connection
            .prepare_cached(
                "INSERT INTO users (name, password_hash, role, created_at) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![
                user.name,
                user.password_hash.0,
                user.role,
                self.now
            ])?;
        Ok(User {
            id: self.connection.last_insert_rowid(),
            name: user.name.clone(),
            password_hash: user.password_hash.clone(),
            role: user.role.clone(),
            created_at: self.now,
            disabled: false,
        })
    }

    /// Stores the password, role and state of a user that exists.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn update_user(&self, user: &User) -> Result<(), CatalogError> {
        self.connection
            .prepare_cached(
                "UPDATE users SET password_hash = ?2, role = ?3, disabled = ?4 WHERE id = ?1",
            )?
            .execute(params![
                user.id,
                user.password_hash.0,
                user.role,
                user.disabled
            ])?;
        Ok(())
    }

    /// Removes a user with all sessions, tokens and searches made.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn remove_user(&self, id: i64) -> Result<(), CatalogError> {
        self.connection
            .prepare_cached("DELETE FROM searches WHERE user_id = ?1")?
            .execute([id])?;
        self.connection
            .prepare_cached("DELETE FROM users WHERE id = ?1")?
            .execute([id])?;
        Ok(())
    }
}

fn by_name(connection: &Connection, name: &str) -> Result<Option<User>, CatalogError> {
    let sql = format!("SELECT {COLUMNS} FROM users WHERE name = ?1");
    let mut statement = connection.prepare_cached(&sql)?;
    Ok(statement.query_row([name], from_row).optional()?)
}

fn list(connection: &Connection) -> Result<Vec<User>, CatalogError> {
    let sql = format!("SELECT {COLUMNS} FROM users ORDER BY name");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map([], from_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}
