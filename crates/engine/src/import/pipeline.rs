//! The stages of an import, their threads and the bounded channels between them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded};
use lookalike_catalog::Collection;
use lookalike_imaging::RgbImage;

use super::files::Listing;
use super::folder::{FolderPlan, Sheet};
use super::progress::ProgressFile;
use super::worker::{Prepared, Read, Worker};
use super::writer::{NewFile, Outcome, Writer};
use super::{Cancel, FileProblem, ImportReport, ImportRequest, Progress};
use crate::{Encoder, Engine, EngineError};

/// Outcomes on their way to the writer: some embeddings of a few kilobytes each.
const OUTCOMES: usize = 256;

/// Embeddings remembered for files with the same bytes that are still on their way to the
/// catalogue, such as front-page copies right behind their sheet.
const REMEMBERED: usize = 1024;

pub(super) struct Pipeline<'a> {
    pub(super) engine: &'a Engine,
    pub(super) request: &'a ImportRequest,
    pub(super) collection: &'a Collection,
    pub(super) encoder: &'a Encoder,
    pub(super) progress: &'a Progress,
    pub(super) cancel: &'a Cancel,
}

impl Pipeline<'_> {
    pub(super) fn run(&self, listing: Listing) -> Result<ImportReport, EngineError> {
        let mut writer = Writer::new(
            self.engine,
            self.collection,
            self.progress,
            ProgressFile {
                directory: &self.request.progress_dir,
                start: self.engine.now(),
            },
        );
        let workers = self.request.workers.max(1);
        let batch_size = self.request.batch_size.max(1);
        let stopped = AtomicBool::new(false);
        let (sheet_sender, sheets) = bounded::<Sheet>(2 * workers);
        // One batch waits while another is embedded.
        let (prepared_sender, prepared) = bounded::<Prepared>(batch_size);
        let (outcome_sender, outcomes) = bounded::<Outcome>(OUTCOMES);
        self.progress
            .add_total(listing.images() + listing.unreadable.len() as u64);
        let result = thread::scope(|scope| {
            let stop = || self.cancel.is_cancelled() || stopped.load(Ordering::Relaxed);
            let sender = outcome_sender.clone();
            scope.spawn(move || self.plan(listing, &sheet_sender, &sender, &stop));
            for _ in 0..workers {
                let (sheets, prepared, sender) = (
                    sheets.clone(),
                    prepared_sender.clone(),
                    outcome_sender.clone(),
                );
                scope.spawn(move || self.read(&sheets, &prepared, &sender, &stop));
            }
            let sender = outcome_sender;
            scope.spawn(move || self.embed(&prepared, batch_size, &sender, &stop));
            // The originals of what the threads got clones of: a stage must see its input
            // end when the stage before it is done.
            drop((sheets, prepared_sender));
            let result = writer.run(&outcomes);
            // After a failed commit the other stages must not wait for a reader for ever.
            stopped.store(true, Ordering::Relaxed);
            drop(outcomes);
            result
        });
        writer.finish(result, self.cancel.is_cancelled())
    }

    /// Reads grants and hands out the images. Ends early when nobody listens any more.
    fn plan(
        &self,
        listing: Listing,
        sheets: &Sender<Sheet>,
        outcomes: &Sender<Outcome>,
        stop: &dyn Fn() -> bool,
    ) {
        let send = |outcome| outcomes.send(outcome).is_ok();
        for problem in listing.unreadable {
            if !send(Outcome::Failed(problem)) {
                return;
            }
        }
        for folder in listing.folders {
            if stop() {
                return;
            }
            let images = folder.images.len();
            let plan = FolderPlan::new(&folder);
            // Grants that failed are counted with the images only now that they are known.
            let failed_images = images - plan.sheets.len();
            self.progress
                .add_total((plan.failed.len() - failed_images) as u64);
            let outcomes_of_plan = plan
                .failed
                .into_iter()
                .map(Outcome::Failed)
                .chain(plan.warnings.into_iter().map(Outcome::Warning))
                .chain(
                    plan.patents
                        .into_iter()
                        .map(|patent| Outcome::Patent(Box::new(patent))),
                );
            for outcome in outcomes_of_plan {
                if !send(outcome) {
                    return;
                }
            }
            for sheet in plan.sheets {
                if stop() || sheets.send(sheet).is_err() {
                    return;
                }
            }
        }
    }

    fn read(
        &self,
        sheets: &Receiver<Sheet>,
        prepared: &Sender<Prepared>,
        outcomes: &Sender<Outcome>,
        stop: &dyn Fn() -> bool,
    ) {
        let worker = Worker {
            engine: self.engine,
            request: self.request,
            collection: self.collection,
            encoder: self.encoder,
        };
        for sheet in sheets {
            if stop() {
                return;
            }
            let delivered = match worker.read(&sheet) {
                Ok(Read::Known) => outcomes.send(Outcome::Skipped).is_ok(),
                Ok(Read::Embedded(item)) => outcomes.send(Outcome::Known(item)).is_ok(),
                Ok(Read::Prepared(file)) => prepared.send(*file).is_ok(),
                Err(problem) => outcomes.send(Outcome::Failed(problem)).is_ok(),
            };
            if !delivered {
                return;
            }
        }
    }

    fn embed(
        &self,
        prepared: &Receiver<Prepared>,
        batch_size: usize,
        outcomes: &Sender<Outcome>,
        stop: &dyn Fn() -> bool,
    ) {
        let mut remembered: HashMap<String, Vec<f32>> = HashMap::new();
        while let Ok(first) = prepared.recv() {
            if stop() {
                return;
            }
            // What is ready makes the batch: waiting for more would leave the cores idle.
            let mut batch = vec![first];
            batch.extend(prepared.try_iter().take(batch_size - 1));
            if remembered.len() > REMEMBERED {
                remembered.clear();
            }
            for outcome in self.embed_batch(batch, &mut remembered) {
                if outcomes.send(outcome).is_err() {
                    return;
                }
            }
        }
    }

    fn embed_batch(
        &self,
        batch: Vec<Prepared>,
        remembered: &mut HashMap<String, Vec<f32>>,
    ) -> Vec<Outcome> {
        let mut new: Vec<(&str, &RgbImage)> = Vec::new();
        for file in &batch {
            let md5 = file.item.content.md5.as_str();
            if !remembered.contains_key(md5) && !new.iter().any(|(other, _)| *other == md5) {
                new.push((md5, &file.picture));
            }
        }
        let pictures: Vec<&RgbImage> = new.iter().map(|(_, picture)| *picture).collect();
        let embedded = self.encoder.embed(&pictures);
        let names = new.iter().map(|(md5, _)| (*md5).to_owned());
        let failure = match embedded {
            Ok(embeddings) => {
                let finite = |vector: &Vec<f32>| vector.iter().all(|value| value.is_finite());
                remembered.extend(names.zip(embeddings).filter(|(_, vector)| finite(vector)));
                "the encoder gave an embedding that is not finite".to_owned()
            }
            Err(error) => error.to_string(),
        };
        batch
            .into_iter()
            .map(|file| match remembered.get(&file.item.content.md5) {
                Some(embedding) => Outcome::New(Box::new(NewFile {
                    item: file.item,
                    embedding: embedding.clone(),
                    thumbnail: file.thumbnail,
                })),
                None => Outcome::Failed(FileProblem {
                    file: file.item.path.map(|path| path.path).unwrap_or_default(),
                    reason: failure.clone(),
                }),
            })
            .collect()
    }
}
