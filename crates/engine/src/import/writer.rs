//! Commits what the other stages bring, and keeps the books.

use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError};
use lookalike_catalog::{Collection, NewItem, Patent, Placed};
use lookalike_storage::blob::BlobKey;

use super::progress::{Progress, ProgressFile, Status, per_second};
use super::{FileProblem, ImportReport};
use crate::pictures::thumbnail_key;
use crate::{Engine, EngineError};

/// Items in one transaction. A commit costs about a millisecond: far less than embedding
/// this many, and this many are embedded again after a kill.
const COMMIT_ITEMS: usize = 64;

/// How long finished items wait at most for their commit.
const COMMIT_INTERVAL: Duration = Duration::from_millis(500);

/// How often the progress file is replaced.
const PROGRESS_INTERVAL: Duration = Duration::from_secs(1);

/// Warnings kept for the report. Every item keeps its own; of an archive with a million
/// oddities the first ten thousand will do.
const MAX_WARNINGS: usize = 10_000;

/// What the other stages report.
#[derive(Debug)]
pub(super) enum Outcome {
    Patent(Box<Patent>),
    /// A file whose bytes the collection has an embedding of.
    Known(Box<NewItem>),
    New(Box<NewFile>),
    Skipped,
    Failed(FileProblem),
    Warning(FileProblem),
}

/// An embedded file.
#[derive(Debug)]
pub(super) struct NewFile {
    pub(super) item: NewItem,
    pub(super) embedding: Vec<f32>,
    /// JPEG.
    pub(super) thumbnail: Vec<u8>,
}

pub(super) struct Writer<'a> {
    engine: &'a Engine,
    collection: &'a Collection,
    progress: &'a Progress,
    file: ProgressFile<'a>,
    patents: Vec<Patent>,
    items: Vec<(NewItem, Option<Vec<f32>>)>,
    thumbnails: Vec<(BlobKey, Vec<u8>)>,
    report: ImportReport,
    batches: u64,
    start: Instant,
}

impl<'a> Writer<'a> {
    pub(super) fn new(
        engine: &'a Engine,
        collection: &'a Collection,
        progress: &'a Progress,
        file: ProgressFile<'a>,
    ) -> Self {
        Self {
            engine,
            collection,
            progress,
            file,
            patents: Vec::new(),
            items: Vec::new(),
            thumbnails: Vec::new(),
            report: ImportReport::default(),
            batches: 0,
            start: Instant::now(),
        }
    }

    /// Takes outcomes until all senders are gone.
    pub(super) fn run(&mut self, outcomes: &Receiver<Outcome>) -> Result<(), EngineError> {
        let mut last_commit = Instant::now();
        let mut last_progress = Instant::now();
        self.write_progress(Status::Running);
        loop {
            let open = match outcomes.recv_timeout(COMMIT_INTERVAL) {
                Ok(outcome) => {
                    self.take(outcome)?;
                    true
                }
                Err(RecvTimeoutError::Timeout) => true,
                Err(RecvTimeoutError::Disconnected) => false,
            };
            let full = self.items.len() + self.patents.len() >= COMMIT_ITEMS;
            if full || !open || last_commit.elapsed() >= COMMIT_INTERVAL {
                self.commit()?;
                last_commit = Instant::now();
            }
            if last_progress.elapsed() >= PROGRESS_INTERVAL {
                self.write_progress(Status::Running);
                last_progress = Instant::now();
            }
            if !open {
                return Ok(());
            }
        }
    }

    /// The report, after the last commit.
    pub(super) fn finish(
        mut self,
        result: Result<(), EngineError>,
        cancelled: bool,
    ) -> Result<ImportReport, EngineError> {
        let status = match (&result, cancelled) {
            (Err(_), _) => Status::Failed,
            (Ok(()), true) => Status::Cancelled,
            (Ok(()), false) => Status::Completed,
        };
        self.write_progress(status);
        result?;
        let counts = self.progress.snapshot();
        let elapsed = self.start.elapsed();
        self.report.total = counts.total;
        self.report.imported = counts.imported;
        self.report.skipped = counts.skipped;
        self.report.failed = counts.failed;
        self.report.elapsed_sec = (elapsed.as_secs_f64() * 1000.0).round() / 1000.0;
        self.report.images_per_second = per_second(counts.imported, elapsed);
        self.report.cancelled = cancelled;
        Ok(self.report)
    }

    fn take(&mut self, outcome: Outcome) -> Result<(), EngineError> {
        match outcome {
            Outcome::Patent(patent) => self.patents.push(*patent),
            Outcome::Known(item) => self.items.push((*item, None)),
            Outcome::New(file) => {
                let NewFile {
                    item,
                    embedding,
                    thumbnail,
                } = *file;
                if let Some(path) = &item.path {
                    for warning in &item.warnings {
                        self.warn(FileProblem {
                            file: path.path.clone(),
                            reason: warning.clone(),
                        });
                    }
                }
                let key = thumbnail_key(&item.content.md5)?;
                self.thumbnails.push((key, thumbnail));
                self.items.push((item, Some(embedding)));
            }
            Outcome::Skipped => self.progress.add_skipped(),
            Outcome::Failed(problem) => {
                self.progress.add_failed();
                self.report.failed_files.push(problem);
            }
            Outcome::Warning(problem) => self.warn(problem),
        }
        Ok(())
    }

    fn warn(&mut self, problem: FileProblem) {
        if self.report.warnings.len() < MAX_WARNINGS {
            self.report.warnings.push(problem);
        }
    }

    fn commit(&mut self) -> Result<(), EngineError> {
        if self.items.is_empty() && self.patents.is_empty() {
            return Ok(());
        }
        // Blobs before the items that point to them: a kill in between leaves blobs that
        // nobody asks for, never items without.
        let thumbnails: Vec<(&BlobKey, &[u8])> = self
            .thumbnails
            .iter()
            .map(|(key, bytes)| (key, bytes.as_slice()))
            .collect();
        self.engine.blobs().put_all(&thumbnails)?;
        self.thumbnails.clear();
        let now = self.engine.now().as_second();
        let placed = self.engine.catalog().write(now, |tx| {
            for patent in &self.patents {
                tx.upsert_patent(patent)?;
            }
            self.items
                .iter()
                .map(|(item, embedding)| {
                    Ok(tx.place_item(self.collection, item, embedding.as_deref())?)
                })
                .collect::<Result<Vec<_>, EngineError>>()
        })?;
        for placed in placed {
            match placed {
                Placed::Added(_) | Placed::Replaced(_) => self.progress.add_imported(),
                Placed::Known(_) => self.progress.add_skipped(),
            }
        }
        self.batches += 1;
        self.patents.clear();
        self.items.clear();
        Ok(())
    }

    fn write_progress(&self, status: Status) {
        self.file.write(
            status,
            self.progress.snapshot(),
            &self.report.failed_files,
            self.batches,
            self.start.elapsed(),
        );
    }
}
