//! Classes of the United States' own classification (USPC), in one spelling.
//!
//! Grants write them in columns: three places for the class, three for the
//! subclass, then what follows its decimal point, such as `D 2728`, `D10 461`
//! and ` 36 22 R`. People write `D2/728`, `D10/46.1` and `36/22R`, and so do
//! we. Both are read, by a function each, since `D10 461` means another
//! subclass in columns than by hand.

/// The class as people write it: `D14/486`, `D7/401.2`, `36/22R`. Takes
/// `D14486`, `D 2728`, `D2-728`, `d2 / 728`, `D14 486`. `None` when it is not a
/// class with a subclass.
pub fn canonical_us_class(text: &str) -> Option<String> {
    let (class, subclass) = split_by_hand(text)?;
    let subclass = subclass.filter(|subclass| is_subclass(subclass))?;
    Some(format!("{class}/{subclass}"))
}

/// What the canonical spelling begins with for everything that `text` stands
/// for: `D2` gives `D2/` (and not `D21`), `D14/4` and `D144` give `D14/4`, `D`
/// gives all designs. `None` when no class begins so.
pub fn us_class_prefix(text: &str) -> Option<String> {
    if text.trim().eq_ignore_ascii_case("d") {
        return Some("D".to_owned());
    }
    match split_by_hand(text)? {
        (class, None) => Some(format!("{class}/")),
        (class, Some(subclass)) => Some(format!("{class}/{subclass}")),
    }
}

/// A class in the columns of grant XML, or a range of them (`D 2906-908` gives
/// `D2/906-908`). `text` is as written, with leading spaces.
pub(crate) fn us_class_of_columns(text: &str) -> Option<String> {
    let text = text.trim_end();
    if text.contains('/') {
        return canonical_us_class(text);
    }
    let symbols: Vec<char> = text.chars().collect();
    if text.is_ascii() && symbols.len() > CLASS_PLACES {
        let (class, rest) = text.split_at(CLASS_PLACES);
        let class: String = class.split_whitespace().collect();
        if is_class(&class.to_ascii_uppercase())
            && let Some(subclass) = subclasses(rest)
        {
            return Some(format!("{}/{subclass}", class.to_ascii_uppercase()));
        }
    }
    canonical_us_class(text)
}

/// Places of the class, and of the whole part of the subclass.
const CLASS_PLACES: usize = 3;

/// Longer texts are not classes; bounds the work on hostile input.
const MAX_BYTES: usize = 40;

/// One subclass in columns, or two joined by a hyphen.
fn subclasses(columns: &str) -> Option<String> {
    match columns.split_once('-') {
        Some((from, to)) => Some(format!(
            "{}-{}",
            subclass_of_columns(from)?,
            subclass_of_columns(to)?
        )),
        None => subclass_of_columns(columns),
    }
}

/// ` 461` is 46.1, ` 22 R` is 22R, `906` is 906.
fn subclass_of_columns(columns: &str) -> Option<String> {
    // Fewer places, or zeros in front, are not how columns are filled.
    if columns.len() < CLASS_PLACES || columns.len() > MAX_BYTES || columns.starts_with('0') {
        return None;
    }
    let (whole, rest) = columns.split_at(CLASS_PLACES);
    let mut subclass: String = whole.split_whitespace().collect();
    let rest: String = rest.split_whitespace().collect();
    if rest.starts_with(|symbol: char| symbol.is_ascii_digit()) && is_number(&subclass) {
        subclass.push('.');
    }
    subclass.push_str(&rest);
    let subclass = subclass.to_ascii_uppercase();
    is_subclass(&subclass).then_some(subclass)
}

/// Class and, if there is one, the beginning of a subclass, by hand.
fn split_by_hand(text: &str) -> Option<(String, Option<String>)> {
    let text = text.trim();
    if text.is_empty() || text.len() > MAX_BYTES || !text.is_ascii() {
        return None;
    }
    let text = text.to_ascii_uppercase();
    let compact = |part: &str| -> String { part.split_whitespace().collect() };
    // `D 2728`: the space belongs to the class.
    let text = match text.strip_prefix('D') {
        Some(rest) => format!("D{}", rest.trim_start()),
        None => text,
    };
    let divider = ['/', '-', ' '].iter().find_map(|&symbol| text.find(symbol));
    if let Some(at) = divider {
        let (class, subclass) = (compact(&text[..at]), compact(&text[at + 1..]));
        if !is_class(&class) || !subclass.chars().all(belongs_to_subclass) {
            return None;
        }
        let subclass = Some(subclass).filter(|subclass| !subclass.is_empty());
        return Some((class, subclass));
    }
    if is_class(&text) {
        return Some((text, None));
    }
    // Without anything between: the columns of `D14486`, else one digit of class.
    let design = text.starts_with('D') && text[1..].starts_with(|c: char| c.is_ascii_digit());
    let lengths: &[usize] = match (design, text.len()) {
        (true, 5) => &[2, 3],
        (true, _) => &[3, 2],
        (false, 6..) => &[3],
        (false, _) => &[],
    };
    lengths.iter().find_map(|&length| {
        let (class, columns) = text.split_at_checked(length)?;
        if !is_class(class) || columns.starts_with('0') {
            return None;
        }
        let subclass = subclass_of_columns(columns).unwrap_or_else(|| columns.to_owned());
        let is_plain = subclass.chars().all(belongs_to_subclass);
        is_plain.then(|| (class.to_owned(), Some(subclass)))
    })
}

/// Designs have the classes D1 to D34 and D99; inventions numbers up to 999 and
/// a few of letters, such as `PLT` and `G9B`.
fn is_class(text: &str) -> bool {
    match text.strip_prefix('D') {
        Some(number) if is_number(number) => {
            !number.starts_with('0') && matches!(number.parse::<u32>(), Ok(1..=34 | 99))
        }
        _ if is_number(text) => text.len() <= CLASS_PLACES && !text.starts_with('0'),
        _ => matches!(text, "PLT" | "G9B" | "DIG"),
    }
}

/// `486`, `401.2`, `22R`, `DIG7`, or two of them.
fn is_subclass(text: &str) -> bool {
    !text.is_empty()
        && text.chars().all(belongs_to_subclass)
        && text.contains(|symbol: char| symbol.is_ascii_digit())
        && !text.starts_with(['.', '-'])
        && !text.ends_with(['.', '-'])
}

fn belongs_to_subclass(symbol: char) -> bool {
    symbol.is_ascii_uppercase() || symbol.is_ascii_digit() || matches!(symbol, '.' | '-')
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_become_what_people_write() {
        for (columns, wanted) in [
            ("D14486", "D14/486"),
            ("D 2728", "D2/728"),
            (" D2953", "D2/953"),
            (" D74012", "D7/401.2"),
            ("D 66822", "D6/682.2"),
            ("D10 461", "D10/46.1"),
            ("D101041", "D10/104.1"),
            ("D28 47", "D28/47"),
            ("D 5  1", "D5/1"),
            ("D28 46- 48", "D28/46-48"),
            ("D 2906-908", "D2/906-908"),
            ("D14388-389", "D14/388-389"),
            ("345  21-  23", "345/2.1-2.3"),
            ("345902", "345/902"),
            ("715763", "715/763"),
            (" 36  3 B", "36/3B"),
            (" 36 22 R", "36/22R"),
            (" 36 245", "36/24.5"),
            (" 30 50", "30/50"),
            ("D2/728", "D2/728"),
            ("D34 99\n", "D34/99"),
        ] {
            assert_eq!(
                us_class_of_columns(columns).as_deref(),
                Some(wanted),
                "{columns:?}"
            );
        }
    }

    #[test]
    fn spellings_by_hand_become_one() {
        for (text, wanted) in [
            ("D14/486", "D14/486"),
            ("d14486", "D14/486"),
            ("D14 486", "D14/486"),
            ("D14-486", "D14/486"),
            ("D 2728", "D2/728"),
            ("D2728", "D2/728"),
            ("D2 / 728", "D2/728"),
            ("D 2/728", "D2/728"),
            ("D7/401.2", "D7/401.2"),
            ("D74012", "D7/401.2"),
            ("36/22R", "36/22R"),
            ("345902", "345/902"),
        ] {
            assert_eq!(canonical_us_class(text).as_deref(), Some(wanted), "{text}");
            assert_eq!(us_class_prefix(text).as_deref(), Some(wanted), "{text}");
            assert_eq!(canonical_us_class(wanted).as_deref(), Some(wanted));
        }
    }

    #[test]
    fn beginnings_of_a_class() {
        for (text, wanted) in [
            ("D", "D"),
            ("d2", "D2/"),
            ("D14", "D14/"),
            ("D14/", "D14/"),
            ("D14/4", "D14/4"),
            ("D144", "D14/4"),
            ("345", "345/"),
        ] {
            assert_eq!(us_class_prefix(text).as_deref(), Some(wanted), "{text}");
        }
    }

    #[test]
    fn what_is_no_class_is_none() {
        for text in [
            "",
            " ",
            "D",
            "D14",
            "D0/1",
            "D50/1",
            "02-04-06x!",
            "unstructured",
            "D14/",
            "/486",
            "D14/--",
            "Ω14/486",
            "D14/486%",
            "１４/486",
        ] {
            assert_eq!(canonical_us_class(text), None, "{text}");
        }
        for text in ["", "x", "D%", "_", "D50", "unstructured"] {
            assert_eq!(us_class_prefix(text), None, "{text}");
        }
        assert_eq!(us_class_of_columns("   "), None);
        assert_eq!(us_class_of_columns("D14"), None);
    }
}
