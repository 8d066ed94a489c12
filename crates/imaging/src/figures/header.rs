//! The header line of a patent's page: "U.S. Patent   Jan. 7, 2020   Sheet 2 of 7   US D872,407 S".
//!
//! It is known by its shape alone: many pieces of the size of letters in a narrow band along one
//! side of the page, apart from all other ink and spread over half of the side. All four sides are
//! looked at, because pages lie sideways and upside down too. Sheets that are cut to their drawing
//! have none, and nothing like it lies at their edge.

use super::Turn;
use super::ink::Components;
use super::rect::Rect;

/// The band lies within this part of the page, from its edge.
const REACH: f64 = 0.15;
/// Highest letters, as a part of the page's height. The office's largest are 0.018 high.
const LETTER: f64 = 0.03;
/// Fewest pieces: the office's line has about 50.
const PIECES: usize = 20;
/// White between the edge and the line, as a part of the height: the office's has 0.06. A sheet
/// that is cut to its drawing has ink at its edges.
const WHITE: f64 = 0.02;

/// The header's box, if there is one.
pub(super) fn find(components: &Components, width: u32, height: u32) -> Option<Rect> {
    Turn::ALL.into_iter().find_map(|turn| {
        let (turned_width, turned_height) = turn.sides(width, height);
        let boxes = components
            .list
            .iter()
            .map(|component| component.bounds.turned(turn, width, height));
        let band = band(boxes, turned_width, turned_height)?;
        Some(band.turned(turn.inverse(), turned_width, turned_height))
    })
}

/// The header at the top, boxes in any order.
fn band(boxes: impl Iterator<Item = Rect>, width: u32, height: u32) -> Option<Rect> {
    let reach = (f64::from(height) * REACH) as u32;
    let letter = (f64::from(height) * LETTER) as u32;
    let mut near: Vec<Rect> = boxes.filter(|bounds| bounds.y < reach).collect();
    near.sort_unstable_by_key(|bounds| (bounds.y, bounds.x));
    // Bands of rows without a white row between them; the header is one of them.
    let mut bands: Vec<Band> = Vec::new();
    for bounds in near {
        match bands.last_mut() {
            Some(band) if bounds.y <= band.bounds.bottom() => band.add(bounds),
            _ => bands.push(Band::new(bounds)),
        }
    }
    let white = (f64::from(height) * WHITE) as u32;
    let header = bands.into_iter().find(|band| {
        band.bounds.height <= letter
            && band.bounds.y >= white
            && band.widest <= 2 * letter
            && band.pieces >= PIECES
            && 2 * band.bounds.width >= width
    })?;
    Some(header.bounds)
}

struct Band {
    bounds: Rect,
    pieces: usize,
    /// Width of the widest piece.
    widest: u32,
}

impl Band {
    fn new(bounds: Rect) -> Self {
        Self {
            bounds,
            pieces: 1,
            widest: bounds.width,
        }
    }

    fn add(&mut self, bounds: Rect) {
        self.bounds = self.bounds.union(&bounds);
        self.pieces += 1;
        self.widest = self.widest.max(bounds.width);
    }
}
