//! What a worker of an import does: decodes files, hands on their items.

use crossbeam_channel::Sender;
use lookalike_catalog::NewItem;
use lookalike_imaging::{DecodeOptions, Decoded, RgbImage, decode};
use lookalike_storage::blob::BlobKey;
use lookalike_work::FileProblem;

use super::commit::{NewFile, Original};
use super::in_flight::InFlight;
use super::queue::{Queue, Turn};
use super::reader::Loaded;
use super::writer::Outcome;
use super::{ImportRequest, Originals};
use crate::embedding_worker::{Closed, Next, Work};
use crate::pictures::make_thumbnail;
use crate::stores::original_key;
use crate::{Encoder, EngineError, Stores};

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
    /// JPEG.
    thumbnail: Vec<u8>,
    original: Option<Original>,
}

impl Work for Worker<'_> {
    type Task = Turn;
    type Kept = Prepared;

    fn next(&mut self, gathered: usize) -> Next<Turn> {
        self.queue.next(gathered)
    }

    fn prepare(&mut self, turn: Turn) -> Result<Option<(Prepared, RgbImage)>, Closed> {
        // The permit for the pixels is held until only the small picture is left.
        let Turn {
            file:
                Loaded {
                    mut item,
                    bytes,
                    permit,
                },
            pixels: _pixels,
        } = turn;
        let options = DecodeOptions {
            limits: self.stores.limits().clone(),
            ..DecodeOptions::default()
        };
        let ready = decode(&bytes, &options)
            .map_err(EngineError::from)
            .and_then(|decoded| describe(&mut item, self.encoder, decoded, self.request.originals));
        let (picture, thumbnail, key) = match ready {
            Ok(ready) => ready,
            Err(error) => return self.fail(item, &error.to_string()).map(|()| None),
        };
        let original = key.map(|key| Original {
            key,
            bytes,
            _permit: Some(permit),
        });
        let prepared = Prepared {
            item,
            thumbnail,
            original,
        };
        Ok(Some((prepared, picture)))
    }

    fn finish(
        &mut self,
        file: Prepared,
        embedding: Result<Vec<f32>, String>,
    ) -> Result<(), Closed> {
        let embedding = match embedding {
            Ok(embedding) => embedding,
            Err(reason) => return self.fail(file.item, &reason),
        };
        let content = file.item.content.clone();
        let outcome = Outcome::New(Box::new(NewFile {
            item: file.item,
            embedding,
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
            self.send(Outcome::Failed(FileProblem {
                file: item.path.map(|path| path.path).unwrap_or_default(),
                reason: reason.to_owned(),
            }))
        })
    }
}

/// Fills in what a decoded picture tells of its item; the picture as the encoder takes it, its
/// thumbnail, and where its copy is to lie.
pub(crate) fn describe(
    item: &mut NewItem,
    encoder: &Encoder,
    decoded: Decoded,
    originals: Originals,
) -> Result<(RgbImage, Vec<u8>, Option<BlobKey>), EngineError> {
    let key = match originals {
        Originals::Reference => None,
        Originals::Copy => Some(original_key(&item.content.md5, decoded.format)?),
    };
    item.content.width = decoded.image.width();
    item.content.height = decoded.image.height();
    item.content.format = decoded.format.name().to_owned();
    item.content.original_key = key.as_ref().map(|key| key.as_str().to_owned());
    item.warnings = decoded.warnings;
    Ok((
        encoder.prepare(&decoded.image)?,
        make_thumbnail(&decoded.image)?,
        key,
    ))
}
