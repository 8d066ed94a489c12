//! How often and after what time a request is repeated.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

/// The longest that a server's `Retry-After` is followed within one call: whoever waits for the
/// call is told to come again after more.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// What callers are told to wait where the server does not say.
pub(crate) const COME_AGAIN: Duration = Duration::from_secs(5);

/// After a call failed for good, others are not repeated for so long: a server that is down would
/// keep everybody waiting who asks it.
const GIVEN_UP_FOR: Duration = Duration::from_secs(3);

/// How patient one call is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// Requests at most.
    pub(crate) tries: u32,
    /// Before the first repetition; doubled before each other.
    pub(crate) first_wait: Duration,
}

/// Six requests within about three seconds: a restart of a server that is quick about it, or a
/// shed load, is not noticed.
impl Default for Patience {
    fn default() -> Self {
        Self {
            tries: 6,
            first_wait: Duration::from_millis(100),
        }
    }
}

impl Patience {
    /// Before the repetition of that number, counted from 1: half of it by chance, so that those who
    /// were turned away together do not come back together.
    pub(crate) fn wait(&self, repetition: u32, asked_for: Option<Duration>) -> Duration {
        let whole = self.first_wait * 2u32.saturating_pow(repetition.saturating_sub(1));
        let wait = whole / 2 + whole.mul_f64(chance() / 2.0);
        asked_for
            .map_or(wait, |asked_for| wait.max(asked_for))
            .min(LONGEST_WAIT)
    }
}

/// In 0..1, from what the standard library seeds its hash tables with.
fn chance() -> f64 {
    use std::hash::{BuildHasher, RandomState};
    let random = RandomState::new().hash_one(0u8);
    (random >> 11) as f64 / (1u64 << 53) as f64
}

/// Remembers that a call failed after all its tries.
#[derive(Debug, Default)]
pub(crate) struct LastFailure(Mutex<Option<Instant>>);

impl LastFailure {
    pub(crate) fn is_recent(&self) -> bool {
        let at = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        at.is_some_and(|at| at.elapsed() < GIVEN_UP_FOR)
    }

    pub(crate) fn note(&self, failed: bool) {
        let mut at = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *at = failed.then(Instant::now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_follow_the_server_within_bounds() {
        let patience = Patience::default();
        for (repetition, whole_ms) in [(1, 100), (2, 200), (5, 1600)] {
            let wait = patience.wait(repetition, None);
            let whole = Duration::from_millis(whole_ms);
            assert!(wait >= whole / 2 && wait <= whole, "{wait:?} of {whole:?}");
        }
        let asked_for = |seconds| patience.wait(1, Some(Duration::from_secs(seconds)));
        assert_eq!(asked_for(2), Duration::from_secs(2));
        assert_eq!(asked_for(3600), LONGEST_WAIT);
    }
}
