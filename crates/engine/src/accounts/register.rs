//! New accounts.

use std::net::IpAddr;

use lookalike_catalog::NewUser;

use super::account::check_name;
use super::throttle::Subject;
use super::{Account, Accounts, Password, Role};
use crate::{EngineError, ErrorKind};

/// Accounts of a data directory: whoever registers by a script fills no disk.
const MOST_ACCOUNTS: usize = 10_000;

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

impl Accounts<'_> {
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
    ) -> Result<Account, EngineError> {
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
        let password_hash = self.engine.turns().take().hash(&account.password)?;
        self.write_durably(|tx| {
            let users = tx.users()?;
            // Somebody else's may have become the first meanwhile.
            check_may_register(account, registrar, !users.is_empty())?;
            if users.len() >= MOST_ACCOUNTS {
                return Err(EngineError::new(
                    ErrorKind::Conflict,
                    format!("there are {MOST_ACCOUNTS} users already; remove one first"),
                ));
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
) -> Result<(), EngineError> {
    match (registrar, account.role) {
        (_, Some(Role::Reader | Role::Editor)) if !others => Err(EngineError::new(
            ErrorKind::Conflict,
            "the first user has to be an administrator (role `admin`)",
        )),
        (Registrar::Stranger { open: false, .. }, _) if others => Err(EngineError::new(
            ErrorKind::Forbidden,
            "registration is closed: ask an administrator for an account",
        )),
        (Registrar::Stranger { .. }, Some(Role::Editor | Role::Admin)) if others => {
            Err(EngineError::new(
                ErrorKind::Forbidden,
                "who registers becomes a reader; only an administrator gives other roles",
            ))
        }
        _ => Ok(()),
    }
}
