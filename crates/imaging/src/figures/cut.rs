//! A figure cut out of its sheet, with nothing else on it.
//!
//! The box of a figure may hold a caption, a speck or a corner of the figure beside it. Their ink
//! is known run by run, and made white; what belongs to the figure stays as it is, pixel by pixel.

use super::Turn;
use super::ink::Run;
use super::rect::Rect;
use super::{SheetInk, SheetKind, SheetLayout};
use crate::RgbImage;

/// White around a figure: this part of the longer side of its box, rounded up.
const MARGIN_PART: u32 = 20;

/// What is cut out of a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// All figures together, without captions, header line and specks.
    Whole,
    /// The figure of this index in [`SheetLayout::figures`].
    Figure(usize),
}

/// A part of a sheet with its margin, in pixels of the turned sheet; it may reach beyond it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Outline {
    pub(crate) turn: Turn,
    pub(crate) x: i64,
    pub(crate) y: i64,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

/// Ink within a figure's box that does not belong to it: columns `start .. end` of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stranger {
    pub(super) row: u32,
    pub(super) start: u32,
    pub(super) end: u32,
}

/// The box of a figure and the white around it, as far as the sheet reaches.
pub(super) fn with_margin(bounds: Rect, width: u32, height: u32) -> Rect {
    bounds.grown(margin(bounds), width, height)
}

fn margin(bounds: Rect) -> u32 {
    bounds.long_side().div_ceil(MARGIN_PART)
}

impl SheetLayout {
    /// A part of `sheet`, upright as far as captions tell, with a margin of white of a twentieth
    /// of its longer side. Of a picture that is not a drawing the whole is the picture itself, and a
    /// region has no margin. `sheet` must be the one that the layout is of.
    ///
    /// None for a figure that the layout does not have.
    pub fn cut(&self, sheet: &RgbImage, part: Part) -> Option<RgbImage> {
        match (self.kind, part) {
            (SheetKind::Drawing, Part::Whole) => match self.bounds() {
                Some(bounds) => self.on_white(sheet, bounds, &self.strangers),
                None => Some(sheet.clone()),
            },
            (SheetKind::Drawing, Part::Figure(index)) => {
                let figure = self.figures.get(index)?;
                self.on_white(sheet, figure.bounds, &figure.strangers)
            }
            (SheetKind::Picture, Part::Whole) => Some(sheet.clone()),
            (SheetKind::Picture, Part::Figure(index)) => {
                let area = self.figures.get(index)?.bounds;
                sheet.crop(area.x, area.y, area.width, area.height)
            }
        }
    }

    fn on_white(&self, sheet: &RgbImage, bounds: Rect, strangers: &[Stranger]) -> Option<RgbImage> {
        let cut = on_white(sheet, bounds, strangers)?;
        Some(cut.turned(self.turn.unwrap_or_default()))
    }

    /// What [`SheetLayout::cut`] cuts out of a drawing; none of a picture, of a drawing without ink
    /// and for a figure that the layout does not have.
    pub(crate) fn outline(&self, part: Part) -> Option<Outline> {
        let bounds = match (self.kind, part) {
            (SheetKind::Picture, _) => None,
            (SheetKind::Drawing, Part::Whole) => self.bounds(),
            (SheetKind::Drawing, Part::Figure(index)) => {
                self.figures.get(index).map(|figure| figure.bounds)
            }
        }?;
        let turn = self.turn.unwrap_or_default();
        let margin = margin(bounds);
        let (width, height) = self.sheet_sides;
        let turned = bounds.turned(turn, width, height);
        Some(Outline {
            turn,
            x: i64::from(turned.x) - i64::from(margin),
            y: i64::from(turned.y) - i64::from(margin),
            width: turned.width + 2 * margin,
            height: turned.height + 2 * margin,
        })
    }

    /// Notes the runs of ink within each box that belong to another figure or to none, as `owner`
    /// says.
    pub(super) fn add_strangers(
        &mut self,
        sheet: &SheetInk,
        owner: impl Fn(&Run) -> Option<usize>,
    ) {
        let Some(whole) = self.bounds() else {
            return;
        };
        let whole = with_margin(whole, sheet.width, sheet.height);
        let areas: Vec<Rect> = self
            .figures
            .iter()
            .map(|figure| with_margin(figure.bounds, sheet.width, sheet.height))
            .collect();
        for run in &sheet.components.runs {
            let owner = owner(run);
            if owner == Some(0) && areas.len() == 1 {
                continue;
            }
            let bounds = run.bounds();
            let stranger = Stranger {
                row: run.row,
                start: run.start,
                end: run.end,
            };
            for (index, area) in areas.iter().enumerate() {
                if owner != Some(index) && area.intersection(&bounds).is_some() {
                    self.figures[index].strangers.push(stranger);
                }
            }
            if owner.is_none() && whole.intersection(&bounds).is_some() {
                self.strangers.push(stranger);
            }
        }
    }

    /// The box around all figures.
    pub fn bounds(&self) -> Option<Rect> {
        let boxes = self.figures.iter().map(|figure| figure.bounds);
        boxes.reduce(|a, b| a.union(&b))
    }
}

/// The pixels of a box with white around, strangers made white.
fn on_white(sheet: &RgbImage, bounds: Rect, strangers: &[Stranger]) -> Option<RgbImage> {
    let (width, height) = (sheet.width(), sheet.height());
    let area = with_margin(bounds, width, height);
    let cut = sheet.crop(area.x, area.y, area.width, area.height)?;
    let (samples, channels) = cut.samples();
    let margin = margin(bounds);
    // What the sheet does not have of the margin is white.
    let (left, top) = (area.x + margin - bounds.x, area.y + margin - bounds.y);
    let (full_width, full_height) = (bounds.width + 2 * margin, bounds.height + 2 * margin);
    let stride = full_width as usize * channels;
    let mut canvas = vec![255; stride * full_height as usize];
    for (row, source) in samples
        .chunks_exact(area.width as usize * channels)
        .enumerate()
    {
        let start = (top as usize + row) * stride + left as usize * channels;
        canvas[start..start + source.len()].copy_from_slice(source);
    }
    for stranger in strangers {
        // One pixel more on every side: the grey edge of ink that was scaled.
        let run = Rect {
            x: stranger.start,
            y: stranger.row,
            width: stranger.end - stranger.start,
            height: 1,
        };
        let Some(gone) = run.grown(1, width, height).intersection(&area) else {
            continue;
        };
        for row in gone.y..gone.bottom() {
            let start = (row - area.y + top) as usize * stride
                + (gone.x - area.x + left) as usize * channels;
            canvas[start..start + gone.width as usize * channels].fill(255);
        }
    }
    RgbImage::from_samples(full_width, full_height, channels, canvas)
}
