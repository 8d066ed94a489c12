//! Accounts: who somebody is, and how that is proved.
//!
//! What a caller may do is for those to say who offer it: a [`Role`] only stands above another.
//! Everything that proves something (passwords, session ids, tokens) is a type whose `{:?}` shows
//! nothing, and the catalogue keeps none of it. Passwords are checked two at a time at most, so
//! that their memory is bounded; calls wait for their turn.

mod account;
mod error;
mod limits;
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
pub use error::{AccountError, AccountErrorKind};
pub use password::Password;
pub use register::{NewAccount, Registrar};
pub use secret::{Secret, is_secret};
pub use sessions::{Identity, Login};
pub use tokens::{NewToken, TokenReport};
pub use users::AccountChange;

use std::sync::Arc;

use lookalike_catalog::{Catalog, CatalogError, WriteTransaction};
use lookalike_work::Clock;

use password::Turns;

/// The accounts of a data directory. Shared by threads.
pub struct Accounts {
    catalog: Arc<Catalog>,
    turns: Turns,
    clock: Clock,
}

impl Accounts {
    /// The accounts in `catalog`; it has to be open for writing if any is to be changed.
    #[must_use]
    pub fn new(catalog: Arc<Catalog>, clock: Clock) -> Self {
        Self {
            catalog,
            turns: Turns::default(),
            clock,
        }
    }

    /// Whether anybody has an account.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn exist(&self) -> Result<bool, AccountError> {
        Ok(self.catalog.has_users()?)
    }

    /// Unix seconds.
    fn now(&self) -> i64 {
        (self.clock)().as_second()
    }

    fn write<T>(
        &self,
        changes: impl FnOnce(&WriteTransaction<'_>) -> Result<T, AccountError>,
    ) -> Result<T, AccountError> {
        self.catalog.write(self.now(), changes)
    }

    /// The same for what must not come back after a loss of power: an old password, a role.
    fn write_durably<T>(
        &self,
        changes: impl FnOnce(&WriteTransaction<'_>) -> Result<T, AccountError>,
    ) -> Result<T, AccountError> {
        let result = self.write(changes)?;
        self.catalog.make_durable()?;
        Ok(result)
    }
}

fn no_account(name: &str) -> AccountError {
    AccountError::NoAccount {
        name: name.to_owned(),
    }
}

fn damaged(what: &str) -> AccountError {
    CatalogError::Damaged {
        what: what.to_owned(),
    }
    .into()
}
