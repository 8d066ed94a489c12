//! Words that users type, as a query for SQLite's full-text search.

/// The FTS5 query that asks for every word of `keyword`, each as the beginning of a word,
/// or `None` when that can't find them: no words at all, or a script written without
/// spaces (Chinese, Japanese), which the tokenizer keeps as one long word. Those are
/// looked up as plain substrings instead.
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
    fn like_wildcards_are_literal() {
        assert_eq!(contains_pattern("50%_\\"), "%50\\%\\_\\\\%");
    }
}
