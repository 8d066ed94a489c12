//! Slows guessing down.
//!
//! Failures are counted by the name that was tried and by the address that tried it, in the
//! catalogue, so that a restart gives no new start. From the fifth on, the next attempt has to wait
//! 1, 2, 4, ... seconds, at most 15 minutes; every 15 minutes without an attempt forgive one. That
//! leaves a patient attacker about 100 guesses a day for a name. Sessions and tokens are not
//! asked about: nobody can log others out by guessing.

use std::net::{IpAddr, Ipv6Addr};

use lookalike_catalog::{FailureKey, Failures};
use sha2::{Digest, Sha256};

use crate::AccountError;
use crate::Accounts;

/// Failures without consequence.
const FREE: u32 = 4;

/// Seconds that the longest wait takes, and that forgive one failure.
const LONGEST_SECONDS: i64 = 15 * 60;

/// With this many the wait is the longest: more would only take longer to forgive.
const MOST_FAILURES: u32 = 15;

/// What attempts are counted by.
#[derive(Clone, Copy)]
pub(crate) enum Subject<'a> {
    /// The name that somebody wants to log in as, known or not.
    Name(&'a str),
    /// Where attempts to log in come from.
    Address(IpAddr),
    /// Where attempts to register come from.
    Registration(IpAddr),
}

impl Subject<'_> {
    fn key(self) -> FailureKey {
        let text = match self {
            Self::Name(name) => format!("name {}", name.to_ascii_lowercase()),
            Self::Address(address) => format!("address {}", network(address)),
            Self::Registration(address) => format!("registration {}", network(address)),
        };
        FailureKey(Sha256::digest(text).into())
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

/// Seconds that have to pass after the last of `count` failures.
fn wait_seconds(count: u32) -> i64 {
    match count.checked_sub(FREE + 1) {
        None => 0,
        Some(beyond) => 1_i64
            .checked_shl(beyond)
            .map_or(LONGEST_SECONDS, |seconds| seconds.min(LONGEST_SECONDS)),
    }
}

/// The failures after another one at `now`.
fn one_more(known: Option<Failures>, now: i64) -> Failures {
    let known = known.unwrap_or_default();
    let forgiven = (now - known.last).max(0) / LONGEST_SECONDS;
    let left = i64::from(known.count).saturating_sub(forgiven).max(0);
    let count = u32::try_from(left + 1).map_or(MOST_FAILURES, |count| count.min(MOST_FAILURES));
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
                left = left.max(wait_seconds(known.count) - passed);
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
                tx.set_failures(subject.key(), &one_more(known, now))?;
            }
            Ok(())
        })
    }

    /// Forgets a name's failures. An address's stay: it may have failed for others.
    pub(crate) fn forgive(&self, name: &str) -> Result<(), AccountError> {
        let key = Subject::Name(name).key();
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
        let waits: Vec<i64> = (0..=17).map(wait_seconds).collect();
        let expected = [
            0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900,
        ];
        assert_eq!(waits, expected);
        assert_eq!(wait_seconds(u32::MAX), 900);
    }

    #[test]
    fn failures_are_forgiven_with_time_and_no_more_than_counted() {
        let mut known = None;
        for _ in 0..100 {
            known = Some(one_more(known, 1000));
        }
        let most = known.unwrap();
        assert_eq!((most.count, most.forgotten_at), (15, 1000 + 15 * 900));
        let later = |now| one_more(known, now).count;
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
        assert_eq!(Subject::Name("ANN").key(), Subject::Name("ann").key());
    }
}
