//! The small grammar of composed words: `red shoe + laces - leather`.

use serde::{Deserialize, Serialize};

/// What words behind a minus count. Less than those to be found: the meanings of two words lie close
/// together in every model, so that taking one wholly off the other leaves little of either
/// (`dog - leash` would be hardly a dog any more).
const MINUS: f32 = -0.5;

/// A part of a query in words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Term {
    /// Its words.
    pub text: String,
    /// What it counts beside the others: 1, or less than 0 for what hits are to be unlike.
    pub weight: f32,
}

/// The parts of `text`: a `+` or `-` between spaces, or at the start, begins one. Signs between
/// quotation marks, or within a word, are words. Text without signs is one part as it is.
pub(super) fn terms(text: &str) -> Vec<Term> {
    let mut terms: Vec<(f32, Vec<&str>)> = vec![(1.0, Vec::new())];
    let mut is_quoted = false;
    for word in text.split_whitespace() {
        match word {
            "+" if !is_quoted => terms.push((1.0, Vec::new())),
            "-" | "−" if !is_quoted => terms.push((MINUS, Vec::new())),
            _ => {
                if word.matches('"').count() % 2 == 1 {
                    is_quoted = !is_quoted;
                }
                if let Some((_, words)) = terms.last_mut() {
                    words.push(word);
                }
            }
        }
    }
    let has_signs = terms.len() > 1;
    let join = |(weight, words): (f32, Vec<&str>)| {
        let text = words.join(" ").trim_matches('"').trim().to_owned();
        (!text.is_empty()).then_some(Term { text, weight })
    };
    let parts: Vec<Term> = terms.into_iter().filter_map(join).collect();
    if has_signs && !parts.is_empty() {
        return parts;
    }
    vec![Term {
        text: text.to_owned(),
        weight: 1.0,
    }]
}

#[cfg(test)]
mod tests {
    use super::terms;

    fn read(text: &str) -> Vec<(String, f32)> {
        let terms = terms(text).into_iter();
        terms.map(|term| (term.text, term.weight)).collect()
    }

    fn of(parts: &[(&str, f32)]) -> Vec<(String, f32)> {
        let owned = parts
            .iter()
            .map(|&(text, weight)| (text.to_owned(), weight));
        owned.collect()
    }

    #[test]
    fn signs_between_spaces_part_words() {
        let parted = of(&[("dog", 1.0), ("leash", -0.5)]);
        assert_eq!(read("dog - leash"), parted);
        assert_eq!(read("dog − leash"), parted);
        assert_eq!(
            read("red  shoe + laces - old leather"),
            of(&[("red shoe", 1.0), ("laces", 1.0), ("old leather", -0.5)])
        );
        assert_eq!(read("- wheels"), of(&[("wheels", -0.5)]));
        assert_eq!(
            read("一只狗 - 皮带"),
            of(&[("一只狗", 1.0), ("皮带", -0.5)])
        );
    }

    #[test]
    fn other_signs_are_words() {
        for text in [
            "T-shirt",
            "a  chair",
            "C++",
            "-5",
            "+",
            "- ",
            "\"rock - paper\"",
            "",
        ] {
            assert_eq!(read(text), of(&[(text, 1.0)]));
        }
        assert_eq!(
            read("\"rock - paper\" - scissors"),
            of(&[("rock - paper", 1.0), ("scissors", -0.5)])
        );
        assert_eq!(read("chair +"), of(&[("chair", 1.0)]));
    }
}
