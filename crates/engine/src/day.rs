//! Days, as patents write them: numbers of the form YYYYMMDD.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The day that people write as `20200131` or `2020-01-31`, as a number of the form YYYYMMDD.
///
/// # Errors
/// The calendar has no such day, or it is written in another way.
pub fn parse_day(text: &str) -> Result<u32, String> {
    let plain = match text.as_bytes() {
        [_, _, _, _, b'-', _, _, b'-', _, _] => text.replace('-', ""),
        _ => text.to_owned(),
    };
    let is_number = plain.len() == 8 && plain.bytes().all(|byte| byte.is_ascii_digit());
    match plain.parse() {
        Ok(day) if is_number && is_day(day) => Ok(day),
        _ => Err(format!(
            "`{text}` is no day; write it as 2020-01-31 or 20200131"
        )),
    }
}

/// Whether a number of the form YYYYMMDD names a day of the calendar, from the year 1000 on.
pub(crate) fn is_day(number: u32) -> bool {
    let (year, month, day) = (number / 10_000, number / 100 % 100, number % 100);
    let (Ok(year), Ok(month), Ok(day)) =
        (i16::try_from(year), i8::try_from(month), i8::try_from(day))
    else {
        return false;
    };
    year >= 1000 && Date::new(year, month, day).is_ok()
}

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

    #[test]
    fn days_are_read_as_people_write_them() {
        assert_eq!(parse_day("2020-01-31"), Ok(20_200_131));
        assert_eq!(parse_day("20240229"), Ok(20_240_229));
        for text in [
            "20201301",
            "2023-02-29",
            "20200100",
            "2020-1-3",
            "202001",
            "20-200-131",
            "+2020131",
            "00010101",
            "",
            "2020-01-31 ",
            "2020年1月31",
        ] {
            let error = parse_day(text).unwrap_err();
            assert!(error.contains("2020-01-31"), "{error}");
        }
    }
}
