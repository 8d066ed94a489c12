//! A sheet of drawings taken apart into its figures.
//!
//! What is decided here and what is not: boxes, captions and the direction of captions come from
//! the ink alone, without any model. A figure is never cut through: boxes are unions of ink that
//! hangs together or lies close together, and where captions and white space disagree the sheet
//! stays whole.

mod blobs;
mod captions;
mod cut;
mod header;
mod ink;
mod kind;
mod rect;
mod regions;
mod sets;
mod split;
mod upright;

pub(crate) use cut::Outline;
pub use cut::Part;
pub use lookalike_terms::Turn;
pub use rect::Rect;
pub use upright::{PageOrientation, UprightSheet};

use serde::Serialize;

use crate::RgbImage;
use cut::Stranger;
use ink::{Components, Ink};
use split::Splitter;

/// Most runs of ink that are looked at. A halftone photograph over a page of 8 megapixels has 1.5
/// million; what has more is noise, and would take memory without end.
const MAX_RUNS: u64 = 8_000_000;

/// What was found on a sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SheetLayout {
    /// What kind of sheet it is.
    pub kind: SheetKind,
    /// By the numbers of their captions, those without from the top; empty only for a drawing
    /// without ink. No box holds another.
    pub figures: Vec<Figure>,
    /// The turn that makes the captions upright; none when there are none that could be read.
    pub turn: Option<Turn>,
    /// Ink within the box of all figures that belongs to none.
    #[serde(skip)]
    strangers: Vec<Stranger>,
    /// Width and height of the sheet in pixels.
    #[serde(skip)]
    sheet_sides: (u32, u32),
}

/// What a sheet shows, and so what its figures are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SheetKind {
    /// Dark lines on white paper: figures with captions.
    Drawing,
    /// A photo or a screenshot: regions that stand apart on a plain ground, else all of it.
    Picture,
}

/// One figure of a sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Figure {
    /// The box around its ink, caption not included, in pixels of the sheet.
    pub bounds: Rect,
    /// What is written under or beside it, if that could be read.
    pub caption: Option<Caption>,
    /// Ink within its box that belongs to something else.
    #[serde(skip)]
    strangers: Vec<Stranger>,
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

/// A sheet's ink, ready to be looked at.
struct SheetInk {
    width: u32,
    height: u32,
    ink: Ink,
    components: Components,
}

/// Takes a sheet apart. Costs a few milliseconds for a page of 300 dpi.
pub fn find(sheet: &RgbImage) -> SheetLayout {
    let (width, height) = (sheet.width(), sheet.height());
    if !kind::is_drawing(sheet) {
        let regions = regions::find(sheet);
        return plain(SheetKind::Picture, regions, (width, height));
    }
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
        let whole = vec![Rect::whole(width, height)];
        return plain(SheetKind::Drawing, whole, (width, height));
    }
    layout(&SheetInk {
        width,
        height,
        components: ink.components(),
        ink,
    })
}

/// Boxes without captions.
fn plain(kind: SheetKind, boxes: Vec<Rect>, sheet_sides: (u32, u32)) -> SheetLayout {
    let figures = boxes.into_iter().map(|bounds| Figure {
        bounds,
        caption: None,
        strangers: Vec::new(),
    });
    SheetLayout {
        kind,
        figures: figures.collect(),
        turn: None,
        strangers: Vec::new(),
        sheet_sides,
    }
}

fn layout(sheet: &SheetInk) -> SheetLayout {
    let (width, height) = (sheet.width, sheet.height);
    let list = &sheet.components.list;
    let header = header::find(&sheet.components, width, height);
    let mut is_drawing: Vec<bool> = list
        .iter()
        .map(|component| header.is_none_or(|header| !header.contains(&component.bounds)))
        .collect();
    let captions = captions_of(sheet, header);
    // Nothing else lies within their boxes: they stand alone.
    for (index, component) in list.iter().enumerate() {
        let mut boxes = captions.iter().map(|caption| caption.bounds);
        if boxes.any(|bounds| bounds.contains(&component.bounds)) {
            is_drawing[index] = false;
        }
    }
    let blobs = blobs::find(&sheet.components, |index| is_drawing[index], width, height);
    let mut groups = Splitter::new(&blobs, &captions, width.max(height)).groups();
    groups.sort_by_key(|group| {
        let caption = group.caption.map(|index| &captions[index]);
        let number = caption.map(|caption| (caption.number, caption.suffix));
        (number.is_none(), number, group.bounds.y, group.bounds.x)
    });
    let boxes: Vec<Rect> = groups.iter().map(|group| group.bounds).collect();
    let mut layout = plain(SheetKind::Drawing, boxes, (width, height));
    for (figure, group) in layout.figures.iter_mut().zip(&groups) {
        figure.caption = group.caption.map(|index| captions[index].caption());
    }
    layout.turn = captions::direction(&captions);
    let mut figure_of_blob = vec![None; blobs.list.len()];
    for (index, group) in groups.iter().enumerate() {
        for &blob in &group.blobs {
            figure_of_blob[blob as usize] = Some(index);
        }
    }
    layout.add_strangers(sheet, |run| {
        let blob = is_drawing[run.component as usize].then(|| blobs.at(run));
        blob.and_then(|blob| figure_of_blob[blob as usize])
    });
    layout
}

/// How often ink is grown by a pixel to join the letters of captions that were scanned thin or
/// screened.
const GROWN: usize = 2;

/// The captions; where none can be read, of letters whose pieces have been joined.
fn captions_of(sheet: &SheetInk, header: Option<Rect>) -> Vec<captions::Found> {
    let found = |sheet: &SheetInk| {
        captions::find(sheet, &|index| {
            let bounds = sheet.components.list[index].bounds;
            header.is_none_or(|header| header.intersection(&bounds).is_none())
        })
    };
    let mut captions = found(sheet);
    let mut ink = sheet.ink.clone();
    for _ in 0..GROWN {
        if !captions.is_empty() {
            break;
        }
        ink = ink.grown();
        captions = found(&SheetInk {
            width: sheet.width,
            height: sheet.height,
            components: ink.components(),
            ink: ink.clone(),
        });
    }
    captions
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

#[cfg(test)]
mod tests;
