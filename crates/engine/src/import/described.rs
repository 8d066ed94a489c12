//! What is known of a picture before and after it goes through an encoder.

use std::sync::Arc;

use lookalike_catalog::{Figure, FigureDescription, NewFigure, NewItem, Turn};
use lookalike_evidence::Evidence;
use lookalike_imaging::figures::PageOrientation;
use lookalike_imaging::{Decoded, RgbImage};

use super::Originals;
use crate::pictures::make_thumbnail;
use crate::stores::OriginalPlace;
use crate::{Encoder, EngineError, encoders};

/// What is known of a sheet's picture before anybody looks at it.
#[derive(Clone, Debug, Default)]
pub(crate) struct SheetNotes {
    /// What makes it upright.
    pub(crate) turn: Option<Turn>,
    /// What its grant says of the patent's figures.
    pub(crate) figures: Arc<[FigureDescription]>,
}

/// A decoded picture that is ready to be embedded and stored.
pub(crate) struct Described {
    /// What is known of its parts.
    pub(crate) figures: Vec<Figure>,
    /// As the encoder takes them, in the same order.
    pub(crate) inputs: Vec<RgbImage>,
    /// JPEG.
    pub(crate) thumbnail: Vec<u8>,
    /// Where its copy is to lie.
    pub(crate) original: Option<OriginalPlace>,
}

/// What an encoder makes of a picture.
#[derive(Debug)]
pub(crate) struct EmbeddedFigures {
    /// At least one; the whole first.
    pub(crate) figures: Vec<NewFigure>,
    /// Of each of them.
    pub(crate) evidence: Vec<Option<Evidence>>,
}

impl EmbeddedFigures {
    /// Of figures and what was made of them, of which there are as many.
    pub(crate) fn new(figures: Vec<Figure>, described: Vec<crate::Described>) -> Self {
        let both = figures.into_iter().zip(described);
        let (figures, evidence) = both
            .map(|(figure, described)| {
                let vector = described.embedding;
                (NewFigure { figure, vector }, described.evidence)
            })
            .unzip();
        Self { figures, evidence }
    }
}

/// Fills in what a decoded picture tells of its item, and makes it ready to be embedded.
pub(crate) fn describe(
    item: &mut NewItem,
    encoder: &Encoder,
    decoded: Decoded,
    notes: &SheetNotes,
    originals: Originals,
) -> Result<Described, EngineError> {
    let original = OriginalPlace::new(
        originals,
        item.patent_id.as_deref(),
        &item.file_name,
        item.content.file_md5(),
        decoded.format,
    )?;
    let stored = decoded.page_orientation.map(PageOrientation::turn);
    let apart = encoder.take_apart(decoded.image, notes.turn.or(stored))?;
    item.content.width = apart.picture.width();
    item.content.height = apart.picture.height();
    item.content.turn = apart.turn;
    item.content.format = decoded.format.name().to_owned();
    // Of a file of pages the copy is kept before any of them is decoded, maybe in another place.
    if item.content.original_key.is_none() {
        let key = original.as_ref().map(|place| place.key.as_str().to_owned());
        item.content.original_key = key;
    }
    item.warnings = decoded.warnings;
    let (mut figures, inputs): (Vec<_>, Vec<_>) = apart
        .parts
        .into_iter()
        .map(|part| (part.figure, part.input))
        .unzip();
    for figure in &mut figures {
        encoders::describe(figure, &notes.figures);
    }
    if item.view.is_none() {
        item.view = only_view(&figures);
    }
    Ok(Described {
        figures,
        inputs,
        thumbnail: make_thumbnail(&apart.picture)?,
        original,
    })
}

/// The view that a sheet's figures show, where they show one.
fn only_view(figures: &[Figure]) -> Option<String> {
    let mut views = figures.iter().filter_map(|figure| figure.view.as_ref());
    let first = views.next()?;
    views.all(|view| view == first).then(|| first.clone())
}
