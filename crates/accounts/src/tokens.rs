//! Tokens by which scripts act for a user.

use lookalike_catalog::{ApiToken, NewApiToken};

use crate::AccountError;
use crate::limits::{MOST_TOKEN_DAYS, MOST_TOKEN_NAME_CHARACTERS, MOST_TOKENS};
use crate::sessions::SEEN_SECONDS;
use crate::{Account, Accounts, Identity, Secret};

const DAY: i64 = 24 * 60 * 60;

/// What is shown of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
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

/// A token that was just made: the only time that it is shown.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// The token.
    pub token: Secret,
    /// What will be shown of it.
    pub report: TokenReport,
}

impl TokenReport {
    fn of(token: ApiToken) -> Self {
        Self {
            id: token.id,
            name: token.name,
            created_at: token.created_at,
            last_used: token.last_used,
            expires_at: token.expires_at,
        }
    }
}

impl Accounts {
    /// Makes a token that acts for the account; it ends after `days`, or never.
    ///
    /// # Errors
    /// The name is empty or too long, the number of days is not 1 to 36,500, the account has 100
    /// tokens already or is gone, or the catalogue can't be written.
    pub fn add_token(
        &self,
        account: &Account,
        name: &str,
        days: Option<u32>,
    ) -> Result<NewToken, AccountError> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > MOST_TOKEN_NAME_CHARACTERS {
            return Err(AccountError::BadTokenName);
        }
        if days.is_some_and(|days| !(1..=MOST_TOKEN_DAYS).contains(&days)) {
            return Err(AccountError::BadTokenDays);
        }
        let now = self.now();
        let token = Secret::new_token()?;
        let stored = self.write(|tx| {
            if self.catalog.user_by_id(account.id)?.is_none() {
                return Err(crate::no_account(&account.name));
            }
            if self.tokens(account)?.len() >= MOST_TOKENS {
                return Err(AccountError::TooManyTokens);
            }
            Ok(tx.add_api_token(&NewApiToken {
                token_hash: token.hash(),
                user_id: account.id,
                name: name.to_owned(),
                expires_at: days.map(|days| now + i64::from(days) * DAY),
            })?)
        })?;
        Ok(NewToken {
            token,
            report: TokenReport::of(stored),
        })
    }

    /// The account's tokens that have not ended, the newest first.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn tokens(&self, account: &Account) -> Result<Vec<TokenReport>, AccountError> {
        let now = self.now();
        let tokens = self.catalog.api_tokens(account.id)?;
        let tokens = tokens.into_iter().filter(|token| !has_ended(token, now));
        Ok(tokens.map(TokenReport::of).collect())
    }

    /// Revokes a token of the account.
    ///
    /// # Errors
    /// It has none of that number, or the catalogue can't be written.
    pub fn revoke_token(&self, account: &Account, id: i64) -> Result<(), AccountError> {
        if self.write_durably(|tx| Ok(tx.remove_api_token(account.id, id)?))? {
            Ok(())
        } else {
            Err(AccountError::NoToken { id })
        }
    }

    /// Whom that token acts for; `None` if there is none or it has ended.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn by_token(&self, secret: &Secret) -> Result<Option<Identity>, AccountError> {
        let Some((token, user)) = self.catalog.api_token(secret.hash())? else {
            return Ok(None);
        };
        let now = self.now();
        if user.disabled || has_ended(&token, now) {
            return Ok(None);
        }
        if token
            .last_used
            .is_none_or(|last| now - last >= SEEN_SECONDS)
        {
            self.record_use(|| self.write(|tx| Ok(tx.touch_api_token(token.id)?)));
        }
        Ok(Some(Identity {
            account: Account::of(user)?,
            session: None,
        }))
    }
}

fn has_ended(token: &ApiToken, now: i64) -> bool {
    token.expires_at.is_some_and(|end| end <= now)
}
