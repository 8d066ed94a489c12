//! Locarno classes in their canonical spelling.

/// `02-04` for `0204`, `02-04`, `02/04`, `2-4`, `02.04` or `204` (a leading
/// zero lost by a spreadsheet). `None` when it is not a class with a subclass.
///
/// Classes run from 01 to 32 and subclasses from 01 to 99 in the 14th edition;
/// a later edition may add some, so only 00 is refused as a class.
pub fn canonical_loc_class(text: &str) -> Option<String> {
    let parts: Vec<&str> = text
        .split(|symbol: char| symbol.is_whitespace() || matches!(symbol, '-' | '/' | '.'))
        .filter(|part| !part.is_empty())
        .collect();
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let (class, subclass) = match parts[..] {
        [both] if matches!(both.len(), 3 | 4) && is_number(both) => both.split_at(both.len() - 2),
        [class, subclass] if class.len() <= 2 && subclass.len() <= 2 => (class, subclass),
        _ => return None,
    };
    if !is_number(class) || !is_number(subclass) {
        return None;
    }
    let (class, subclass): (u8, u8) = (class.parse().ok()?, subclass.parse().ok()?);
    (class > 0).then(|| format!("{class:02}-{subclass:02}"))
}

/// What a wanted class begins with in its canonical form: `7` and `07` ask for class 07, `7-2` for
/// 07-02, `28-0` for what begins so, as no subclass is 00. What is no class is taken as it is.
#[must_use]
pub fn loc_class_prefix(text: &str) -> String {
    let text = text.trim();
    let class = text.strip_suffix(['-', '/', '.']).unwrap_or(text);
    let is_number = class.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(class) = text.strip_suffix("-0") {
        return format!("{}-0", loc_class_prefix(class));
    }
    match class.len() {
        1 if is_number => format!("0{class}"),
        2 if is_number => class.to_owned(),
        _ => canonical_loc_class(text).unwrap_or_else(|| text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wanted_class_is_a_beginning_of_the_canonical_form() {
        for (text, expected) in [
            ("7", "07"),
            ("07", "07"),
            (" 7- ", "07"),
            ("10", "10"),
            ("7-2", "07-02"),
            ("7-0", "07-0"),
            ("28-0", "28-0"),
            ("1002", "10-02"),
            ("", ""),
            ("lamps", "lamps"),
        ] {
            assert_eq!(loc_class_prefix(text), expected, "{text}");
        }
    }

    #[test]
    fn every_spelling_becomes_one() {
        for text in [
            "0204",
            "02-04",
            "02/04",
            "2-4",
            "204",
            " 02 - 04 ",
            "02.04",
            "2-04",
        ] {
            assert_eq!(
                canonical_loc_class(text).as_deref(),
                Some("02-04"),
                "{text}"
            );
        }
        assert_eq!(canonical_loc_class("1499").as_deref(), Some("14-99"));
    }

    #[test]
    fn what_is_no_class_is_none() {
        for text in [
            "", "02", "D 2960", "02-04-06", "0000", "00-04", "02-", "-04", "020-4", "02:04",
            "٠٢٠٤", "12345",
        ] {
            assert_eq!(canonical_loc_class(text), None, "{text}");
        }
    }
}
