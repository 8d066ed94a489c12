//! What a worker of an import does: decodes files, hands on their items.

use std::sync::Arc;

use crossbeam_channel::Sender;
use lookalike_catalog::{Figure, FigureDescription, NewFigure, NewItem, Turn};
use lookalike_evidence::Evidence;
use lookalike_imaging::figures::PageOrientation;
use lookalike_imaging::{Decoded, RgbImage};
use lookalike_patents::without_page;
use lookalike_storage::blob::BlobKey;
use lookalike_work::FileProblem;

use super::commit::{NewFile, Original};
use super::in_flight::InFlight;
use super::loaded::{FileBytes, Loaded};
use super::queue::{self, Queue};
use super::writer::Outcome;
use super::{ImportRequest, Originals};
use crate::embedding_worker::{Closed, Next, Work};
use crate::pictures::make_thumbnail;
use crate::stores::original_key;
use crate::{Encoder, EngineError, Stores, encoders};

/// What every picture is computed with.
pub(super) struct Worker<'a> {
    pub(super) stores: &'a Stores,
    pub(super) request: &'a ImportRequest,
    pub(super) encoder: &'a Encoder,
    pub(super) in_flight: &'a InFlight,
    pub(super) outcomes: &'a Sender<Outcome>,
    pub(super) queue: Queue<'a>,
}

/// A decoded file whose picture is at the encoder.
pub(super) struct Prepared {
    item: Box<NewItem>,
    /// Their embeddings are at the encoder.
    figures: Vec<Figure>,
    /// JPEG.
    thumbnail: Vec<u8>,
    original: Option<Original>,
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
    pub(crate) original_key: Option<BlobKey>,
}

/// What is known of a sheet's picture before anybody looks at it.
#[derive(Clone, Debug, Default)]
pub(crate) struct SheetNotes {
    /// What makes it upright.
    pub(crate) turn: Option<Turn>,
    /// What its grant says of the patent's figures.
    pub(crate) figures: Arc<[FigureDescription]>,
}

impl Work for Worker<'_> {
    type Task = queue::Turn;
    type Kept = Prepared;

    fn next(&mut self, gathered: usize) -> Next<queue::Turn> {
        self.queue.next(gathered)
    }

    fn prepare(&mut self, turn: queue::Turn) -> Result<Option<(Prepared, Vec<RgbImage>)>, Closed> {
        // The permit for the pixels is held until only the small picture is left.
        let queue::Turn {
            file:
                Loaded {
                    mut item,
                    mut notes,
                    picture,
                },
            pixels: _pixels,
        } = turn;
        let ready = picture.decode(self.stores.limits()).and_then(|decoded| {
            notes.turn = self.stores.turn_of(&item.content.md5)?.or(notes.turn);
            describe(
                &mut item,
                self.encoder,
                decoded,
                &notes,
                self.request.originals,
            )
        });
        let ready = match ready {
            Ok(ready) => ready,
            Err(error) => return self.fail(item, &error.to_string()).map(|()| None),
        };
        let original = ready.original_key.zip(picture.into_file());
        let original = original.map(|(key, FileBytes { bytes, permit })| Original {
            key,
            bytes,
            _permit: Some(permit),
        });
        let prepared = Prepared {
            item,
            figures: ready.figures,
            thumbnail: ready.thumbnail,
            original,
        };
        Ok(Some((prepared, ready.inputs)))
    }

    fn finish(
        &mut self,
        file: Prepared,
        described: Result<Vec<crate::Described>, String>,
    ) -> Result<(), Closed> {
        let described = match described {
            Ok(described) => described,
            Err(reason) => return self.fail(file.item, &reason),
        };
        let content = file.item.content.clone();
        let outcome = Outcome::New(Box::new(NewFile {
            item: file.item,
            figures: Some(EmbeddedFigures::new(file.figures, described)),
            thumbnail: file.thumbnail,
            original: file.original,
        }));
        let (sent, waiting) = self.in_flight.finish(&content, || self.send(outcome));
        sent?;
        waiting
            .into_iter()
            .try_for_each(|item| self.send(Outcome::Known(Box::new(item))))
    }
}

impl Worker<'_> {
    fn send(&self, outcome: Outcome) -> Result<(), Closed> {
        self.outcomes.send(outcome).map_err(|_| Closed)
    }

    /// Reports the file and those that waited for it.
    fn fail(&self, item: Box<NewItem>, reason: &str) -> Result<(), Closed> {
        let waiting = self.in_flight.fail(&item.content.md5);
        std::iter::once(*item).chain(waiting).try_for_each(|item| {
            let path = item.path.map(|path| path.path).unwrap_or_default();
            self.send(Outcome::Failed(FileProblem {
                file: without_page(&path).to_owned(),
                reason: match &item.content.page {
                    Some(page) => format!("page {}: {reason}", page.number),
                    None => reason.to_owned(),
                },
            }))
        })
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
    let original_key = match originals {
        Originals::Reference => None,
        Originals::Copy => Some(original_key(item.content.file_md5(), decoded.format)?),
    };
    let stored = decoded.page_orientation.map(PageOrientation::turn);
    let apart = encoder.take_apart(decoded.image, notes.turn.or(stored))?;
    item.content.width = apart.picture.width();
    item.content.height = apart.picture.height();
    item.content.turn = apart.turn;
    item.content.format = decoded.format.name().to_owned();
    item.content.original_key = original_key.as_ref().map(|key| key.as_str().to_owned());
    item.warnings = decoded.warnings;
    let (mut figures, inputs): (Vec<_>, Vec<_>) = apart
        .parts
        .into_iter()
        .map(|part| (part.figure, part.input))
        .unzip();
    for figure in &mut figures {
        encoders::describe(figure, &notes.figures);
    }
    Ok(Described {
        figures,
        inputs,
        thumbnail: make_thumbnail(&apart.picture)?,
        original_key,
    })
}

/// What an encoder makes of a picture.
#[derive(Debug)]
pub(crate) struct EmbeddedFigures {
    /// At least one; the whole first.
    pub(crate) figures: Vec<NewFigure>,
    /// That of the whole.
    pub(crate) evidence: Option<Evidence>,
}

impl EmbeddedFigures {
    /// Of figures and what was made of them, of which there are as many.
    pub(crate) fn new(figures: Vec<Figure>, described: Vec<crate::Described>) -> Self {
        let mut evidence = None;
        let both = figures.into_iter().zip(described).enumerate();
        let figures = both.map(|(index, (figure, described))| {
            if index == 0 {
                evidence = described.evidence;
            }
            NewFigure {
                figure,
                vector: described.embedding,
            }
        });
        Self {
            figures: figures.collect(),
            evidence,
        }
    }
}
