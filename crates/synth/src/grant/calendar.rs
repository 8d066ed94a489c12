//! Dates as the patent office writes them.

/// A day of the Gregorian calendar, counted from 1 January 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Day(pub(crate) i64);

impl Day {
    /// 3 January 2006, a Tuesday: the day on which grants are published.
    pub(crate) const FIRST_ISSUE: Day = Day(13_151);

    pub(crate) fn plus(self, days: i64) -> Day {
        Day(self.0 + days)
    }

    /// Year, month from 1, day from 1 (Howard Hinnant, "chrono-compatible low-level date
    /// algorithms").
    fn civil(self) -> (i64, i64, i64) {
        let z = self.0 + 719_468;
        let era = z.div_euclid(146_097);
        let day_of_era = z.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted + 2) / 5 + 1;
        let month = if shifted < 10 {
            shifted + 3
        } else {
            shifted - 9
        };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        (year, month, day)
    }

    pub(crate) fn year(self) -> i64 {
        self.civil().0
    }

    /// `Jan. 4, 2022`.
    pub(crate) fn printed(self) -> String {
        const MONTHS: [&str; 12] = [
            "Jan.", "Feb.", "Mar.", "Apr.", "May", "Jun.", "Jul.", "Aug.", "Sep.", "Oct.", "Nov.",
            "Dec.",
        ];
        let (year, month, day) = self.civil();
        format!("{} {day}, {year}", MONTHS[(month - 1) as usize])
    }

    /// `20220104`.
    pub(crate) fn compact(self) -> String {
        let (year, month, day) = self.civil();
        format!("{year:04}{month:02}{day:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_their_dates() {
        assert_eq!(Day(0).compact(), "19700101");
        assert_eq!(Day(0).printed(), "Jan. 1, 1970");
        assert_eq!(Day::FIRST_ISSUE.compact(), "20060103");
        assert_eq!(Day::FIRST_ISSUE.plus(7 * 1043).compact(), "20251230");
        assert_eq!(Day(11_016).compact(), "20000229");
    }
}
