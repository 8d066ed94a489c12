//! The header `Retry-After` (RFC 9110, section 10.2.3).

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;

/// How long to wait from `now` on: the header holds seconds or an HTTP date, and one that has
/// passed means no wait. `None` for anything else, the two obsolete forms of dates included.
pub(super) fn parse(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // So many digits that they don't fit mean forever; the caller has a cap.
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let date = DateTimeParser::new().parse_timestamp(value).ok()?;
    Some(Duration::try_from(date.duration_since(now)).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_dates_are_understood() {
        let now: Timestamp = "2026-11-21T08:49:37Z".parse().unwrap();
        for (value, seconds) in [
            ("0", Some(0)),
            (" 120 ", Some(120)),
            ("99999999999999999999999", Some(u64::MAX)),
            ("Sat, 21 Nov 2026 08:50:07 GMT", Some(30)),
            ("Sat, 21 Nov 2026 08:49:37 GMT", Some(0)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(0)),
            ("", None),
            ("-5", None),
            ("1.5", None),
            ("soon", None),
            ("Xyz, 99 Foo 2026 99:99:99 GMT", None),
        ] {
            let wanted = seconds.map(Duration::from_secs);
            assert_eq!(parse(value, now), wanted, "{value}");
        }
    }
}
