//! Passwords: argon2id with the parameters that OWASP's Password Storage Cheat Sheet names first:
//! 19 MiB, 2 passes, 1 lane.

use std::fmt;
use std::sync::{Condvar, Mutex, PoisonError};

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use lookalike_catalog::PasswordHash;
use serde::Deserialize;

use crate::AccountError;
use crate::damaged;
use crate::limits::{LEAST_PASSWORD_BYTES, MOST_PASSWORD_BYTES};

const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Recommended by the PHC string format.
const SALT_BYTES: usize = 16;

/// Passwords worked on at once, 19 MiB each.
const AT_ONCE: usize = 2;

/// A password as somebody typed it. `{:?}` does not show it.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Password(String);

impl Password {
    /// What somebody typed.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The password itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether an account may have it. Length is all that counts: rules about characters make
    /// passwords no harder to guess (NIST SP 800-63B, 3.1.1.2).
    pub(crate) fn check_new(&self) -> Result<(), AccountError> {
        match self.0.len() {
            LEAST_PASSWORD_BYTES..=MOST_PASSWORD_BYTES => Ok(()),
            bytes => Err(AccountError::BadPassword { bytes }),
        }
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Password(..)")
    }
}

/// Turns for work on passwords.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    taken: Mutex<usize>,
    given_back: Condvar,
}

impl Turns {
    pub(crate) fn take(&self) -> Turn<'_> {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let mut taken = self
            .given_back
            .wait_while(taken, |taken| *taken >= AT_ONCE)
            .unwrap_or_else(PoisonError::into_inner);
        *taken += 1;
        Turn(self)
    }
}

/// The right to work on passwords, one after the other.
pub(crate) struct Turn<'a>(&'a Turns);

impl Turn<'_> {
    pub(crate) fn hash(&self, password: &Password) -> Result<PasswordHash, AccountError> {
        let mut salt = [0; SALT_BYTES];
        getrandom::fill(&mut salt).map_err(AccountError::NoRandomNumbers)?;
        let hash = hasher()?
            .hash_password_with_salt(password.0.as_bytes(), &salt)
            .map_err(AccountError::Password)?;
        Ok(PasswordHash(hash.to_string()))
    }

    /// Whether the password is the stored one. Takes as long when there is none.
    pub(crate) fn verify(
        &self,
        password: &Password,
        stored: Option<&PasswordHash>,
    ) -> Result<bool, AccountError> {
        // No account has a longer one, and the time must not grow with what strangers send.
        let typed = &password.0.as_bytes()[..password.0.len().min(MOST_PASSWORD_BYTES + 1)];
        let Some(stored) = stored else {
            hasher()?
                .hash_password_with_salt(typed, &[0; SALT_BYTES])
                .map_err(AccountError::Password)?;
            return Ok(false);
        };
        let stored =
            argon2::PasswordHash::new(&stored.0).map_err(|_| damaged("password of a user"))?;
        Ok(hasher()?.verify_password(typed, &stored).is_ok())
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut taken = self.0.taken.lock().unwrap_or_else(PoisonError::into_inner);
        *taken -= 1;
        self.0.given_back.notify_one();
    }
}

fn hasher() -> Result<Argon2<'static>, AccountError> {
    let parameters = Params::new(MEMORY_KIB, PASSES, LANES, None)
        .map_err(|error| AccountError::Password(error.into()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Password {
        Password::new(text.to_owned())
    }

    #[test]
    fn a_password_is_known_again_and_stored_as_owasp_says() {
        let turns = Turns::default();
        let turn = turns.take();
        let stored = turn.hash(&password("correct horse")).unwrap();
        assert!(
            stored.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{}",
            stored.0
        );
        assert_ne!(turn.hash(&password("correct horse")).unwrap(), stored);
        let verify = |text: &str| turn.verify(&password(text), Some(&stored)).unwrap();
        assert!(verify("correct horse"));
        assert!(!verify("Correct horse") && !verify(""));
        assert!(!turn.verify(&password("correct horse"), None).unwrap());
        let broken = PasswordHash("$argon2id$".into());
        assert!(turn.verify(&password("x"), Some(&broken)).is_err());
    }

    #[test]
    fn passwords_have_8_to_1024_bytes() {
        let fits = |length: usize| password(&"x".repeat(length)).check_new().is_ok();
        assert_eq!([7, 8, 1024, 1025].map(fits), [false, true, true, false]);
        let turns = Turns::default();
        let turn = turns.take();
        let longest = turn.hash(&password(&"x".repeat(1024))).unwrap();
        let verify = |length| {
            turn.verify(&password(&"x".repeat(length)), Some(&longest))
                .unwrap()
        };
        assert_eq!([1024, 1025, 5000].map(verify), [true, false, false]);
    }

    #[test]
    fn at_most_two_passwords_are_worked_on() {
        let turns = Turns::default();
        let (_first, second) = (turns.take(), turns.take());
        std::thread::scope(|scope| {
            let third = scope.spawn(|| drop(turns.take()));
            assert!(!third.is_finished());
            assert_eq!(*turns.taken.lock().unwrap(), 2);
            drop(second);
            third.join().unwrap();
        });
        assert_eq!(*turns.taken.lock().unwrap(), 1);
    }
}
