//! Days, as patents write them.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The day of `now` in UTC as YYYYMMDD.
pub(crate) fn day_number(now: Timestamp) -> u32 {
    let date = now.to_zoned(TimeZone::UTC).date();
    u32::from(date.year().unsigned_abs()) * 10_000
        + u32::from(date.month().unsigned_abs()) * 100
        + u32::from(date.day().unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_in_utc() {
        let now: Timestamp = "2026-11-21T23:59:59Z".parse().unwrap();
        assert_eq!(day_number(now), 20_261_121);
    }
}
