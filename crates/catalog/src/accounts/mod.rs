//! Users, their sessions and tokens, and logins that failed.
//!
//! Nothing here can be used to log in: passwords are kept as argon2id strings, session ids and
//! tokens by their SHA-256 alone. What a role allows is not the catalogue's business.

mod failures;
mod sessions;
mod tokens;
mod users;

pub use failures::{FailureKey, Failures};
pub use sessions::{NewSession, Session};
pub use tokens::{ApiToken, NewApiToken};
pub use users::{NewUser, PasswordHash, User};

use rusqlite::ToSql;
use rusqlite::types::{FromSql, FromSqlResult, ToSqlOutput, ValueRef};

/// SHA-256 of a session id or token: what knows it again without holding it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenHash(pub [u8; 32]);

impl ToSql for TokenHash {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.0.as_slice()))
    }
}

impl FromSql for TokenHash {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        FromSql::column_result(value).map(Self)
    }
}
