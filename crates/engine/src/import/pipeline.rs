//! The stages of an import, their threads and the bounded channels between them.
//!
//! Memory: pixels being decoded are bounded by the engine's budget, bytes of files by
//! [`BYTES_IN_FLIGHT`], and of everything else there are at most some hundred, whatever the
//! number of files. Only the names in one folder at a time are held.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded};
use lookalike_catalog::Collection;
use lookalike_imaging::PixelBudget;

use super::folder::{FolderPlan, Sheet};
use super::in_flight::InFlight;
use super::listing::{Folder, Listing};
use super::progress::ProgressFile;
use super::queue::Queue;
use super::reader::{Loaded, Read, Reader};
use super::worker::Worker;
use super::writer::{Outcome, Writer};
use super::{Control, ImportReport, ImportRequest};
use crate::{Encoder, EngineError, Stores, embedding_worker};

/// Bytes of files that were read and not yet decoded, or wait to be copied.
const BYTES_IN_FLIGHT: u64 = 128 << 20;

/// Threads that read. They wait more than they work: disks and networks answer several
/// questions at a time.
const READERS: usize = 4;

/// Files read ahead for each worker.
const READ_AHEAD: usize = 8;

/// Outcomes on their way to the writer: some embeddings and thumbnails of some kilobytes each.
const OUTCOMES: usize = 256;

pub(super) struct Pipeline<'a> {
    pub(super) stores: &'a Stores,
    pub(super) request: &'a ImportRequest,
    pub(super) collection: &'a Collection,
    pub(super) encoder: &'a Encoder,
    pub(super) control: &'a Control,
}

impl Pipeline<'_> {
    pub(super) fn run(&self, listing: &Listing) -> Result<ImportReport, EngineError> {
        self.control.progress.start();
        let mut writer = Writer::new(
            self.stores,
            self.collection,
            self.control,
            ProgressFile {
                directory: &self.request.data_dir,
                start: self.stores.now(),
            },
        );
        let workers = self.encoder.model().device().lanes().get();
        let stopped = AtomicBool::new(false);
        let in_flight = InFlight::default();
        let budget = PixelBudget::new(BYTES_IN_FLIGHT);
        let (sheet_sender, sheets) = bounded::<Sheet>(2 * READERS);
        let (file_sender, files) = bounded::<Loaded>(READ_AHEAD * workers);
        let (outcome_sender, outcomes) = bounded::<Outcome>(OUTCOMES);
        let result = thread::scope(|scope| {
            let stop = || self.control.cancel.is_cancelled() || stopped.load(Ordering::Relaxed);
            scope.spawn(move || {
                listing.count(&stop, |count| self.control.progress.add_total(count));
            });
            let sender = outcome_sender.clone();
            scope.spawn(move || self.plan(listing, &sheet_sender, &sender, &stop));
            let reader = Reader {
                stores: self.stores,
                request: self.request,
                collection: self.collection,
                in_flight: &in_flight,
                budget: &budget,
            };
            for _ in 0..READERS {
                let (sheets, files, sender) =
                    (sheets.clone(), file_sender.clone(), outcome_sender.clone());
                scope.spawn(move || read(&reader, &sheets, &files, &sender, &stop));
            }
            let mut working = Vec::new();
            for _ in 0..workers {
                let (files, sender, in_flight) =
                    (files.clone(), outcome_sender.clone(), &in_flight);
                working.push(scope.spawn(move || {
                    let queue = Queue::new(&files, self.stores.budget(), self.stores.limits());
                    let mut worker = Worker {
                        stores: self.stores,
                        request: self.request,
                        encoder: self.encoder,
                        in_flight,
                        outcomes: &sender,
                        queue,
                    };
                    let batch_size = self.request.batch_size;
                    embedding_worker::run(&mut worker, self.encoder, batch_size, &stop)
                }));
            }
            // The originals of what the threads got clones of: a stage must see its input
            // end when the stage before it is done.
            drop((sheets, file_sender, files, outcome_sender));
            let mut result = writer.run(&outcomes);
            // After a failed commit the other stages must not wait for a reader forever.
            stopped.store(true, Ordering::Relaxed);
            drop(outcomes);
            for worker in working {
                match worker.join() {
                    Ok(worked) => result = result.and(worked),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            result
        });
        writer.finish(result)
    }

    /// Reads grants and hands out the images. Ends early when nobody listens any more.
    fn plan(
        &self,
        listing: &Listing,
        sheets: &Sender<Sheet>,
        outcomes: &Sender<Outcome>,
        stop: &dyn Fn() -> bool,
    ) {
        for found in listing.folders() {
            let delivered = match found {
                _ if stop() => false,
                Ok(folder) => self.plan_folder(folder, sheets, outcomes, stop),
                Err(problem) => outcomes.send(Outcome::Failed(problem)).is_ok(),
            };
            if !delivered {
                return;
            }
        }
    }

    fn plan_folder(
        &self,
        folder: Folder,
        sheets: &Sender<Sheet>,
        outcomes: &Sender<Outcome>,
        stop: &dyn Fn() -> bool,
    ) -> bool {
        let mut plan = FolderPlan::new(&folder);
        // Grants that failed are counted with the images only now that they are known.
        self.control.progress.add_total(plan.failed.len() as u64);
        let failed = plan.failed.drain(..).map(Outcome::Failed);
        let warnings = plan.warnings.drain(..).map(Outcome::Warning);
        let patents = plan.patents.drain(..);
        let patents = patents.map(|patent| Outcome::Patent(Box::new(patent)));
        if !failed
            .chain(warnings)
            .chain(patents)
            .all(|outcome| outcomes.send(outcome).is_ok())
        {
            return false;
        }
        let mut notes = folder.notes.into_iter();
        folder.files.images.into_iter().all(|image| {
            let notes = notes.next().unwrap_or_default();
            !stop()
                && match plan.sheet(image, notes) {
                    Ok(sheet) => sheets.send(sheet).is_ok(),
                    Err(problem) => outcomes.send(Outcome::Failed(problem)).is_ok(),
                }
        })
    }
}

fn read(
    reader: &Reader<'_>,
    sheets: &Receiver<Sheet>,
    files: &Sender<Loaded>,
    outcomes: &Sender<Outcome>,
    stop: &dyn Fn() -> bool,
) {
    for sheet in sheets {
        let delivered = match reader.read(sheet) {
            _ if stop() => false,
            Ok(Read::Attached) => true,
            Ok(Read::Known) => outcomes.send(Outcome::Skipped).is_ok(),
            Ok(Read::Described(path, facts)) => {
                outcomes.send(Outcome::Described(path, facts)).is_ok()
            }
            Ok(Read::Embedded(item, gone)) => {
                gone.into_iter()
                    .all(|path| outcomes.send(Outcome::Gone(path)).is_ok())
                    && outcomes.send(Outcome::Known(item)).is_ok()
            }
            Ok(Read::Loaded(file)) => files.send(*file).is_ok(),
            Err(problem) => outcomes.send(Outcome::Failed(problem)).is_ok(),
        };
        if !delivered {
            return;
        }
    }
}
