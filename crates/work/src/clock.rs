//! The time of day, passed in so that tests choose it.

use jiff::Timestamp;

/// A source of the current time.
pub type Clock = fn() -> Timestamp;

/// The machine's clock.
#[must_use]
pub fn system_clock() -> Timestamp {
    Timestamp::now()
}
