//! How many and how long: what accounts and their tokens are bounded by.

/// Characters of a user name.
pub(crate) const MOST_NAME_CHARACTERS: usize = 64;

/// Bytes of a password.
pub(crate) const LEAST_PASSWORD_BYTES: usize = 8;
pub(crate) const MOST_PASSWORD_BYTES: usize = 1024;

/// Accounts of a data directory: whoever registers by a script fills no disk.
pub(crate) const MOST_ACCOUNTS: usize = 10_000;

/// Tokens of a user.
pub(crate) const MOST_TOKENS: usize = 100;

/// Characters of a token's name.
pub(crate) const MOST_TOKEN_NAME_CHARACTERS: usize = 100;

/// Days that a token may be made for; a hundred years and never mean the same.
pub(crate) const MOST_TOKEN_DAYS: u32 = 36_500;
