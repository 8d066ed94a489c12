//! Decodes, preprocesses and embeds: what takes the time of an import.
//!
//! There is a worker for each core, and it does all of this on its own thread, a few pictures
//! at a time. Spreading each forward pass over all cores would make them wait for each other
//! at every layer while other threads decode; this way no core ever waits for another.

use std::collections::VecDeque;

use crossbeam_channel::{Receiver, Sender};
use lookalike_catalog::NewItem;
use lookalike_encoders::SingleThread;
use lookalike_imaging::{DecodeOptions, Decoded, RgbImage, decode};
use lookalike_storage::blob::BlobKey;

use super::commit::{NewFile, Original};
use super::in_flight::InFlight;
use super::queue::{Next, Queue, Turn};
use super::reader::Loaded;
use super::writer::Outcome;
use super::{FileProblem, ImportRequest, Originals};
use crate::encoders::embedding_thread;
use crate::pictures::make_thumbnail;
use crate::stores::original_key;
use crate::{Encoder, EngineError, Stores};

/// What every picture is computed with.
#[derive(Clone, Copy)]
pub(super) struct Worker<'a> {
    pub(super) stores: &'a Stores,
    pub(super) request: &'a ImportRequest,
    pub(super) encoder: &'a Encoder,
    pub(super) in_flight: &'a InFlight,
    pub(super) outcomes: &'a Sender<Outcome>,
}

/// A decoded file on its way through the encoder.
struct Prepared {
    item: Box<NewItem>,
    picture: RgbImage,
    /// JPEG.
    thumbnail: Vec<u8>,
    original: Option<Original>,
}

impl Worker<'_> {
    /// Works until all files are done, nobody takes outcomes any more, or `stop` says so.
    ///
    /// # Errors
    /// The system gives no thread.
    pub(super) fn run(
        &self,
        files: &Receiver<Loaded>,
        stop: &(dyn Fn() -> bool + Sync),
    ) -> Result<(), EngineError> {
        let thread = embedding_thread()?;
        thread.run(|| self.work(&thread, files, stop));
        Ok(())
    }

    fn work(&self, thread: &SingleThread, files: &Receiver<Loaded>, stop: &dyn Fn() -> bool) {
        let batch_size = match self.request.batch_size {
            0 => self.encoder.default_batch_size(),
            size => size,
        };
        let mut batch = Vec::with_capacity(batch_size);
        let mut queue = Queue {
            files,
            postponed: VecDeque::new(),
            budget: self.stores.budget(),
            limits: self.stores.limits(),
        };
        while !stop() {
            let next = match queue.next(batch.is_empty()) {
                Next::File(file) => Some(file),
                Next::Pause => None,
                Next::End => return,
            };
            let more = next.is_some();
            let delivered = match next.map(|file| self.prepare(file)) {
                Some(Ok(prepared)) => {
                    batch.push(prepared);
                    true
                }
                Some(Err((item, reason))) => self.fail(item, &reason),
                None => true,
            };
            let full = batch.len() >= batch_size || !more;
            if !delivered || (full && !self.embed(thread, std::mem::take(&mut batch))) {
                return;
            }
        }
    }

    fn prepare(&self, turn: Turn) -> Result<Prepared, (Box<NewItem>, String)> {
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
        match ready {
            Ok((picture, thumbnail, key)) => Ok(Prepared {
                item,
                picture,
                thumbnail,
                original: key.map(|key| Original {
                    key,
                    bytes,
                    _permit: Some(permit),
                }),
            }),
            Err(error) => Err((item, error.to_string())),
        }
    }

    /// False when nobody takes outcomes any more.
    fn embed(&self, thread: &SingleThread, batch: Vec<Prepared>) -> bool {
        let pictures: Vec<&RgbImage> = batch.iter().map(|file| &file.picture).collect();
        let embeddings: Vec<Result<Vec<f32>, String>> =
            match self.encoder.embed_on(thread, &pictures) {
                Ok(embeddings) => embeddings.into_iter().map(finite).collect(),
                Err(error) => vec![Err(error.to_string()); batch.len()],
            };
        batch
            .into_iter()
            .zip(embeddings)
            .all(|(file, embedding)| match embedding {
                Ok(embedding) => self.finish(file, embedding),
                Err(reason) => self.fail(file.item, &reason),
            })
    }

    fn finish(&self, file: Prepared, embedding: Vec<f32>) -> bool {
        let content = file.item.content.clone();
        let outcome = Outcome::New(Box::new(NewFile {
            item: file.item,
            embedding,
            thumbnail: file.thumbnail,
            original: file.original,
        }));
        let send = || self.outcomes.send(outcome).is_ok();
        let (sent, waiting) = self.in_flight.finish(&content, send);
        sent && waiting
            .into_iter()
            .all(|item| self.outcomes.send(Outcome::Known(Box::new(item))).is_ok())
    }

    /// Reports the file and those that waited for it.
    fn fail(&self, item: Box<NewItem>, reason: &str) -> bool {
        let waiting = self.in_flight.fail(&item.content.md5);
        std::iter::once(*item).chain(waiting).all(|item| {
            let problem = FileProblem {
                file: item.path.map(|path| path.path).unwrap_or_default(),
                reason: reason.to_owned(),
            };
            self.outcomes.send(Outcome::Failed(problem)).is_ok()
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

pub(crate) fn finite(embedding: Vec<f32>) -> Result<Vec<f32>, String> {
    match embedding.iter().all(|value| value.is_finite()) {
        true => Ok(embedding),
        false => Err("the encoder gave an embedding that is not finite".to_owned()),
    }
}
