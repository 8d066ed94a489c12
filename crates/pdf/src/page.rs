//! What kind of page a page of a patent is, by its ink alone.

use crate::ink::{Piece, pieces};
use crate::reading::Area;

/// A page of a patent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageKind {
    /// The first one: numbers, title, citations, and one of the figures.
    Front,
    /// A page of text.
    Text,
    /// A drawing sheet.
    Sheet,
    /// Nothing is on it.
    Blank,
}

/// A page's ink and what was made of it.
pub(crate) struct PageInk {
    pub(crate) kind: PageKind,
    /// The line that the office prints over a drawing sheet.
    pub(crate) header: Option<Area>,
    pub(crate) pieces: Vec<Piece>,
}

/// Least pixels of a page that is not blank: a speck has fewer.
const LEAST_INK: u64 = 200;

/// Looks at a page in grey levels.
pub(crate) fn look(levels: &[u8], width: u32, height: u32, index: usize) -> PageInk {
    let pieces = pieces(levels, width as usize).unwrap_or_default();
    let header = header(&pieces, width, height);
    let kind = kind(&pieces, height, header.is_some(), index);
    PageInk {
        kind,
        header: header.filter(|_| kind == PageKind::Sheet),
        pieces,
    }
}

fn kind(pieces: &[Piece], height: u32, has_header: bool, index: usize) -> PageKind {
    let ink: u64 = pieces.iter().map(|piece| u64::from(piece.pixels)).sum();
    if pieces.is_empty() {
        // Too many to be told apart: a photograph.
        return PageKind::Sheet;
    }
    if ink < LEAST_INK {
        return PageKind::Blank;
    }
    let letters = pieces.iter().filter(|piece| is_letter(piece, height));
    let is_high = |piece: &&Piece| piece.top < height * 12 / 100;
    let (over, under): (Vec<&Piece>, Vec<&Piece>) = letters.partition(is_high);
    // Fronts have over 90 letters at their top, sheets some 40, others under 20.
    if index == 0 && over.len() >= 60 && under.len() >= 200 {
        return PageKind::Front;
    }
    if has_header {
        return PageKind::Sheet;
    }
    let of_letters: u64 = under.iter().map(|piece| u64::from(piece.pixels)).sum();
    // On 422 real pages: at least 0.58 on text, at most 0.45 on sheets.
    if under.len() >= 50 && of_letters * 100 > ink * 51 {
        PageKind::Text
    } else {
        PageKind::Sheet
    }
}

/// Letters of 6 to 24 points, by the page's height of 11 inches.
fn is_letter(piece: &Piece, height: u32) -> bool {
    let inch = height / 11;
    let (tall, wide) = (piece.height(), piece.width());
    (inch / 22..=inch / 5).contains(&tall) && (inch / 75..=inch / 4).contains(&wide)
}

/// The line over a sheet: `U.S. Patent   Dec. 29, 2020   Sheet 2 of 7   US
/// D906,013 S`. Many pieces of letter size in one narrow band near the upper
/// edge, over more than half of the width.
fn header(pieces: &[Piece], width: u32, height: u32) -> Option<Area> {
    let tallest = height / 45;
    let mut near: Vec<&Piece> = pieces
        .iter()
        .filter(|piece| piece.top < height / 11 && piece.height() >= height / 1000)
        .collect();
    near.sort_by_key(|piece| piece.top);
    let mut bands: Vec<(Area, usize)> = Vec::new();
    for piece in near {
        match bands.last_mut() {
            Some((band, count)) if piece.top <= band.bottom => {
                band.left = band.left.min(piece.left);
                band.right = band.right.max(piece.right);
                band.bottom = band.bottom.max(piece.bottom);
                *count += 1;
            }
            _ => bands.push((
                Area {
                    left: piece.left,
                    top: piece.top,
                    right: piece.right,
                    bottom: piece.bottom,
                },
                1,
            )),
        }
    }
    let is_header = |(band, count): &&(Area, usize)| {
        band.bottom - band.top <= tallest && *count >= 25 && 2 * (band.right - band.left) > width
    };
    bands.iter().find(is_header).map(|(band, _)| *band)
}

/// The box around what is drawn below the header, with a margin.
pub(crate) fn drawn_area(page: &PageInk, width: u32, height: u32) -> Area {
    let top = page.header.map_or(0, |header| header.bottom);
    let below = page
        .pieces
        .iter()
        .filter(|piece| piece.top >= top && piece.pixels >= 6);
    let mut area: Option<Area> = None;
    for piece in below {
        let area = area.get_or_insert(Area {
            left: piece.left,
            top: piece.top,
            right: piece.right,
            bottom: piece.bottom,
        });
        area.left = area.left.min(piece.left);
        area.top = area.top.min(piece.top);
        area.right = area.right.max(piece.right);
        area.bottom = area.bottom.max(piece.bottom);
    }
    let Some(area) = area else {
        return Area {
            left: 0,
            top: top.min(height.saturating_sub(1)),
            right: width,
            bottom: height,
        };
    };
    let margin = height / 140;
    Area {
        left: area.left.saturating_sub(margin),
        top: area.top.saturating_sub(margin).max(top),
        right: (area.right + margin).min(width),
        bottom: (area.bottom + margin).min(height),
    }
}
