//! A filter as a tree of conditions, for whoever evaluates it: SQL here, other stores elsewhere.

use super::ItemFilter;

/// A condition on items, or conditions combined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expression {
    /// All hold; true of every item when there are none.
    All(Vec<Expression>),
    /// At least one holds; true of no item when there are none.
    Any(Vec<Expression>),
    /// It does not hold. An item without the field passes.
    Not(Box<Expression>),
    /// A single condition.
    Is(Condition),
}

/// A condition on one field. An item without the field fails it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// The number of the patent, or words of any text: every word, each as the beginning of one.
    Keyword(String),
    /// The Locarno class begins with this.
    LocClass(String),
    /// The US class begins with this.
    UsClass(String),
    /// The applicant's name contains this, any case.
    Applicant(String),
    /// The assignee's name contains this, any case.
    Assignee(String),
    /// The applicant's country code, upper case.
    Country(String),
    /// Granted on this day (YYYYMMDD) or later.
    PublishedFrom(u32),
    /// Granted on this day (YYYYMMDD) or earlier.
    PublishedTo(u32),
    /// Expires on this day (YYYYMMDD) or later.
    ExpiresFrom(u32),
    /// Expired before this day (YYYYMMDD).
    ExpiredBefore(u32),
    /// Has this tag.
    Tag(String),
    /// An attribute of this name, its own or its patent's, has this value, compared as text; or is a
    /// list that holds it.
    Attribute {
        /// Its name.
        key: String,
        /// Its value.
        value: String,
    },
    /// Was seen in this folder or archive, or below it; an absolute path without a
    /// slash at its end.
    Folder(String),
    /// Is of the image format of this name.
    Format(String),
    /// Was added from the first of these moments on and before the second, in Unix seconds.
    Created(i64, i64),
    /// Is a sheet of one of these patents, by canonical id.
    Patent(Vec<String>),
    /// The file's name contains this, any case.
    FileName(String),
    /// The MD5 sum of the file, or of a page of it.
    Md5(String),
    /// The caller's own id.
    ExternalId(String),
    /// Is one of these items.
    Item(Vec<i64>),
    /// Was added after this item: has a higher id.
    AfterItem(i64),
}

/// `today` is YYYYMMDD.
pub(super) fn of(filter: &ItemFilter, today: u32) -> Expression {
    let status = |status: &String| match status.as_str() {
        "in_force" => Expression::Is(Condition::ExpiresFrom(today)),
        "expired" => Expression::Is(Condition::ExpiredBefore(today)),
        _ => Expression::Any(Vec::new()),
    };
    let attribute = |pair: &String| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        Expression::Is(Condition::Attribute {
            key: key.trim().to_owned(),
            value: value.trim().to_owned(),
        })
    };
    let fields = [
        texts(&filter.loc_class, Condition::LocClass),
        texts(&filter.us_class, Condition::UsClass),
        texts(&filter.applicant, Condition::Applicant),
        texts(&filter.assignee, Condition::Assignee),
        any(&filter.country, |code| {
            Expression::Is(Condition::Country(code.to_uppercase()))
        }),
        any(filter.pub_date_from.as_slice(), |&day| {
            Expression::Is(Condition::PublishedFrom(day))
        }),
        any(filter.pub_date_to.as_slice(), |&day| {
            Expression::Is(Condition::PublishedTo(day))
        }),
        any(&filter.status, status),
        texts(&filter.keyword, Condition::Keyword),
        texts(&filter.tags, Condition::Tag),
        any(&filter.attributes, attribute),
        texts(&filter.folder, Condition::Folder),
        texts(&filter.format, Condition::Format),
        (filter.created_from.is_some() || filter.created_to.is_some()).then(|| {
            let from = filter.created_from.map_or(i64::MIN, begin_of_day);
            let end = filter.created_to.map_or(i64::MAX, |day| {
                begin_of_day(day).saturating_add(SECONDS_OF_DAY)
            });
            Expression::Is(Condition::Created(from, end))
        }),
        (!filter.patent_id.is_empty())
            .then(|| Expression::Is(Condition::Patent(filter.patent_id.clone()))),
        texts(&filter.file_name, Condition::FileName),
        texts(&filter.md5, |md5| Condition::Md5(md5.to_lowercase())),
        texts(&filter.external_id, Condition::ExternalId),
        (!filter.exclude_patent_id.is_empty())
            .then(|| not(Condition::Patent(filter.exclude_patent_id.clone()))),
        (!filter.exclude_item_id.is_empty())
            .then(|| not(Condition::Item(filter.exclude_item_id.clone()))),
        any(filter.after_item.as_slice(), |&id| {
            Expression::Is(Condition::AfterItem(id))
        }),
    ];
    Expression::All(fields.into_iter().flatten().collect())
}

const SECONDS_OF_DAY: i64 = 86_400;

/// The first second of a day (YYYYMMDD) in UTC. Years are counted from March, so that the day that
/// some of them lack is their last.
fn begin_of_day(day: u32) -> i64 {
    let day = i64::from(day);
    let (year, month, day) = (day / 10_000, day / 100 % 100, day % 100);
    let (year, month) = match month {
        ..3 => (year - 1, month + 9),
        _ => (year, month - 3),
    };
    let leap_days = year / 4 - year / 100 + year / 400;
    let days = year * 365 + leap_days + (month * 153 + 2) / 5 + day - 1;
    // From 1 March of the year 0 to 1970.
    (days - 719_468) * SECONDS_OF_DAY
}

fn not(condition: Condition) -> Expression {
    Expression::Not(Box::new(Expression::Is(condition)))
}

fn texts(values: &[String], condition: impl Fn(String) -> Condition) -> Option<Expression> {
    any(values, |value| Expression::Is(condition(value.clone())))
}

/// Values of one field: any of them, or the only one; `None` where there is none.
fn any<T>(values: &[T], one: impl Fn(&T) -> Expression) -> Option<Expression> {
    let mut alternatives: Vec<Expression> = values.iter().map(one).collect();
    match alternatives.len() {
        0 => None,
        1 => alternatives.pop(),
        _ => Some(Expression::Any(alternatives)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_begin_when_the_clock_of_unix_says_so() {
        for (day, seconds) in [
            (19_700_101, 0),
            (20_000_229, 951_782_400),
            (20_240_229, 1_709_164_800),
            (20_240_301, 1_709_251_200),
            (20_261_201, 1_796_083_200),
        ] {
            assert_eq!(begin_of_day(day), seconds, "{day}");
        }
    }
}
