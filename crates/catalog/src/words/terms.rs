//! What texts and queries are cut into.
//!
//! SQLite's tokenizer cuts at spaces and signs, and makes one token of a Chinese title. So runs of
//! scripts that are written without spaces are cut here, into pairs of neighbouring signs, the last
//! one alone behind them: `橙色的猫` becomes `橙色 色的 的猫 猫`. Any two signs of a text are found as
//! a pair, a single one as the beginning of a pair. SQLite's own trigrams find nothing below three
//! signs, and most Chinese words have two. Other scripts stay as they are; English is stemmed by
//! the index (Porter, 1980).

use crate::keyword::{is_unspaced_script, number_pattern};

/// Most terms of a query; a longer one is a text, and its first terms tell what it is about.
const MOST_TERMS: usize = 64;

/// Words of questions and of requests for pictures that tell nothing of what is looked for. They
/// count only where there is no other.
const EMPTY: [&str; 40] = [
    "a", "an", "the", "of", "in", "on", "at", "to", "for", "with", "without", "and", "or", "by",
    "from", "is", "are", "this", "that", "these", "those", "it", "its", "as", "photo", "photos",
    "picture", "pictures", "image", "images", "drawing", "drawings", "patent", "design", "shown",
    "show", "showing", "me", "find", "some",
];

/// Signs that stand between Chinese and Japanese words.
const EMPTY_SIGNS: [char; 8] = ['的', '了', '和', '与', '在', '是', 'の', 'は'];

/// Words to look for in texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// As FTS5 takes them, quoted.
    terms: Vec<String>,
    /// A `GLOB` pattern of patent ids, where they may be the number of one.
    number: Option<String>,
}

impl Words {
    /// The words of a query.
    #[must_use]
    pub fn of(query: &str) -> Self {
        let mut telling = Vec::new();
        let mut empty = Vec::new();
        let mut add = |term: String, is_empty: bool| {
            let terms: &mut Vec<String> = if is_empty { &mut empty } else { &mut telling };
            if terms.len() < MOST_TERMS && !terms.contains(&term) {
                terms.push(term);
            }
        };
        for run in runs(query) {
            match run {
                Run::Spaced(text) => {
                    let words = text.split(|c: char| !c.is_alphanumeric());
                    for word in words.filter(|word| !word.is_empty()) {
                        let word = word.to_lowercase();
                        add(format!("\"{word}\""), EMPTY.contains(&&*word));
                    }
                }
                Run::Unspaced(signs) => match signs[..] {
                    [sign] => add(format!("\"{sign}\"*"), EMPTY_SIGNS.contains(&sign)),
                    _ => {
                        for pair in signs.windows(2) {
                            let is_empty = pair.iter().any(|sign| EMPTY_SIGNS.contains(sign));
                            add(format!("\"{}{}\"", pair[0], pair[1]), is_empty);
                        }
                    }
                },
            }
        }
        Self {
            terms: if telling.is_empty() { empty } else { telling },
            number: number_pattern(query),
        }
    }

    /// Whether they may be the number of a patent, in any spelling.
    #[must_use]
    pub fn may_be_number(&self) -> bool {
        self.number.is_some()
    }

    /// The pattern of the patent ids that they may be, for `GLOB`.
    pub(super) fn number(&self) -> Option<&str> {
        self.number.as_deref()
    }

    /// The FTS5 query that asks for every word; `None` if there are none.
    pub(super) fn all(&self) -> Option<String> {
        (!self.terms.is_empty()).then(|| self.terms.join(" AND "))
    }

    /// The FTS5 query that asks for any of the words; `None` if there are none.
    pub(super) fn any(&self) -> Option<String> {
        (!self.terms.is_empty()).then(|| self.terms.join(" OR "))
    }
}

/// The FTS5 query over the index that asks for every word of `text`, each as the beginning of one,
/// whatever it means; `None` if there are none.
pub(crate) fn beginnings(text: &str) -> Option<String> {
    let mut terms = Vec::new();
    for run in runs(text) {
        match run {
            Run::Spaced(text) => {
                let words = text.split(|c: char| !c.is_alphanumeric());
                let words = words.filter(|word| !word.is_empty());
                terms.extend(words.map(|word| format!("\"{word}\"*")));
            }
            Run::Unspaced(signs) => match signs[..] {
                [sign] => terms.push(format!("\"{sign}\"*")),
                _ => terms.extend(
                    signs
                        .windows(2)
                        .map(|pair| format!("\"{}{}\"", pair[0], pair[1])),
                ),
            },
        }
    }
    (!terms.is_empty()).then(|| terms.join(" "))
}

/// A text as the index takes it.
pub(super) fn indexed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for run in runs(text) {
        match run {
            Run::Spaced(text) => out.push_str(text),
            Run::Unspaced(signs) => {
                for (index, sign) in signs.iter().enumerate() {
                    out.push(' ');
                    out.push(*sign);
                    out.extend(signs.get(index + 1));
                }
                out.push(' ');
            }
        }
    }
    out
}

enum Run<'a> {
    Spaced(&'a str),
    Unspaced(Vec<char>),
}

/// A text's parts in scripts with and without spaces, by turns.
fn runs(text: &str) -> Vec<Run<'_>> {
    let mut runs = Vec::new();
    let mut start = 0;
    let mut signs: Vec<char> = Vec::new();
    for (place, sign) in text.char_indices() {
        if is_unspaced_script(sign) {
            if signs.is_empty() && start < place {
                runs.push(Run::Spaced(&text[start..place]));
            }
            signs.push(sign);
            start = place + sign.len_utf8();
        } else if !signs.is_empty() {
            runs.push(Run::Unspaced(std::mem::take(&mut signs)));
        }
    }
    if signs.is_empty() {
        runs.push(Run::Spaced(&text[start..]));
    } else {
        runs.push(Run::Unspaced(signs));
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_without_spaces_become_pairs() {
        let cut = |text: &str| {
            indexed(text)
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(cut("橙色的猫"), "橙色 色的 的猫 猫");
        assert_eq!(cut("USB充电器 v2"), "USB 充电 电器 器 v2");
        assert_eq!(cut("plain words"), "plain words");
        assert_eq!(cut(""), "");
    }

    #[test]
    fn a_query_asks_for_what_tells_something() {
        let terms = |query: &str| Words::of(query).terms;
        assert_eq!(
            terms("A photo of the Folding-Chair"),
            ["\"folding\"", "\"chair\""]
        );
        assert_eq!(terms("the"), ["\"the\""]);
        assert_eq!(terms("椅"), ["\"椅\"*"]);
        assert_eq!(terms("红色的椅子"), ["\"红色\"", "\"椅子\""]);
        assert_eq!(terms("chair 椅子 chair"), ["\"chair\"", "\"椅子\""]);
        assert_eq!(terms("\" OR NEAR( *"), ["\"near\""]);
        assert!(terms(" … !").is_empty());
        assert_eq!(terms(&"词".repeat(9_000)).len(), 1);
        let many: String = (0..500).map(|n| format!("word{n} ")).collect();
        assert_eq!(terms(&many).len(), MOST_TERMS);
    }
}
