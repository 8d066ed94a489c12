//! What others see of an account, and what its name and role may be.

use std::fmt;
use std::str::FromStr;

use lookalike_catalog::User;

use crate::AccountError;
use crate::damaged;
use crate::limits::MOST_NAME_CHARACTERS;

/// What somebody is trusted with; each is trusted with all that those before it are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Looks for images and at them.
    #[default]
    Reader,
    /// Also brings images in, describes and deletes them.
    Editor,
    /// Also looks after users and whole collections.
    Admin,
}

impl Role {
    /// `reader`, `editor` or `admin`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Editor => "editor",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for Role {
    type Err = AccountError;

    fn from_str(name: &str) -> Result<Self, AccountError> {
        [Self::Reader, Self::Editor, Self::Admin]
            .into_iter()
            .find(|role| role.name() == name)
            .ok_or_else(|| AccountError::BadRole {
                name: name.to_owned(),
            })
    }
}

/// An account, as others may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Never given to another account.
    pub id: i64,
    /// As it was written when the account was made; its case makes no difference.
    pub name: String,
    /// What it is trusted with.
    pub role: Role,
    /// Unix seconds.
    pub created_at: i64,
    /// Whether it is shut.
    pub disabled: bool,
}

impl Account {
    pub(crate) fn of(user: User) -> Result<Self, AccountError> {
        Ok(Self {
            role: role_of(&user)?,
            id: user.id,
            name: user.name,
            created_at: user.created_at,
            disabled: user.disabled,
        })
    }
}

pub(crate) fn role_of(user: &User) -> Result<Role, AccountError> {
    user.role.parse().map_err(|_| damaged("role of a user"))
}

/// Whether that can be a user's name: 1 to 64 letters (a to z), digits, `-`, `_`, `.` or `@`, and
/// more than dots, which mean other things in addresses.
///
/// ASCII only: names that look alike in other scripts would let one user pass for another.
///
/// # Errors
/// It can't; the error says what can.
pub fn check_name(name: &str) -> Result<(), AccountError> {
    let allowed = |character: char| character.is_ascii_alphanumeric() || "-_.@".contains(character);
    let fits = (1..=MOST_NAME_CHARACTERS).contains(&name.len());
    if !fits || !name.chars().all(allowed) || name.chars().all(|character| character == '.') {
        return Err(AccountError::BadName);
    }
    Ok(())
}
