//! Captions of a sheet: where they stand, which way up, and what they say.
//!
//! They are the best evidence of how many figures a sheet has. Rows of letters are found by their
//! shape, read by a small net, and kept only when they say what captions say; the rest is drawing.

mod glyph;
mod lines;
mod places;
mod read;

use std::collections::HashMap;

use super::Turn;
use super::rect::Rect;
use super::{Caption, SheetInk};
use glyph::Net;
use lines::{Frame, Line};
use read::{Read, Reading};

/// A caption and the ink that it is made of.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) text: String,
    pub(super) number: u32,
    pub(super) suffix: Option<char>,
    /// Around its letters and marks, in pixels of the sheet.
    pub(super) bounds: Rect,
    /// The turn of the sheet that makes it upright.
    pub(super) turn: Turn,
    pub(super) components: Vec<u32>,
    /// Mean log-probability of its letters.
    pub(super) score: f32,
}

impl Found {
    /// What callers see of it.
    pub(super) fn caption(&self) -> Caption {
        Caption {
            text: self.text.clone(),
            number: self.number,
            suffix: self.suffix,
            bounds: self.bounds,
            turn: self.turn,
        }
    }
}

/// The captions of a sheet, components that `is_kept` leaves out being no part of it.
pub(super) fn find(sheet: &SheetInk, is_kept: &dyn Fn(usize) -> bool) -> Vec<Found> {
    let mut rows = Vec::new();
    for turn in [Turn::None, Turn::Clockwise] {
        for line in Frame::new(sheet, turn, is_kept).lines() {
            rows.push(line.upside_down(sheet).with_dots(sheet));
            rows.push(line.with_dots(sheet));
        }
    }
    if rows.is_empty() {
        return Vec::new();
    }
    let pieces = Pieces::of(sheet, &rows);
    let net = Net::load();
    let rows: Vec<(Line, Vec<Read>)> = rows
        .into_iter()
        .map(|line| {
            let read = read_line(&net, sheet, &pieces, &line);
            (line, read)
        })
        .collect();
    let mut found: Vec<Found> = rows
        .iter()
        .flat_map(|(line, row)| {
            let readings = read::captions(row);
            readings
                .into_iter()
                .map(move |reading| worded(sheet, line, reading))
        })
        .collect();
    if found.is_empty() {
        found = rows
            .iter()
            .filter_map(|(line, row)| numbered(sheet, line, row))
            .collect();
    }
    without_twins(found)
}

/// The turn that makes most captions upright; of as many, the surest.
pub(super) fn direction(captions: &[Found]) -> Option<Turn> {
    let weight = |turn: Turn| {
        let mine = captions.iter().filter(|caption| caption.turn == turn);
        let scores: Vec<f32> = mine.map(|caption| caption.score).collect();
        (scores.len(), scores.iter().sum::<f32>())
    };
    let best = Turn::ALL.into_iter().rev().max_by(|&a, &b| {
        let (a, b) = (weight(a), weight(b));
        a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
    });
    best.filter(|_| !captions.is_empty())
}

/// Of readings of the same ink, the surest.
fn without_twins(mut found: Vec<Found>) -> Vec<Found> {
    found.sort_by(|a, b| {
        b.score
            .total_cmp(&a.score)
            .then(a.components.cmp(&b.components))
    });
    let mut kept: Vec<Found> = Vec::new();
    for caption in found {
        let is_new = kept
            .iter()
            .all(|other| other.bounds.intersection(&caption.bounds).is_none());
        if is_new {
            kept.push(caption);
        }
    }
    kept
}

fn worded(sheet: &SheetInk, line: &Line, reading: Reading) -> Found {
    let dot = if reading.word.len() == 3 { "." } else { "" };
    let suffix = reading.suffix.map(String::from).unwrap_or_default();
    let text = format!("{}{dot} {}{suffix}", reading.word, reading.number);
    let name = (reading.number, reading.suffix);
    found(sheet, line, reading.letters, text, name, reading.score)
}

/// A row that is a bare number of two parts. Only upright ones count: two digits and a dot are too
/// little to turn a sheet by.
fn numbered(sheet: &SheetInk, line: &Line, row: &[Read]) -> Option<Found> {
    if line.turn != Turn::None {
        return None;
    }
    let [dot] = line.marks.as_slice() else {
        return None;
    };
    let dot = turned(sheet, *dot, line.turn);
    let height = line.bounds.height;
    let stands_low = 4 * dot.bottom() >= 4 * line.bounds.y + 3 * height;
    if !stands_low || dot.long_side() * 3 > height {
        return None;
    }
    let before = line.letters.iter().filter(|letter| letter.bounds.x < dot.x);
    let before = before.count();
    let score = read::bare_number(row, before)?;
    // Numbers in a drawing, its scale or its texture, lie within some larger part of it.
    let is_inside = sheet
        .components
        .list
        .iter()
        .any(|part| part.bounds.long_side() > 8 * height && part.bounds.contains(&line.bounds));
    if is_inside {
        return None;
    }
    let digits: Vec<u32> = row
        .iter()
        .filter_map(|letter| read::digit(letter).map(|(digit, _)| digit))
        .collect();
    let written = |digits: &[u32]| digits.iter().map(u32::to_string).collect::<String>();
    let (design, view) = digits.split_at(before);
    let number = view.iter().fold(0, |number, digit| number * 10 + digit);
    let text = format!("{}.{}", written(design), written(view));
    Some(found(
        sheet,
        line,
        0..row.len(),
        text,
        (number, None),
        score,
    ))
}

/// Letters `range` of a row and the marks among them.
fn found(
    sheet: &SheetInk,
    line: &Line,
    range: std::ops::Range<usize>,
    text: String,
    (number, suffix): (u32, Option<char>),
    score: f32,
) -> Found {
    let letters = &line.letters[range];
    let bounds = letters
        .iter()
        .map(|letter| letter.bounds)
        .reduce(|a, b| a.union(&b))
        .unwrap_or(line.bounds);
    let (width, height) = line.turn.sides(sheet.width, sheet.height);
    let around = bounds.grown(bounds.height / 2, width, height);
    let mut components: Vec<u32> = letters
        .iter()
        .flat_map(|letter| letter.components.iter().copied())
        .collect();
    let marks = line.marks.iter().copied();
    components.extend(marks.filter(|&mark| {
        let mark = turned(sheet, mark, line.turn);
        around.intersection(&mark).is_some()
    }));
    components.sort_unstable();
    let bounds = components
        .iter()
        .map(|&index| sheet.components.list[index as usize].bounds)
        .reduce(|a, b| a.union(&b))
        .unwrap_or(bounds);
    Found {
        text,
        number,
        suffix,
        bounds,
        turn: line.turn,
        components,
        score,
    }
}

fn turned(sheet: &SheetInk, component: u32, turn: Turn) -> Rect {
    let bounds = sheet.components.list[component as usize].bounds;
    bounds.turned(turn, sheet.width, sheet.height)
}

fn read_line(net: &Net, sheet: &SheetInk, pieces: &Pieces, line: &Line) -> Vec<Read> {
    let mut right = None;
    let letters = line.letters.iter();
    letters
        .map(|letter| {
            let ink: Vec<Rect> = letter
                .components
                .iter()
                .flat_map(|component| pieces.component(*component))
                .map(|piece| piece.turned(line.turn, sheet.width, sheet.height))
                .collect();
            let (top, height) = (line.bounds.y, line.bounds.height);
            let scores = net.read(&ink, letter.bounds, top, height);
            let space = right.map_or(0.0, |right: u32| {
                (f64::from(letter.bounds.x) - f64::from(right)) / f64::from(height)
            });
            right = Some(letter.bounds.right());
            Read {
                scores,
                space_before: space as f32,
            }
        })
        .collect()
}

/// Runs of the components that may be letters, as boxes of one row.
struct Pieces(HashMap<u32, Vec<Rect>>);

impl Pieces {
    fn of(sheet: &SheetInk, rows: &[Line]) -> Self {
        let mut wanted = vec![false; sheet.components.list.len()];
        for letter in rows.iter().flat_map(|line| &line.letters) {
            for &component in &letter.components {
                wanted[component as usize] = true;
            }
        }
        let mut pieces: HashMap<u32, Vec<Rect>> = HashMap::new();
        for run in &sheet.components.runs {
            if wanted[run.component as usize] {
                let pieces = pieces.entry(run.component).or_default();
                pieces.push(run.bounds());
            }
        }
        Self(pieces)
    }

    fn component(&self, index: u32) -> &[Rect] {
        self.0.get(&index).map_or(&[], Vec::as_slice)
    }
}
