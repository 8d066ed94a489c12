//! Accounts: who somebody is, and how that is proved.
//!
//! What a caller may do is for those to say who offer it: a [`Role`] only stands above another.
//! Everything that proves something (passwords, session ids, tokens) is a type whose `{:?}` shows
//! nothing, and the catalogue keeps none of it. Passwords are checked two at a time at most, so
//! that their memory is bounded; calls wait for their turn.

mod account;
mod password;
mod register;
mod secret;
mod sessions;
#[cfg(test)]
mod tests;
mod throttle;
mod tokens;
mod users;

pub use account::{Account, Role, check_name};
pub use password::Password;
pub(crate) use password::Turns;
pub use register::{NewAccount, Registrar};
pub use secret::{Secret, is_secret};
pub use sessions::{Identity, Login};
pub use tokens::{NewToken, TokenReport};
pub use users::AccountChange;

use lookalike_catalog::{CatalogError, WriteTransaction};

use crate::{Engine, EngineError, ErrorKind};

/// The use cases that concern accounts.
#[derive(Clone, Copy)]
pub struct Accounts<'a> {
    engine: &'a Engine,
}

impl Engine {
    /// The accounts of the data directory.
    #[must_use]
    pub fn accounts(&self) -> Accounts<'_> {
        Accounts { engine: self }
    }
}

impl Accounts<'_> {
    /// Whether anybody has an account.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn exist(&self) -> Result<bool, EngineError> {
        Ok(self.engine.catalog().has_users()?)
    }

    /// Unix seconds.
    fn now(&self) -> i64 {
        self.engine.now().as_second()
    }

    fn write<T>(
        &self,
        changes: impl FnOnce(&WriteTransaction<'_>) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        self.engine.catalog().write(self.now(), changes)
    }

    /// The same for what must not come back after a loss of power: an old password, a role.
    fn write_durably<T>(
        &self,
        changes: impl FnOnce(&WriteTransaction<'_>) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        let result = self.write(changes)?;
        self.engine.catalog().make_durable()?;
        Ok(result)
    }
}

/// The same whatever was wrong: nobody learns from it which names exist.
fn wrong_credentials() -> EngineError {
    EngineError::new(
        ErrorKind::Unauthenticated,
        "the user name or the password is wrong",
    )
}

fn no_account(name: &str) -> EngineError {
    EngineError::new(ErrorKind::NotFound, format!("there is no user `{name}`"))
}

fn no_random_numbers(error: getrandom::Error) -> EngineError {
    EngineError::new(
        ErrorKind::Internal,
        "the system gives no random numbers; nothing was changed",
    )
    .because(error)
}

fn damaged(what: &str) -> EngineError {
    CatalogError::Damaged {
        what: what.to_owned(),
    }
    .into()
}
