//! Letters of a bold Times, to be compared with what is printed.
//!
//! The office prints numbers and titles in one typeface, sharp and upright, so
//! plain comparison reads them better than general programs do that have read
//! the same pages. `tools/pdf_letters.py` made the letters.

use std::sync::LazyLock;

/// Sides of a letter's picture.
const WIDTH: usize = 16;
const HEIGHT: usize = 24;
const RECORD: usize = 4 + WIDTH * HEIGHT;

struct Letter {
    character: char,
    /// In heights of a capital.
    width: f64,
    height: f64,
    /// Ink of each place, from 0 to 1.
    ink: Vec<f64>,
}

static LETTERS: LazyLock<Vec<Letter>> = LazyLock::new(|| {
    let records = include_bytes!("../data/letters.bin").chunks_exact(RECORD);
    records
        .map(|record| Letter {
            character: char::from(record[0]),
            width: f64::from(record[1]) / 64.0,
            height: f64::from(record[2]) / 64.0,
            ink: record[4..]
                .iter()
                .map(|&level| f64::from(level) / 255.0)
                .collect(),
        })
        .collect()
});

/// A part of a page in black and white, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Glyph {
    width: usize,
    ink: Vec<bool>,
}

/// A character, and how little the glyph is like it: below 0.13 it is that
/// character, above 0.25 it hardly is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Likeness {
    pub(crate) character: char,
    pub(crate) doubt: f64,
}

impl Glyph {
    /// `ink` holds `width` pixels a row.
    pub(crate) fn new(width: usize, ink: Vec<bool>) -> Self {
        Self { width, ink }
    }

    pub(crate) fn width(&self) -> usize {
        self.width
    }

    pub(crate) fn height(&self) -> usize {
        self.ink.len() / self.width.max(1)
    }

    /// Black pixels of a column.
    pub(crate) fn column(&self, x: usize) -> usize {
        self.ink
            .iter()
            .skip(x)
            .step_by(self.width)
            .filter(|ink| **ink)
            .count()
    }

    /// The columns `from .. to`, without the white rows and columns around
    /// them; none without ink.
    pub(crate) fn part(&self, from: usize, to: usize) -> Option<Self> {
        let (mut left, mut right, mut top, mut bottom) = (to, from, self.height(), 0);
        for (y, row) in self.ink.chunks_exact(self.width).enumerate() {
            for x in (from..to).filter(|&x| row[x]) {
                (left, right) = (left.min(x), right.max(x + 1));
                (top, bottom) = (top.min(y), bottom.max(y + 1));
            }
        }
        if left >= right {
            return None;
        }
        let rows = self.ink.chunks_exact(self.width).take(bottom).skip(top);
        let ink = rows
            .flat_map(|row| row[left..right].iter().copied())
            .collect();
        Some(Self::new(right - left, ink))
    }

    /// The character of `alphabet` that it is most like; `capital` is the
    /// height of a capital in pixels.
    pub(crate) fn likeness(&self, alphabet: &str, capital: f64) -> Likeness {
        let own = self.stretched();
        let width = self.width as f64 / capital;
        let height = self.height() as f64 / capital;
        let candidates = LETTERS
            .iter()
            .filter(|letter| alphabet.contains(letter.character));
        let likenesses = candidates.map(|letter| {
            let pairs = own.iter().zip(&letter.ink);
            let difference: f64 = pairs.map(|(a, b)| (a - b).abs()).sum();
            Likeness {
                character: letter.character,
                doubt: difference / (WIDTH * HEIGHT) as f64
                    + 0.25 * (width / letter.width).ln().abs()
                    + 0.25 * (height / letter.height).ln().abs(),
            }
        });
        let best = likenesses.min_by(|a, b| a.doubt.total_cmp(&b.doubt));
        best.unwrap_or(Likeness {
            character: '?',
            doubt: 1.0,
        })
    }

    /// Mean ink of each of 16 x 24 equal parts.
    fn stretched(&self) -> Vec<f64> {
        let across = shares(self.width, WIDTH);
        let down = shares(self.height(), HEIGHT);
        let mut rows = vec![0.0; WIDTH * HEIGHT];
        for (row, row_shares) in self.ink.chunks_exact(self.width).zip(&down) {
            let mut line = [0.0; WIDTH];
            for (_, column_shares) in row.iter().zip(&across).filter(|pair| *pair.0) {
                for &(place, share) in column_shares {
                    line[place] += share;
                }
            }
            for &(place, share) in row_shares {
                for (sum, value) in rows[place * WIDTH..][..WIDTH].iter_mut().zip(line) {
                    *sum += share * value;
                }
            }
        }
        rows
    }
}

/// For each of `from` pixels the parts of `to` that it lies in, with its share
/// of each.
fn shares(from: usize, to: usize) -> Vec<Vec<(usize, f64)>> {
    let scale = to as f64 / from as f64;
    (0..from)
        .map(|pixel| {
            let (start, end) = (pixel as f64 * scale, (pixel + 1) as f64 * scale);
            (start as usize..to.min(end.ceil() as usize))
                .map(|part| {
                    let overlap = end.min(part as f64 + 1.0) - start.max(part as f64);
                    (part, overlap.max(0.0))
                })
                .collect()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The letter as the file has it, drawn `scale` times as large.
    pub(crate) fn glyph(character: char, capital: f64) -> Glyph {
        let letter = LETTERS
            .iter()
            .find(|letter| letter.character == character)
            .unwrap();
        let width = (letter.width * capital).round() as usize;
        let height = (letter.height * capital).round() as usize;
        let ink = (0..height).flat_map(|y| {
            (0..width)
                .map(move |x| letter.ink[y * HEIGHT / height * WIDTH + x * WIDTH / width] > 0.5)
        });
        Glyph::new(width, ink.collect())
    }

    #[test]
    fn letters_are_like_themselves() {
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
        for character in alphabet.chars() {
            let likeness = glyph(character, 30.0).likeness(alphabet, 30.0);
            assert_eq!(likeness.character, character);
            assert!(likeness.doubt < 0.13, "{likeness:?}");
        }
    }

    #[test]
    fn parts_lose_their_margins() {
        let glyph = Glyph::new(
            4,
            vec![false, false, true, false, false, false, true, false],
        );
        assert_eq!(glyph.part(0, 4), Some(Glyph::new(1, vec![true, true])));
        assert_eq!(glyph.part(0, 2), None);
        assert_eq!((glyph.column(2), glyph.column(0)), (2, 0));
    }
}
