//! Who somebody is. Also read back: the command line asks the server that owns a data directory.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::convert::{same_fields, same_variants};

/// An account, as others may see it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
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

same_fields!(lookalike_accounts::Account => Account { id, name, role, created_at, disabled });

/// What somebody is trusted with; each is trusted with all that those before it are.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Looks for images and at them.
    #[default]
    Reader,
    /// Also brings images in, describes and deletes them.
    Editor,
    /// Also looks after users and whole collections.
    Admin,
}

same_variants!(lookalike_accounts::Role => Role { Reader, Editor, Admin });
same_variants!(Role => lookalike_accounts::Role { Reader, Editor, Admin });

/// What is shown of a token.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TokenReport {
    /// Its number, by which it is revoked.
    pub id: i64,
    /// What its user calls it.
    pub name: String,
    /// Unix seconds.
    pub created_at: i64,
    /// Unix seconds of its last use, up to an hour early; null if there was none.
    pub last_used: Option<i64>,
    /// Unix seconds at which it ends; null means never.
    pub expires_at: Option<i64>,
}

same_fields!(lookalike_accounts::TokenReport => TokenReport {
    id, name, created_at, last_used, expires_at,
});
