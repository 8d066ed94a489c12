//! A sheet of drawings taken apart into its figures.
//!
//! What is decided here and what is not: boxes, captions and the direction of captions come from
//! the ink alone, without any model. A figure is never cut through: boxes are unions of ink that
//! hangs together or lies close together, and where captions and white space disagree the sheet
//! stays whole.

mod blobs;
mod header;
mod ink;
mod rect;

pub use rect::{Rect, Turn};

use serde::Serialize;

use crate::RgbImage;
use blobs::Blobs;
use ink::Ink;

/// Most runs of ink that are looked at. A halftone photograph over a page of 8 megapixels has 1.5
/// million; what has more is noise, and would take memory without end.
const MAX_RUNS: u64 = 8_000_000;

/// What was found on a sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SheetLayout {
    /// In reading order; empty only for a sheet without ink.
    pub figures: Vec<Figure>,
}

/// One figure of a sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Figure {
    /// The box around its ink, caption not included, in pixels of the sheet.
    pub bounds: Rect,
    /// What is written under or beside it, if that could be read.
    pub caption: Option<Caption>,
}

/// A figure's caption.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Caption {
    /// As it reads, with one blank between word and number: `FIG. 4A`.
    pub text: String,
    /// The number in it.
    pub number: u32,
    /// The letter after the number.
    pub suffix: Option<char>,
    /// The box around its letters, in pixels of the sheet.
    pub bounds: Rect,
    /// The turn of the sheet that makes it upright.
    pub turn: Turn,
}

/// Takes a sheet apart. Costs a few milliseconds for a page of 300 dpi.
pub fn find(sheet: &RgbImage) -> SheetLayout {
    let (width, height) = (sheet.width(), sheet.height());
    let (samples, channels) = sheet.samples();
    let grey;
    let levels = if channels == 1 {
        samples
    } else {
        grey = luma(samples);
        &grey
    };
    let ink = Ink::dark(width, levels);
    if ink.run_count() > MAX_RUNS {
        return SheetLayout {
            figures: vec![Figure {
                bounds: Rect::whole(width, height),
                caption: None,
            }],
        };
    }
    let components = ink.components();
    let header = header::find(&components, width, height);
    let blobs = blobs::find(
        &components,
        |index| header.is_none_or(|header| !header.contains(&components.list[index].bounds)),
        width,
        height,
    );
    let bounds = drawn(&blobs, width, height);
    SheetLayout {
        figures: bounds
            .map(|bounds| Figure {
                bounds,
                caption: None,
            })
            .into_iter()
            .collect(),
    }
}

/// The box around all ink but specks: blobs smaller than a hundredth of the sheet and of the
/// largest blob's ink that lie apart from all others.
fn drawn(blobs: &Blobs, width: u32, height: u32) -> Option<Rect> {
    let side = width.max(height);
    let largest = blobs.list.iter().map(|blob| blob.pixels).max()?;
    let is_speck = |index: usize| {
        let blob = blobs.list[index];
        let gap = blobs
            .gaps
            .iter()
            .find(|gap| gap.a as usize == index || gap.b as usize == index);
        blob.bounds.long_side() * 100 < side
            && blob.pixels * 100 < largest
            && gap.is_some_and(|gap| gap.pixels * 50 > side)
    };
    (0..blobs.list.len())
        .filter(|&index| !is_speck(index))
        .map(|index| blobs.list[index].bounds)
        .reduce(|a, b| a.union(&b))
}

/// Brightness of interleaved RGB, by the weights of BT.601 in 256ths.
fn luma(rgb: &[u8]) -> Vec<u8> {
    rgb.as_chunks::<3>()
        .0
        .iter()
        .map(|&[red, green, blue]| {
            let sum = 77 * u32::from(red) + 150 * u32::from(green) + 29 * u32::from(blue);
            (sum >> 8) as u8
        })
        .collect()
}
