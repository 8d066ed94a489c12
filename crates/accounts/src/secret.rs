//! Session ids and tokens: 256 random bits, known again by their SHA-256.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lookalike_catalog::TokenHash;
use sha2::{Digest, Sha256};

use crate::AccountError;

const RANDOM_BYTES: usize = 32;

/// The length of that many bytes in base64 without padding.
const RANDOM_CHARACTERS: usize = 43;

/// What tokens for scripts begin with, so that they are recognised where they do not belong.
const TOKEN_PREFIX: &str = "lk_";

/// Something that opens an account. `{:?}` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A new session id, which nobody can guess.
    pub(crate) fn new_session() -> Result<Self, AccountError> {
        Self::new("")
    }

    /// A new token for scripts: `lk_` and a random part.
    pub(crate) fn new_token() -> Result<Self, AccountError> {
        Self::new(TOKEN_PREFIX)
    }

    fn new(prefix: &str) -> Result<Self, AccountError> {
        let mut bytes = [0; RANDOM_BYTES];
        getrandom::fill(&mut bytes).map_err(AccountError::NoRandomNumbers)?;
        Ok(Self(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes))))
    }

    /// The session id that a caller showed, if it has the form of one.
    #[must_use]
    pub fn session(text: &str) -> Option<Self> {
        (text.len() == RANDOM_CHARACTERS).then(|| Self(text.to_owned()))
    }

    /// The token that a caller showed, if it has the form of one.
    #[must_use]
    pub fn token(text: &str) -> Option<Self> {
        let random = text.strip_prefix(TOKEN_PREFIX)?;
        (random.len() == RANDOM_CHARACTERS).then(|| Self(text.to_owned()))
    }

    /// The secret itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    pub(crate) fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(&self.0).into())
    }

    /// What pages that know this session show with every change that they ask for. It tells nothing
    /// of the session's id, and is no other's: the hash that the catalogue keeps begins otherwise.
    pub(crate) fn csrf_token(&self) -> Self {
        let hash = Sha256::new()
            .chain_update("lookalike csrf token of session ")
            .chain_update(&self.0)
            .finalize();
        Self(URL_SAFE_NO_PAD.encode(hash))
    }

    /// Whether `text` is this secret; see [`is_secret`].
    #[must_use]
    pub fn is(&self, text: &str) -> bool {
        is_secret(self.0.as_bytes(), text.as_bytes())
    }
}

/// Whether `shown` is `secret`; takes as long whichever byte differs.
#[must_use]
pub fn is_secret(secret: &[u8], shown: &[u8]) -> bool {
    let pairs = secret.iter().zip(shown);
    let difference = pairs.fold(0, |sum, (a, b)| sum | (a ^ b));
    difference == 0 && secret.len() == shown.len()
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_long_different_and_not_shown() {
        let (a, b) = (Secret::new_token().unwrap(), Secret::new_token().unwrap());
        assert_ne!(a, b);
        assert_eq!(Secret::token(a.reveal()), Some(a.clone()));
        assert_eq!(Secret::session(a.reveal()), None);
        let session = Secret::new_session().unwrap();
        assert_eq!(Secret::session(session.reveal()), Some(session.clone()));
        assert!(!format!("{session:?}{:?}", session.hash()).contains(session.reveal()));
        assert!(session.csrf_token().is(session.csrf_token().reveal()));
        for other in ["", "x", a.reveal(), &session.reveal()[1..]] {
            assert!(!session.is(other));
        }
    }
}
