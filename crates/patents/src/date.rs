//! Calendar days as the catalogue keeps them: integers of the form YYYYMMDD.
//!
//! A date library would bring time zones and formats that nobody here needs.

use serde::{Deserialize, Serialize};

/// Whether a patent still protects its design.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The day asked for is the expiry date or lies before it.
    InForce,
    /// The expiry date has passed.
    Expired,
}

impl Status {
    /// `in_force` or `expired`, as the API and the filters spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InForce => "in_force",
            Self::Expired => "expired",
        }
    }
}

/// The status on the day `today`; both days as YYYYMMDD. A patent is in force
/// through the whole of its last day.
pub fn status(expiry_date: u32, today: u32) -> Status {
    if today <= expiry_date {
        Status::InForce
    } else {
        Status::Expired
    }
}

/// Reads `20220104`, with or without white space around. `None` for anything
/// that is not a day of the calendar: the USPTO writes day 00 where only the
/// month is known, and half a date would sort and filter wrongly.
pub(crate) fn parse_date(text: &str) -> Option<u32> {
    let text = text.trim();
    if text.len() != 8 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let date: u32 = text.parse().ok()?;
    is_real(date).then_some(date)
}

/// Reads a day of which the day, or month and day, may be 00: the USPTO gives
/// cited documents by their month.
pub(crate) fn parse_month(text: &str) -> Option<u32> {
    let text = text.trim();
    if text.len() != 8 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let date: u32 = text.parse().ok()?;
    let (year, month, day) = (date / 10_000, date / 100 % 100, date % 100);
    let is_whole = year > 0 && month <= 12 && (day == 0 || is_real(date));
    is_whole.then_some(date)
}

/// The same day `years` later. 29 February becomes 28 February where the later
/// year has none: a term never runs longer than its years.
pub(crate) fn add_years(date: u32, years: u32) -> u32 {
    let later = date + years * 10_000;
    if later % 10_000 == 229 && !is_leap(later / 10_000) {
        later - 1
    } else {
        later
    }
}

fn is_real(date: u32) -> bool {
    let (year, month, day) = (date / 10_000, date / 100 % 100, date % 100);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => return false,
    };
    year >= 1 && (1..=days).contains(&day)
}

fn is_leap(year: u32) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_days_of_the_calendar_are_dates() {
        assert_eq!(parse_date(" 20220104\n"), Some(20_220_104));
        assert_eq!(parse_date("20240229"), Some(20_240_229));
        for bad in [
            "20230229", "20220100", "20220001", "20221301", "00000101", "2022010", "+2220104", "",
        ] {
            assert_eq!(parse_date(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_leap_day_ends_on_the_28th() {
        assert_eq!(add_years(20_280_229, 15), 20_430_228);
        assert_eq!(add_years(20_280_229, 16), 20_440_229);
        assert_eq!(add_years(20_220_104, 15), 20_370_104);
    }

    #[test]
    fn the_last_day_still_counts() {
        assert_eq!(status(20_370_104, 20_370_104), Status::InForce);
        assert_eq!(status(20_370_104, 20_370_105), Status::Expired);
        assert_eq!(Status::InForce.as_str(), "in_force");
    }
}
