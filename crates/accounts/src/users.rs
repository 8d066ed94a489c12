//! Managing accounts: what administrators do, and what users do with their own password.

use std::net::IpAddr;

use lookalike_catalog::User;

use crate::AccountError;
use crate::account::role_of;
use crate::sessions::subjects;
use crate::{Account, Accounts, Password, Role, no_account};

/// What is to become of an account; `None` leaves a thing as it is.
#[derive(Clone, Debug, Default)]
pub struct AccountChange {
    /// Another role.
    pub role: Option<Role>,
    /// Whether to shut it; that ends its sessions.
    pub disabled: Option<bool>,
    /// Another password; that ends its sessions and its tokens, which somebody else may have made.
    pub password: Option<Password>,
}

impl Accounts {
    /// All accounts by name.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn list(&self) -> Result<Vec<Account>, AccountError> {
        let users = self.catalog.users()?;
        users.into_iter().map(Account::of).collect()
    }

    /// The account of that name.
    ///
    /// # Errors
    /// There is none, or the catalogue can't be read.
    pub fn find(&self, name: &str) -> Result<Account, AccountError> {
        let user = self.catalog.user(name)?;
        Account::of(user.ok_or_else(|| no_account(name))?)
    }

    /// Changes an account.
    ///
    /// # Errors
    /// There is none of that name, it is the last administrator's and would be none any more, the
    /// password is not allowed, or the catalogue can't be written.
    pub fn change(&self, name: &str, change: &AccountChange) -> Result<Account, AccountError> {
        let password_hash = match &change.password {
            Some(password) => {
                password.check_new()?;
                Some(self.turns.take().hash(password)?)
            }
            None => None,
        };
        self.write_durably(|tx| {
            let users = tx.users()?;
            let mut user = named(&users, name)?;
            let ends_tokens = password_hash.is_some();
            let ends_sessions = ends_tokens || change.disabled == Some(true);
            if let Some(role) = change.role {
                user.role = role.name().to_owned();
            }
            if let Some(disabled) = change.disabled {
                user.disabled = disabled;
            }
            if let Some(hash) = password_hash {
                user.password_hash = hash;
            }
            if user.disabled || role_of(&user)? != Role::Admin {
                check_not_last_admin(&users, &user)?;
            }
            tx.update_user(&user)?;
            if ends_sessions {
                tx.remove_sessions_of(user.id, None)?;
            }
            if ends_tokens {
                tx.remove_api_tokens_of(user.id)?;
            }
            Account::of(user)
        })
    }

    /// Removes an account with its sessions and tokens.
    ///
    /// # Errors
    /// There is none of that name, it is the last administrator's, or the catalogue can't be
    /// written.
    pub fn remove(&self, name: &str) -> Result<Account, AccountError> {
        self.write_durably(|tx| {
            let users = tx.users()?;
            let user = named(&users, name)?;
            check_not_last_admin(&users, &user)?;
            tx.remove_user(user.id)?;
            Account::of(user)
        })
    }

    /// Gives an account another password, which its user proves to be the one by the old. Ends its
    /// sessions but for `kept_session`; its tokens stay. Wrong attempts count as for a login.
    ///
    /// # Errors
    /// The old password is wrong, the new one is not allowed, too many attempts failed, the account
    /// is gone, or the catalogue can't be written.
    pub fn change_password(
        &self,
        account: &Account,
        kept_session: Option<i64>,
        old: &Password,
        new: &Password,
        address: Option<IpAddr>,
    ) -> Result<(), AccountError> {
        new.check_new()?;
        let turn = self.turns.take();
        let user = self.catalog.user_by_id(account.id)?;
        let subjects = subjects(&account.name, address, user.as_ref());
        self.check_patience(&subjects)?;
        let known = user.as_ref().map(|user| &user.password_hash);
        if !turn.verify(old, known)? {
            self.count_failure(&subjects)?;
            return Err(AccountError::WrongOldPassword);
        }
        let password_hash = turn.hash(new)?;
        drop(turn);
        self.write_durably(|tx| {
            let user = self.catalog.user_by_id(account.id)?;
            let user = user.ok_or(AccountError::WrongCredentials)?;
            tx.update_user(&User {
                password_hash,
                ..user
            })?;
            tx.remove_sessions_of(account.id, kept_session)?;
            Ok(())
        })
    }
}

fn named(users: &[User], name: &str) -> Result<User, AccountError> {
    let mut users = users.iter();
    let found = users.find(|user| user.name.eq_ignore_ascii_case(name));
    found.cloned().ok_or_else(|| no_account(name))
}

/// Somebody has to be able to let others in.
fn check_not_last_admin(users: &[User], user: &User) -> Result<(), AccountError> {
    let is_admin =
        |user: &User| Ok::<_, AccountError>(role_of(user)? == Role::Admin && !user.disabled);
    let mut was_admin = false;
    for other in users {
        match (is_admin(other)?, other.id == user.id) {
            (true, false) => return Ok(()),
            (true, true) => was_admin = true,
            _ => {}
        }
    }
    if was_admin {
        Err(AccountError::LastAdmin {
            name: user.name.clone(),
        })
    } else {
        Ok(())
    }
}
