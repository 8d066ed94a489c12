//! New accounts.

use std::net::IpAddr;

use lookalike_catalog::NewUser;

use crate::AccountError;
use crate::account::check_name;
use crate::limits::MOST_ACCOUNTS;
use crate::throttle::Subject;
use crate::{Account, Accounts, Password, Role};

/// An account to make.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// 1 to 64 letters (a to z), digits, `-`, `_`, `.` or `@`.
    pub name: String,
    /// 8 to 1024 bytes.
    pub password: Password,
    /// `None` lets the first account be an administrator's and others readers'.
    pub role: Option<Role>,
}

/// Who makes an account.
#[derive(Clone, Copy, Debug)]
pub enum Registrar {
    /// Somebody who looks after the users.
    Admin,
    /// Somebody without an account.
    Stranger {
        /// Where the request comes from.
        address: Option<IpAddr>,
        /// Whether strangers may make themselves readers; the first account they may make anyway.
        open: bool,
    },
}

impl Accounts {
    /// Makes an account. The first one is an administrator's.
    ///
    /// # Errors
    /// Name or password are not allowed, the name is taken, the registrar may not do this or has to
    /// wait, the first account is to be no administrator's, there are 10,000 accounts already, or
    /// the catalogue can't be written.
    pub fn register(
        &self,
        account: &NewAccount,
        registrar: Registrar,
    ) -> Result<Account, AccountError> {
        check_may_register(account, registrar, self.exist()?)?;
        check_name(&account.name)?;
        account.password.check_new()?;
        if let Registrar::Stranger {
            address: Some(address),
            ..
        } = registrar
        {
            let subject = [Subject::Registration(address)];
            self.check_patience(&subject)?;
            self.count_failure(&subject)?;
        }
        let password_hash = self.turns.take().hash(&account.password)?;
        self.write_durably(|tx| {
            let users = tx.users()?;
            // Somebody else's may have become the first meanwhile.
            check_may_register(account, registrar, !users.is_empty())?;
            if users.len() >= MOST_ACCOUNTS {
                return Err(AccountError::TooManyAccounts);
            }
            let role = match (users.is_empty(), account.role) {
                (true, _) => Role::Admin,
                (false, role) => role.unwrap_or_default(),
            };
            let user = tx.add_user(&NewUser {
                name: account.name.clone(),
                password_hash,
                role: role.name().to_owned(),
            })?;
            Account::of(user)
        })
    }
}

fn check_may_register(
    account: &NewAccount,
    registrar: Registrar,
    others: bool,
) -> Result<(), AccountError> {
    match (registrar, account.role) {
        (_, Some(Role::Reader | Role::Editor)) if !others => Err(AccountError::FirstIsNoAdmin),
        (Registrar::Stranger { open: false, .. }, _) if others => {
            Err(AccountError::RegistrationClosed)
        }
        (Registrar::Stranger { .. }, Some(Role::Editor | Role::Admin)) if others => {
            Err(AccountError::RoleNotGiven)
        }
        _ => Ok(()),
    }
}
