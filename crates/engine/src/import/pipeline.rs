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
use lookalike_work::FileProblem;

use super::folder::Sheet;
use super::in_flight::InFlight;
use super::listing::Listing;
use super::loaded::Loaded;
use super::planner::Planner;
use super::progress::ProgressFile;
use super::queue::Queue;
use super::reader::{Read, Reader};
use super::sheets_found::SheetsFound;
use super::worker::Worker;
use super::writer::{Outcome, Writer};
use super::{Control, ImportReport, ImportRequest};
use crate::{DeviceInUse, Encoder, EngineError, Stores, embedding_worker};

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
        let sheets_found = SheetsFound::default();
        let told_deleted = AtomicBool::new(false);
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
            let planner = Planner {
                pipeline: self,
                sheets: sheet_sender,
                outcomes: sender,
                sheets_found: &sheets_found,
            };
            scope.spawn(move || planner.plan(listing, &stop));
            let reader = Reader {
                stores: self.stores,
                request: self.request,
                collection: self.collection,
                in_flight: &in_flight,
                budget: &budget,
                sheets_found: &sheets_found,
                told_deleted: &told_deleted,
            };
            for _ in 0..READERS {
                let (sheets, files, sender) =
                    (sheets.clone(), file_sender.clone(), outcome_sender.clone());
                scope.spawn(move || self.read(&reader, &sheets, &files, &sender, &stop));
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
        let mut report = writer.finish(result)?;
        let device = DeviceInUse::of(self.encoder.model());
        for note in &device.notes {
            tracing::warn!("{note}");
        }
        report.device = Some(device);
        Ok(report)
    }

    /// Reads what the planner hands out. Ends early when nobody listens any more.
    fn read(
        &self,
        reader: &Reader<'_>,
        sheets: &Receiver<Sheet>,
        files: &Sender<Loaded>,
        outcomes: &Sender<Outcome>,
        stop: &dyn Fn() -> bool,
    ) {
        let send = |outcome| outcomes.send(outcome).is_ok();
        for sheet in sheets {
            let path = sheet.file.path();
            let problem = |reason| FileProblem {
                file: path.clone(),
                reason,
            };
            let delivered = reader.read(sheet, &mut |read| match read {
                _ if stop() => false,
                Ok(Read::Attached) => true,
                Ok(Read::Pages(count)) => {
                    self.control.progress.add_total(u64::from(count) - 1);
                    true
                }
                Ok(Read::Known(count)) => (0..count).all(|_| send(Outcome::Skipped)),
                Ok(Read::Described(path, facts)) => send(Outcome::Described(path, facts)),
                Ok(Read::Embedded(item, gone)) => {
                    gone.into_iter().all(|path| send(Outcome::Gone(path)))
                        && send(Outcome::Known(item))
                }
                Ok(Read::Loaded(file)) => files.send(*file).is_ok(),
                Ok(Read::Patent(facts)) => send(Outcome::PatentOfPdf(facts)),
                Ok(Read::PassedOver(reason)) => {
                    send(Outcome::Warning(problem(reason))) && send(Outcome::Skipped)
                }
                Ok(Read::Warning(reason)) => send(Outcome::Warning(problem(reason))),
                Ok(Read::Gone(path)) => send(Outcome::Gone(path)),
                Err(problem) => send(Outcome::Failed(problem)),
            });
            if !delivered {
                return;
            }
        }
    }
}
