//! What a worker of an import does: decodes files, hands on their items.

use crossbeam_channel::Sender;
use lookalike_catalog::{Figure, NewItem};
use lookalike_imaging::RgbImage;
use lookalike_patents::without_page;
use lookalike_work::FileProblem;

use super::ImportRequest;
use super::commit::{NewFile, Original};
use super::described::{EmbeddedFigures, describe};
use super::in_flight::InFlight;
use super::loaded::{FileBytes, Loaded};
use super::queue::{self, Queue};
use super::writer::Outcome;
use crate::embedding_worker::{Closed, Next, Work};
use crate::{Encoder, Stores};

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
        let original = ready.original.zip(picture.into_file());
        let original = original.map(|(place, FileBytes { bytes, permit })| Original {
            place,
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
