//! What is printed where on fronts and sheets: number, day, title.

use lookalike_patents::PatentId;

use crate::dates::find_date;
use crate::ink::Piece;
use crate::reading::{Area, Levels, Reading, read_line};

const NUMBER: &str = "USDRE0123456789";
const DAY: &str = "JanFebMrApyulgSetOcNovD0123456789";
const TITLE: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789&/";

/// Doubt up to which a printed number counts.
const MOST_DOUBT: f64 = 0.3;

/// What a sheet's header says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) patent_id: Option<PatentId>,
    /// Day of grant, YYYYMMDD.
    pub(crate) date: Option<u32>,
}

/// Reads a header. Its four parts stand far apart.
pub(crate) fn read_header(page: Levels<'_>, pieces: &[Piece], header: Area) -> Header {
    let within = |piece: &&Piece| piece.top >= header.top && piece.bottom <= header.bottom;
    let gap = page.width as u32 / 50;
    let parts = parts(pieces.iter().filter(within), gap, |piece| {
        (piece.left, piece.right)
    });
    let areas: Vec<Area> = parts
        .into_iter()
        .map(|(left, right)| Area {
            left,
            right,
            ..header
        })
        .collect();
    let number = areas.iter().rev().find_map(|&area| {
        let reading = read_line(page, area, NUMBER)?;
        if reading.doubt < MOST_DOUBT {
            PatentId::parse(&reading.text).ok()
        } else {
            None
        }
    });
    let date = areas.iter().find_map(|&area| {
        let reading = read_line(page, area, DAY)?;
        if reading.doubt < MOST_DOUBT {
            find_date(&reading.text)
        } else {
            None
        }
    });
    Header {
        patent_id: number,
        date,
    }
}

/// Stretches without a gap of more than `gap`, from left to right.
fn parts<'a>(
    pieces: impl Iterator<Item = &'a Piece>,
    gap: u32,
    ends: impl Fn(&Piece) -> (u32, u32),
) -> Vec<(u32, u32)> {
    let mut all: Vec<(u32, u32)> = pieces.map(ends).collect();
    all.sort_unstable();
    let mut parts: Vec<(u32, u32)> = Vec::new();
    for (start, end) in all {
        match parts.last_mut() {
            Some(last) if start <= last.1 + gap => last.1 = last.1.max(end),
            _ => parts.push((start, end)),
        }
    }
    parts
}

/// The title on a front: the first item, `(54)`, below the long rule, down to
/// the next label.
pub(crate) fn read_title(
    page: Levels<'_>,
    pieces: &[Piece],
    (width, height): (u32, u32),
) -> Option<Reading> {
    let rules = pieces.iter().filter(|piece| {
        piece.width() > width * 3 / 10
            && piece.height() < height / 100
            && (height / 10..height / 4).contains(&piece.top)
    });
    let rule = rules.min_by_key(|piece| piece.top)?;
    let half = width / 2;
    let least = height / 220;
    let column: Vec<&Piece> = pieces
        .iter()
        .filter(|piece| {
            piece.top > rule.bottom + 4
                && piece.top < height * 2 / 5
                && piece.right < half
                && (least..height / 33).contains(&piece.height())
        })
        .collect();
    let lines = parts(column.iter().copied(), 0, |piece| (piece.top, piece.bottom));
    let of_line = |line: &(u32, u32)| {
        let within = column
            .iter()
            .filter(|piece| piece.top >= line.0 && piece.bottom <= line.1);
        parts(within.copied(), width / 102, |piece| {
            (piece.left, piece.right)
        })
    };
    let (label, first) = match of_line(lines.first()?)[..] {
        [(label, _), (first, _), ..] => (label, first),
        _ => return None,
    };
    let mut title: Option<Reading> = None;
    for (index, line) in lines.iter().enumerate() {
        let left = of_line(line).first()?.0;
        if index > 0 && left < label + width / 64 {
            break;
        }
        let area = Area {
            left: if index == 0 { first } else { left }.saturating_sub(2),
            // Commas and tails reach below, apostrophes above what is high enough for a letter.
            top: line.0.saturating_sub(3),
            right: half - width / 200,
            bottom: line.1 + 8,
        };
        let reading = read_line(page, area, TITLE)?;
        title = Some(match title {
            None => reading,
            Some(before) => Reading {
                text: format!("{} {}", before.text, reading.text),
                doubt: before.doubt.max(reading.doubt),
            },
        });
    }
    title
}
