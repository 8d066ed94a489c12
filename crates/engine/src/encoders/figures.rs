//! What of a picture is embedded: the whole, and of a sheet with several figures each of them too.
//!
//! Measured on real patents (`docs/evaluation.md`), whole sheets find the other sheets of a patent
//! best, but a figure that is looked for alone is found only where it has a row of its own. So the
//! first row of a sheet with several figures is the whole, and its figures follow. A sheet that is
//! one figure, and any other picture, has one row.

use lookalike_catalog::{Area, Figure, FigureDescription, Turn};
use lookalike_imaging::figures::{PageOrientation, Part, SheetKind, SheetLayout, UprightSheet};
use lookalike_imaging::{Decoded, PreprocessKind, RgbImage};

use super::Encoder;
use crate::{EngineError, ErrorKind};

/// Figures that real sheets have at most, and some. What falls into more parts is lettering or a
/// pattern, and stays whole.
const MOST_FIGURES: usize = 24;

/// A picture as people see it, with what of it is embedded.
pub(crate) struct Apart {
    /// Upright.
    pub(crate) picture: RgbImage,
    /// What it was turned by; `None` where nobody has looked.
    pub(crate) turn: Option<Turn>,
    /// At least one; the whole first.
    pub(crate) parts: Vec<PreparedPart>,
}

/// A part of a picture as the encoder takes it.
#[derive(Clone)]
pub(crate) struct PreparedPart {
    /// What is known of it.
    pub(crate) figure: Figure,
    /// Model input.
    pub(crate) input: RgbImage,
}

impl Encoder {
    /// Takes a picture apart, as it is stored. `known` is what makes it upright, where that is
    /// known; a preprocessing that does not turn pictures leaves it at that.
    ///
    /// # Errors
    /// The picture can't be brought to the model's shape.
    pub(crate) fn take_apart(
        &self,
        stored: RgbImage,
        known: Option<Turn>,
    ) -> Result<Apart, EngineError> {
        if self.preprocessor.kind() != PreprocessKind::Figure {
            let whole = PreparedPart {
                figure: Figure::default(),
                input: self.prepare(&stored)?,
            };
            return Ok(Apart {
                picture: stored.turned(known.unwrap_or_default()),
                turn: known,
                parts: vec![whole],
            });
        }
        let sheet = UprightSheet::new(stored, known);
        let parts = self.parts(&sheet)?;
        Ok(Apart {
            picture: sheet.image,
            turn: Some(sheet.turn),
            parts,
        })
    }

    /// The whole of a file's picture, as an import embeds it first.
    ///
    /// # Errors
    /// The picture can't be brought to the model's shape.
    pub(crate) fn whole(&self, decoded: Decoded) -> Result<RgbImage, EngineError> {
        let turn = decoded.page_orientation.map(PageOrientation::turn);
        match self.preprocessor.kind() {
            PreprocessKind::Figure => self.prepare(&decoded.image.turned(turn.unwrap_or_default())),
            _ => self.prepare(&decoded.image),
        }
    }

    /// What of a picture an import embeds and a search asks with: the whole, and of a sheet with
    /// several figures each of them after it. `known` is what makes the picture upright.
    ///
    /// # Errors
    /// The picture can't be brought to the model's shape.
    pub fn inputs(
        &self,
        stored: RgbImage,
        known: Option<Turn>,
    ) -> Result<Vec<RgbImage>, EngineError> {
        let apart = self.take_apart(stored, known)?;
        Ok(apart.parts.into_iter().map(|part| part.input).collect())
    }

    /// The rows of a sheet.
    pub(crate) fn parts(&self, sheet: &UprightSheet) -> Result<Vec<PreparedPart>, EngineError> {
        let layout = &sheet.layout;
        let whole = self.part(sheet, Part::Whole)?;
        let is_apart = layout.kind == SheetKind::Drawing && layout.figures.len() <= MOST_FIGURES;
        let count = if is_apart { layout.figures.len() } else { 0 };
        if count == 1 {
            // Its cut is that of the whole.
            return Ok(vec![PreparedPart {
                figure: figure_of(layout, 0).unwrap_or_default(),
                input: whole,
            }]);
        }
        let mut parts = vec![PreparedPart {
            figure: Figure {
                turn: layout.turn.unwrap_or_default(),
                ..Figure::default()
            },
            input: whole,
        }];
        for index in 0..count {
            parts.push(PreparedPart {
                figure: figure_of(layout, index).unwrap_or_default(),
                input: self.part(sheet, Part::Figure(index))?,
            });
        }
        Ok(parts)
    }

    /// A part of a sheet as the model takes it.
    pub(crate) fn part(&self, sheet: &UprightSheet, part: Part) -> Result<RgbImage, EngineError> {
        let prepared = self
            .preprocessor
            .apply_part(&sheet.image, &sheet.layout, part);
        prepared.map_err(|error| {
            EngineError::new(ErrorKind::Unprocessable, error.to_string()).because(error)
        })
    }
}

/// What there is to choose from in a picture, row by row: the figures of a drawing, or the things
/// of a photo that stand apart on a plain ground. Nothing in a photo of one thing.
pub(crate) fn choice(layout: &SheetLayout) -> Vec<(u8, Figure)> {
    let count = layout.figures.len();
    if count > MOST_FIGURES || layout.kind == SheetKind::Picture && count < 2 {
        return Vec::new();
    }
    let first = u8::from(count > 1);
    let rows = (first..=u8::MAX).zip(0..count);
    rows.filter_map(|(row, index)| Some((row, figure_of(layout, index)?)))
        .collect()
}

/// A figure of a sheet as the catalogue keeps it.
pub(crate) fn figure_of(layout: &SheetLayout, index: usize) -> Option<Figure> {
    let figure = layout.figures.get(index)?;
    let number = figure.caption.as_ref().map(|caption| {
        let suffix = caption.suffix.map(String::from).unwrap_or_default();
        format!("{}{suffix}", caption.number)
    });
    Some(Figure {
        number,
        label: figure.caption.as_ref().map(|caption| caption.text.clone()),
        view: None,
        area: Some(Area {
            x: figure.bounds.x,
            y: figure.bounds.y,
            width: figure.bounds.width,
            height: figure.bounds.height,
        }),
        turn: layout.turn.unwrap_or_default(),
    })
}

/// Adds what a grant says of a figure of that number.
pub(crate) fn describe(figure: &mut Figure, descriptions: &[FigureDescription]) {
    let Some(number) = &figure.number else {
        return;
    };
    let described = descriptions
        .iter()
        .find(|described| described.label.eq_ignore_ascii_case(number));
    figure.view = described.and_then(|described| described.view.clone());
}
