//! How a report is to be written.

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use lookalike_engine::EngineError;

use crate::words::Language;

/// How a report is to be written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReportOptions {
    /// The language of its own words.
    pub language: Language,
    /// What its readers' clocks are ahead of UTC, in minutes; behind it where negative.
    pub utc_offset: UtcOffset,
}

/// Minutes that clocks are ahead of UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UtcOffset(i32);

impl UtcOffset {
    /// Clocks that are this many minutes ahead, which may be negative.
    ///
    /// # Errors
    /// No clocks are: it is more than 26 hours.
    pub fn from_minutes(minutes: i32) -> Result<Self, EngineError> {
        let seconds = minutes.checked_mul(60);
        match seconds.and_then(|seconds| Offset::from_seconds(seconds).ok()) {
            Some(_) => Ok(Self(minutes)),
            None => Err(EngineError::invalid(format!(
                "utc_offset is {minutes}; give the minutes that clocks are ahead of UTC, such as 60"
            ))),
        }
    }
}

impl ReportOptions {
    /// A moment with its zone.
    pub(crate) fn time(&self, at: Timestamp) -> String {
        let UtcOffset(minutes) = self.utc_offset;
        if minutes == 0 {
            return at.strftime("%Y-%m-%d %H:%M UTC").to_string();
        }
        let offset = Offset::from_seconds(minutes * 60).expect("checked when it was made");
        let there = at.to_zoned(TimeZone::fixed(offset));
        there.strftime("%Y-%m-%d %H:%M UTC%:z").to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_their_zone() {
        let at: Timestamp = "2026-11-21T22:30:00Z".parse().unwrap();
        let time = |minutes| {
            let utc_offset = UtcOffset::from_minutes(minutes).unwrap();
            let options = ReportOptions {
                utc_offset,
                ..ReportOptions::default()
            };
            options.time(at)
        };
        assert_eq!(time(0), "2026-11-21 22:30 UTC");
        assert_eq!(time(480), "2026-11-22 06:30 UTC+08:00");
        assert_eq!(time(-210), "2026-11-21 19:00 UTC-03:30");
        assert!(UtcOffset::from_minutes(10_000).is_err());
        assert!(UtcOffset::from_minutes(i32::MAX).is_err());
    }
}
