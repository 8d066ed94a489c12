//! A printed line to text.

use crate::ink::{Piece, pieces};
use crate::letters::{Glyph, Likeness};

/// A page in grey levels.
#[derive(Clone, Copy)]
pub(crate) struct Levels<'a> {
    pub(crate) width: usize,
    pub(crate) levels: &'a [u8],
}

/// A part of a page in pixels, `right` and `bottom` exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Area {
    pub(crate) left: u32,
    pub(crate) top: u32,
    pub(crate) right: u32,
    pub(crate) bottom: u32,
}

/// What a line says, and how far its least clear letter is from clear.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Reading {
    pub(crate) text: String,
    pub(crate) doubt: f64,
}

/// Pieces below this many pixels are specks, at 300 dpi.
const SPECK: u32 = 12;

/// Doubt up to which a letter is not taken apart.
const CLEAR: f64 = 0.16;

/// Reads one line that holds letters of `alphabet`; none where there are none.
pub(crate) fn read_line(page: Levels<'_>, area: Area, alphabet: &str) -> Option<Reading> {
    let (rows, width) = cut(page, area)?;
    let mut found = pieces(&rows, width)?;
    found.retain(|piece| piece.pixels >= SPECK);
    let capital = capital_height(&found)?;
    let feet = found
        .iter()
        .filter(|piece| f64::from(piece.height()) > 0.8 * capital);
    let base = median(feet.map(|piece| f64::from(piece.bottom)))?;
    let mut reading = Reading {
        text: String::new(),
        doubt: 0.0,
    };
    let mut last: Option<u32> = None;
    for piece in letters_of(found) {
        let gap = last.map_or(0.0, |last| f64::from(piece.left) - f64::from(last));
        if gap > 0.28 * capital {
            reading.text.push(' ');
        }
        last = Some(piece.right);
        if let Some(mark) = mark(&piece, capital, base) {
            reading.text.push(mark);
            continue;
        }
        let glyph = glyph(&rows, width, &piece);
        let (text, doubt) = take_apart(&glyph, alphabet, capital, 0);
        reading.text.push_str(&text);
        reading.doubt = reading.doubt.max(doubt);
    }
    Some(reading)
}

fn cut(page: Levels<'_>, area: Area) -> Option<(Vec<u8>, usize)> {
    let (left, right) = (area.left as usize, (area.right as usize).min(page.width));
    if left >= right {
        return None;
    }
    let rows = page.levels.chunks_exact(page.width);
    let rows = rows.take(area.bottom as usize).skip(area.top as usize);
    let cut: Vec<u8> = rows
        .flat_map(|row| row[left..right].iter().copied())
        .collect();
    (!cut.is_empty()).then_some((cut, right - left))
}

/// The usual height of the higher pieces.
fn capital_height(pieces: &[Piece]) -> Option<f64> {
    let highest = pieces.iter().map(Piece::height).max()?;
    let heights = pieces
        .iter()
        .map(Piece::height)
        .filter(|&height| 2 * height > highest);
    median(heights.map(f64::from))
}

fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

/// Pieces from the left; those that lie over one another are one letter.
fn letters_of(mut pieces: Vec<Piece>) -> Vec<Piece> {
    pieces.sort_by_key(|piece| piece.left);
    let mut letters: Vec<Piece> = Vec::new();
    for piece in pieces {
        match letters.last_mut() {
            Some(last) if piece.left + 2 < last.right => last.join(&piece),
            _ => letters.push(piece),
        }
    }
    letters
}

/// Full stop, comma, hyphen or apostrophe, known by place and size.
fn mark(piece: &Piece, capital: f64, base: f64) -> Option<char> {
    let (top, bottom) = (f64::from(piece.top), f64::from(piece.bottom));
    if top > base - 0.4 * capital {
        return Some(if bottom > base + 0.08 * capital {
            ','
        } else {
            '.'
        });
    }
    if f64::from(piece.height()) >= 0.45 * capital {
        return None;
    }
    let is_flat = piece.width() > piece.height();
    Some(if !is_flat && bottom < base - 0.4 * capital {
        '\''
    } else {
        '-'
    })
}

fn glyph(rows: &[u8], width: usize, piece: &Piece) -> Glyph {
    let lines = rows.chunks_exact(width);
    let lines = lines.take(piece.bottom as usize).skip(piece.top as usize);
    let ink = lines.flat_map(|row| {
        let row = &row[piece.left as usize..piece.right as usize];
        row.iter().map(|&level| level < 128)
    });
    Glyph::new(piece.width() as usize, ink.collect())
}

/// Letters that touch are cut where little ink connects them, if their parts
/// are then clearer than the whole.
fn take_apart(glyph: &Glyph, alphabet: &str, capital: f64, depth: usize) -> (String, f64) {
    let Likeness { character, doubt } = glyph.likeness(alphabet, capital);
    let mut best = (character.to_string(), doubt);
    let least = (0.25 * capital) as usize;
    if doubt < CLEAR || depth > 4 || glyph.width() < 2 * least.max(1) {
        return best;
    }
    let thin = glyph.height() / 4;
    let mut places: Vec<(usize, usize)> = (least..glyph.width() - least)
        .map(|x| (glyph.column(x), x))
        .filter(|&(ink, _)| ink <= thin)
        .collect();
    places.sort_unstable();
    for (_, x) in places.into_iter().take(6) {
        let (Some(left), Some(right)) = (glyph.part(0, x), glyph.part(x, glyph.width())) else {
            continue;
        };
        let left = left.likeness(alphabet, capital);
        let (text, right_doubt) = take_apart(&right, alphabet, capital, depth + 1);
        let doubt = left.doubt.max(right_doubt);
        if doubt < best.1 - 0.02 {
            best = (format!("{}{text}", left.character), doubt);
        }
    }
    best
}
