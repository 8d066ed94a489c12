//! Slows guessing down.
//!
//! Failures are counted by the name that was tried together with the address that tried it, and by
//! the address alone, in the catalogue, so that a restart gives no new start. From the fifth on (of
//! an address, over all names, from the twenty-first on) the next attempt has to wait 1, 2, 4, ...
//! seconds, at most 15 minutes; every 15 minutes without an attempt forgive one. That leaves a
//! patient attacker about 100 guesses a day and address for a name.
//!
//! A name alone is not counted by: anybody could keep its user out from anywhere. Nor do failures
//! outlive the password that was guessed at, so another one lets its user in. Sessions and tokens
//! are not asked about: nobody can log others out by guessing.

use std::net::{IpAddr, Ipv6Addr};

use lookalike_catalog::{FailureKey, Failures};
use sha2::{Digest, Sha256};

use crate::AccountError;
use crate::Accounts;

/// Failures without consequence.
const FREE: u32 = 4;

/// Failures of an address without consequence, over all names: many users may share one.
const FREE_OF_ADDRESS: u32 = 20;

/// Seconds that the longest wait takes, and that forgive one failure.
const LONGEST_SECONDS: i64 = 15 * 60;

/// With this many beyond those without consequence the wait is the longest: more would only take
/// longer to forgive.
const MOST_BEYOND: u32 = 11;

/// What attempts are counted by.
#[derive(Clone, Copy)]
pub(crate) enum Subject<'a> {
    /// The name that somebody wants to log in as, known or not, and where from.
    Login {
        name: &'a str,
        address: Option<IpAddr>,
        /// The stored hash of its password, if there is such a user.
        password_hash: Option<&'a str>,
    },
    /// Where attempts to log in come from.
    Address(IpAddr),
    /// Where attempts to register come from.
    Registration(IpAddr),
}

impl Subject<'_> {
    fn key(self) -> FailureKey {
        let text = match self {
            Self::Login {
                name,
                address,
                password_hash,
            } => format!(
                "login {} {:?} {password_hash:?}",
                name.to_ascii_lowercase(),
                address.map(network)
            ),
            Self::Address(address) => format!("address {}", network(address)),
            Self::Registration(address) => format!("registration {}", network(address)),
        };
        FailureKey(Sha256::digest(text).into())
    }

    /// Failures without consequence.
    fn free(self) -> u32 {
        match self {
            Self::Login { .. } | Self::Registration(_) => FREE,
            Self::Address(_) => FREE_OF_ADDRESS,
        }
    }
}

/// One subscriber usually has a whole /64 of IPv6 addresses (RFC 6177).
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let network = u128::from(address) >> 64 << 64;
            Ipv6Addr::from(network).into()
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// Seconds that have to pass after the last of `count` failures, of which `free` are without
/// consequence.
fn wait_seconds(count: u32, free: u32) -> i64 {
    match count.checked_sub(free + 1) {
        None => 0,
        Some(beyond) => 1_i64
            .checked_shl(beyond)
            .map_or(LONGEST_SECONDS, |seconds| seconds.min(LONGEST_SECONDS)),
    }
}

/// The failures after another one at `now`, of which `free` are without consequence.
fn one_more(known: Option<Failures>, now: i64, free: u32) -> Failures {
    let known = known.unwrap_or_default();
    let forgiven = (now - known.last).max(0) / LONGEST_SECONDS;
    let left = i64::from(known.count).saturating_sub(forgiven).max(0);
    let most = free + MOST_BEYOND;
    let count = u32::try_from(left + 1).map_or(most, |count| count.min(most));
    Failures {
        count,
        last: now,
        forgotten_at: now + i64::from(count) * LONGEST_SECONDS,
    }
}

impl Accounts {
    /// Refuses while one of the subjects has to wait.
    pub(crate) fn check_patience(&self, subjects: &[Subject<'_>]) -> Result<(), AccountError> {
        let now = self.now();
        let mut left = 0;
        for subject in subjects {
            if let Some(known) = self.catalog.failures(subject.key())? {
                // A clock that was set back makes nobody wait for longer than the longest.
                let passed = (now - known.last).max(0);
                left = left.max(wait_seconds(known.count, subject.free()) - passed);
            }
        }
        match u64::try_from(left) {
            Ok(seconds @ 1..) => Err(AccountError::TooManyAttempts { seconds }),
            _ => Ok(()),
        }
    }

    pub(crate) fn count_failure(&self, subjects: &[Subject<'_>]) -> Result<(), AccountError> {
        let now = self.now();
        self.write(|tx| {
            for subject in subjects {
                let known = self.catalog.failures(subject.key())?;
                tx.set_failures(subject.key(), &one_more(known, now, subject.free()))?;
            }
            Ok(())
        })
    }

    /// Forgets failures.
    pub(crate) fn forgive(&self, subject: Subject<'_>) -> Result<(), AccountError> {
        let key = subject.key();
        match self.catalog.failures(key)? {
            Some(_) => self.write(|tx| Ok(tx.clear_failures(key)?)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_from_the_fifth_failure_on() {
        let waits: Vec<i64> = (0..=17).map(|count| wait_seconds(count, 4)).collect();
        let expected = [
            0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900,
        ];
        assert_eq!(waits, expected);
        assert_eq!(wait_seconds(u32::MAX, 4), 900);
        assert_eq!((wait_seconds(20, 20), wait_seconds(21, 20)), (0, 1));
    }

    #[test]
    fn failures_are_forgiven_with_time_and_no_more_than_counted() {
        let mut known = None;
        for _ in 0..100 {
            known = Some(one_more(known, 1000, 4));
        }
        let most = known.unwrap();
        assert_eq!((most.count, most.forgotten_at), (15, 1000 + 15 * 900));
        let later = |now| one_more(known, now, 4).count;
        assert_eq!(later(1000 + 899), 15);
        assert_eq!(later(1000 + 3 * 900), 13);
        assert_eq!(later(1_000_000), 1);
        assert_eq!(later(0), 15, "the clock was set back");
    }

    #[test]
    fn one_subscriber_is_one_address() {
        let key = |text: &str| Subject::Address(text.parse().unwrap()).key();
        assert_eq!(key("2001:db8::1"), key("2001:db8::ffff:2"));
        assert_ne!(key("2001:db8::1"), key("2001:db8:0:1::1"));
        assert_eq!(key("::ffff:192.0.2.1"), key("192.0.2.1"));
        assert_ne!(key("192.0.2.1"), key("192.0.2.2"));
        let login = |name, address: &str, password_hash| {
            let address = Some(address.parse().unwrap());
            let subject = Subject::Login {
                name,
                address,
                password_hash,
            };
            subject.key()
        };
        let ann = login("ann", "2001:db8::1", Some("hash"));
        assert_eq!(login("ANN", "2001:db8::2", Some("hash")), ann);
        assert_ne!(login("ann", "192.0.2.1", Some("hash")), ann);
        assert_ne!(login("ann", "2001:db8::1", Some("another")), ann);
    }
}
