//! From letters to a caption: the word for a figure, a number, perhaps a letter.
//!
//! A row is read as the likeliest of a few forms, not letter by letter: an I, an l and a 1 look the
//! same in many fonts, and only their places in `FIG. 11` tell them apart.

use super::glyph::{CLASSES, Scores};

/// Words for a figure, as the classes of the net spell them.
const WORDS: [&str; 8] = [
    "FIG", "Fig", "FIGURE", "Figure", "fig", "figure", "FlG", "FIgure",
];
/// Lowest mean of the log-probabilities of a word's letters; one in five each.
const MIN_WORD: f32 = -1.6;
/// A log-probability counts at least this much: one letter that is damaged does not spoil a word.
const FLOOR: f32 = -5.0;
/// Digits of a number.
const MAX_DIGITS: usize = 3;

/// A caption as it was read.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Reading {
    pub(super) word: &'static str,
    pub(super) number: u32,
    pub(super) suffix: Option<char>,
    /// First letter of the row that belongs to it, and the one after its last.
    pub(super) letters: std::ops::Range<usize>,
    /// Mean log-probability of its letters.
    pub(super) score: f32,
}

/// A letter's scores and where it stands.
pub(super) struct Read {
    pub(super) scores: Scores,
    /// White between it and the letter before, over the row's height.
    pub(super) space_before: f32,
}

/// Every caption of a row, from the left.
pub(super) fn captions(row: &[Read]) -> Vec<Reading> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < row.len() {
        match caption(row, at) {
            Some(reading) => {
                at = reading.letters.end;
                found.push(reading);
            }
            None => at += 1,
        }
    }
    found
}

/// The caption that begins with letter `start`.
fn caption(row: &[Read], start: usize) -> Option<Reading> {
    let (word, length, word_score) = WORDS
        .iter()
        .filter_map(|word| {
            let letters = row.get(start..start + word.len())?;
            let scores = letters
                .iter()
                .zip(word.bytes())
                .map(|(letter, class)| score(letter, class).max(FLOOR));
            Some((*word, word.len(), scores.sum::<f32>()))
        })
        .filter(|&(_, length, sum)| sum / length as f32 >= MIN_WORD)
        // The longer word, if it is one: FIGURE begins as FIG does.
        .max_by_key(|&(_, length, _)| length)?;
    let word = if word == "FlG" { "FIG" } else { word };
    let mut end = start + length;
    let mut sum = word_score;
    let mut number = 0;
    let mut digits = 0;
    while digits < MAX_DIGITS
        && let Some(letter) = row.get(end)
        && let Some((digit, score)) = digit(letter)
        && (digits == 0 || letter.space_before < 0.8)
    {
        number = number * 10 + digit;
        sum += score;
        digits += 1;
        end += 1;
    }
    if digits == 0 {
        return None;
    }
    let suffix = row
        .get(end)
        .filter(|letter| letter.space_before < 0.6)
        .and_then(suffix);
    end += usize::from(suffix.is_some());
    // More letters close by: a sentence, not a caption.
    let follows = row[end..]
        .iter()
        .take_while(|letter| letter.space_before < 1.0)
        .count();
    (follows <= 2).then(|| Reading {
        word,
        number,
        suffix,
        letters: start..end,
        score: sum / (length + digits) as f32,
    })
}

/// `3.2` and its like: how some offices number figures, without a word.
pub(super) fn bare_number(row: &[Read], dot_after: usize) -> Option<f32> {
    let digits = row.iter().map(digit).collect::<Option<Vec<_>>>()?;
    let inside = (1..row.len()).contains(&dot_after) && row.len() <= 4;
    let sum: f32 = digits.iter().map(|(_, score)| score).sum();
    let score = sum / row.len().max(1) as f32;
    (inside && score > -0.7).then_some(score)
}

/// The likeliest digit of a letter and its score.
pub(super) fn digit(letter: &Read) -> Option<(u32, f32)> {
    let (digit, best) = (0..10_u32)
        .map(|digit| (digit, score(letter, b'0' + digit as u8)))
        .max_by(|a, b| a.1.total_cmp(&b.1))?;
    // A one without serifs is a stroke.
    let stroke = score(letter, b'I').max(score(letter, b'i'));
    let (digit, best) = if stroke > best {
        (1, stroke)
    } else {
        (digit, best)
    };
    (best > -2.0).then_some((digit, best))
}

fn suffix(letter: &Read) -> Option<char> {
    let letters = CLASSES[10..CLASSES.len() - 1].iter();
    let best = letters.max_by(|a, b| score(letter, **a).total_cmp(&score(letter, **b)))?;
    (score(letter, *best) > -0.7 && *best != b'I').then_some(char::from(*best))
}

fn score(letter: &Read, class: u8) -> f32 {
    let class = if class == b'l' { b'I' } else { class };
    CLASSES
        .iter()
        .position(|&other| other == class)
        .map_or(f32::NEG_INFINITY, |index| letter.scores[index])
}
