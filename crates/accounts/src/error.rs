//! Why a call about accounts failed.
//!
//! Each error also has a kind, which says whose fault it is: callers act on the kind, people read
//! the message.

use lookalike_catalog::CatalogError;
use thiserror::Error;

use crate::limits::{
    LEAST_PASSWORD_BYTES, MOST_ACCOUNTS, MOST_NAME_CHARACTERS, MOST_PASSWORD_BYTES,
    MOST_TOKEN_DAYS, MOST_TOKEN_NAME_CHARACTERS, MOST_TOKENS,
};

/// Whose fault an error is, and so what a caller can do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AccountErrorKind {
    /// A name, password, role or duration is not one.
    InvalidInput,
    /// The caller has to show who it is.
    Unauthenticated,
    /// The caller may not do this.
    Forbidden,
    /// The caller has to wait; [`AccountError::retry_after_seconds`] says how long.
    Throttled,
    /// There is no such user or token.
    NotFound,
    /// It contradicts what is there.
    Conflict,
    /// Our fault, or the machine's.
    Internal,
}

/// A failed call about accounts. The message is for users.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum AccountError {
    /// The same whatever was wrong: nobody learns from it which names exist.
    #[error("the user name or the password is wrong")]
    WrongCredentials,
    /// The old password that was to prove who changes it.
    #[error("the old password is wrong")]
    WrongOldPassword,
    /// Too many attempts failed.
    #[error("too many attempts; try again in {seconds} s")]
    TooManyAttempts {
        /// Until the next one is heard.
        seconds: u64,
    },
    /// No user of that name.
    #[error("there is no user `{name}`")]
    NoAccount {
        /// The name asked for.
        name: String,
    },
    /// The user has no such token.
    #[error("you have no token number {id}")]
    NoToken {
        /// The number asked for.
        id: i64,
    },
    /// Not a name for a user.
    #[error(
        "that can't name a user; use 1 to {MOST_NAME_CHARACTERS} letters (a to z), digits, `-`, \
         `_`, `.` or `@`"
    )]
    BadName,
    /// A password that is too short or too long.
    #[error(
        "the password has {bytes} bytes; choose one of {LEAST_PASSWORD_BYTES} to \
         {MOST_PASSWORD_BYTES}"
    )]
    BadPassword {
        /// Its length.
        bytes: usize,
    },
    /// Not a role.
    #[error("`{name}` is not a role; there are reader, editor and admin")]
    BadRole {
        /// As it was written.
        name: String,
    },
    /// Not a name for a token.
    #[error(
        "a token needs a name of 1 to {MOST_TOKEN_NAME_CHARACTERS} characters: say what it is for"
    )]
    BadTokenName,
    /// Not a duration for a token.
    #[error("a token lasts 1 to {MOST_TOKEN_DAYS} days, or has no end")]
    BadTokenDays,
    /// The first user was to be something else.
    #[error("the first user has to be an administrator (role `admin`)")]
    FirstIsNoAdmin,
    /// Strangers may not register.
    #[error("registration is closed: ask an administrator for an account")]
    RegistrationClosed,
    /// A stranger wanted to be more than a reader.
    #[error("new users register as readers; only an administrator gives other roles")]
    RoleNotGiven,
    /// No account more.
    #[error("there are {MOST_ACCOUNTS} users already; remove one first")]
    TooManyAccounts,
    /// No token more for this user.
    #[error("there are {MOST_TOKENS} tokens already; revoke one that is not needed")]
    TooManyTokens,
    /// Somebody has to be able to let others in.
    #[error("`{name}` is the last administrator; make somebody else one first")]
    LastAdmin {
        /// Whose account would have been changed.
        name: String,
    },
    /// Secrets and salts could not be made.
    #[error("the system gives no random numbers; nothing was changed")]
    NoRandomNumbers(#[source] getrandom::Error),
    /// Argon2 failed, for lack of memory for example.
    #[error("the password could not be hashed")]
    Password(#[source] argon2::password_hash::Error),
    /// The catalogue, which keeps the accounts.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

impl AccountError {
    /// Whose fault it is.
    #[must_use]
    pub fn kind(&self) -> AccountErrorKind {
        match self {
            Self::WrongCredentials => AccountErrorKind::Unauthenticated,
            Self::WrongOldPassword | Self::RegistrationClosed | Self::RoleNotGiven => {
                AccountErrorKind::Forbidden
            }
            Self::TooManyAttempts { .. } => AccountErrorKind::Throttled,
            Self::NoAccount { .. } | Self::NoToken { .. } => AccountErrorKind::NotFound,
            Self::BadName
            | Self::BadPassword { .. }
            | Self::BadRole { .. }
            | Self::BadTokenName
            | Self::BadTokenDays => AccountErrorKind::InvalidInput,
            Self::FirstIsNoAdmin
            | Self::TooManyAccounts
            | Self::TooManyTokens
            | Self::LastAdmin { .. }
            | Self::Catalog(CatalogError::UserExists { .. } | CatalogError::Locked { .. }) => {
                AccountErrorKind::Conflict
            }
            Self::Catalog(CatalogError::Missing { .. }) => AccountErrorKind::NotFound,
            Self::NoRandomNumbers(_) | Self::Password(_) | Self::Catalog(_) => {
                AccountErrorKind::Internal
            }
        }
    }

    /// Seconds after which it may be tried again, where that is known.
    #[must_use]
    pub fn retry_after_seconds(&self) -> Option<u64> {
        match self {
            Self::TooManyAttempts { seconds } => Some(*seconds),
            _ => None,
        }
    }
}
