//! Words that users type, as a query for SQLite's full-text search.

/// The FTS5 query that asks for every word of `keyword`, each as the beginning of a word,
/// or `None` when that can't find them: no words at all, or a script written without
/// spaces (Chinese, Japanese), which the tokenizer keeps as one long word. Those are
/// cut up in `words`.
pub(crate) fn full_text_query(keyword: &str) -> Option<String> {
    if keyword.chars().any(is_unspaced_script) {
        return None;
    }
    let words: Vec<String> = keyword
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| format!("\"{word}\"*"))
        .collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// Digits from which a number without its kind is taken for that of a patent; a shorter one stands in
/// too many.
const FEWEST_DIGITS: usize = 4;

/// A `GLOB` pattern for canonical patent ids that `keyword` may be the number of, or its beginning,
/// in any spelling: `D939,806`, `US D0939806 S1`, `939806`. `None` if it is none.
pub(crate) fn number_pattern(keyword: &str) -> Option<String> {
    let plain: String = keyword
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, ',' | '.' | '/' | '-' | '，' | '．' | '\''))
        .map(|c| c.to_ascii_uppercase())
        .collect();
    let number = plain.strip_prefix("US").unwrap_or(&plain);
    let digits = number.trim_start_matches(|c: char| c.is_ascii_uppercase());
    let kind = &number[..number.len() - digits.len()];
    let end = digits
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(digits.len());
    let (digits, behind) = digits.split_at(end);
    // The kind of the document, such as `S1`.
    let mut behind = behind.chars();
    let is_code = match (behind.next(), behind.next(), behind.next()) {
        (None, ..) => true,
        (Some(letter), None, None) => letter.is_ascii_uppercase(),
        (Some(letter), Some(digit), None) => letter.is_ascii_uppercase() && digit.is_ascii_digit(),
        _ => false,
    };
    let digits = digits.trim_start_matches('0');
    if !is_code || digits.is_empty() || kind.len() > 2 {
        return None;
    }
    match kind {
        "" if digits.len() < FEWEST_DIGITS => None,
        "" => Some(format!("US*{digits}*")),
        _ => Some(format!("US{kind}{digits}*")),
    }
}

/// `text` as a `LIKE ... ESCAPE '\'` pattern that matches it anywhere.
pub(crate) fn contains_pattern(text: &str) -> String {
    format!("%{}%", escape_like(text))
}

/// `text` as a `LIKE ... ESCAPE '\'` pattern that matches it at the beginning.
pub(crate) fn prefix_pattern(text: &str) -> String {
    format!("{}%", escape_like(text))
}

fn escape_like(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_")
}

/// Kana, CJK ideographs (with extensions and compatibility forms), Hangul and Thai.
pub(crate) fn is_unspaced_script(c: char) -> bool {
    matches!(u32::from(c),
        0x0E00..=0x0E7F | 0x3040..=0x30FF | 0x3400..=0x4DBF | 0x4E00..=0x9FFF
        | 0xAC00..=0xD7AF | 0xF900..=0xFAFF | 0x20000..=0x2FA1F)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_quoted_prefixes() {
        assert_eq!(
            full_text_query("watch-band \"OR").as_deref(),
            Some("\"watch\"* \"band\"* \"OR\"*")
        );
        assert_eq!(full_text_query(" *** "), None);
        assert_eq!(full_text_query("表带"), None);
    }

    #[test]
    fn numbers_are_known_in_any_spelling() {
        for spelling in [
            "D939,806",
            "US D939806 S1",
            "USD0939806",
            "d 939806",
            "usd939806s",
        ] {
            assert_eq!(
                number_pattern(spelling).as_deref(),
                Some("USD939806*"),
                "{spelling}"
            );
        }
        assert_eq!(number_pattern("939,806").as_deref(), Some("US*939806*"));
        assert_eq!(number_pattern("RE49999").as_deref(), Some("USRE49999*"));
        for none in [
            "watch",
            "806",
            "D",
            "usb 3 hub",
            "chair12x",
            "",
            "D00001 D00002",
            "表带12345x",
        ] {
            assert_eq!(number_pattern(none), None, "{none}");
        }
    }

    #[test]
    fn like_wildcards_are_literal() {
        assert_eq!(contains_pattern("50%_\\"), "%50\\%\\_\\\\%");
    }
}
