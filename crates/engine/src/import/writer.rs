//! Commits what the other stages bring, and keeps the books.

use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError};
use lookalike_catalog::{Collection, JobFailure, NewItem, Patent, Placed, SheetFacts};
use lookalike_storage::blob::BlobKey;

use super::progress::{ProgressFile, Status, per_second};
use super::worker::Original;
use super::{Control, FileProblem, ImportReport};
use crate::pictures::thumbnail_key;
use crate::{Engine, EngineError};

/// Items in one transaction. A commit costs about a millisecond: far less than embedding
/// this many, and this many are embedded again after a kill.
const COMMIT_ITEMS: usize = 128;

/// Bytes of copied originals that wait for their commit.
const COMMIT_BYTES: usize = 32 << 20;

/// How long finished items wait at most for their commit.
const COMMIT_INTERVAL: Duration = Duration::from_millis(500);

/// How often the progress file is replaced.
const PROGRESS_INTERVAL: Duration = Duration::from_secs(1);

/// Problems kept for the report. Every item keeps its own warnings and the catalogue all
/// failures; of an archive with a million oddities the first ten thousand will do.
const MAX_PROBLEMS: usize = 10_000;

/// What the other stages report.
#[derive(Debug)]
pub(super) enum Outcome {
    Patent(Box<Patent>),
    /// A file whose bytes the collection has an embedding of.
    Known(Box<NewItem>),
    New(Box<NewFile>),
    Skipped,
    /// What a grant now tells about the item at this path.
    Described(String, SheetFacts),
    /// A path with no file any more; comes before an item that may be the same, moved.
    Gone(String),
    Failed(FileProblem),
    Warning(FileProblem),
}

/// An embedded file.
#[derive(Debug)]
pub(super) struct NewFile {
    pub(super) item: Box<NewItem>,
    pub(super) embedding: Vec<f32>,
    /// JPEG.
    pub(super) thumbnail: Vec<u8>,
    pub(super) original: Option<Original>,
}

pub(super) struct Writer<'a> {
    engine: &'a Engine,
    collection: &'a Collection,
    control: &'a Control,
    file: ProgressFile<'a>,
    patents: Vec<Patent>,
    items: Vec<(Box<NewItem>, Option<Vec<f32>>)>,
    thumbnails: Vec<(BlobKey, Vec<u8>)>,
    originals: Vec<Original>,
    described: Vec<(String, SheetFacts)>,
    gone: Vec<String>,
    failures: Vec<JobFailure>,
    report: ImportReport,
}

impl<'a> Writer<'a> {
    pub(super) fn new(
        engine: &'a Engine,
        collection: &'a Collection,
        control: &'a Control,
        file: ProgressFile<'a>,
    ) -> Self {
        Self {
            engine,
            collection,
            control,
            file,
            patents: Vec::new(),
            items: Vec::new(),
            thumbnails: Vec::new(),
            originals: Vec::new(),
            described: Vec::new(),
            gone: Vec::new(),
            failures: Vec::new(),
            report: ImportReport::default(),
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
            if self.is_full() || !open || last_commit.elapsed() >= COMMIT_INTERVAL {
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
    ) -> Result<ImportReport, EngineError> {
        let cancelled = self.control.cancel.is_cancelled();
        let status = match (&result, cancelled) {
            (Err(_), _) => Status::Failed,
            (Ok(()), true) => Status::Cancelled,
            (Ok(()), false) => Status::Completed,
        };
        let progress = &self.control.progress;
        if status == Status::Completed {
            // Files may have come and gone since they were counted.
            progress.set_total(progress.snapshot().processed());
        }
        self.write_progress(status);
        result?;
        let counts = progress.snapshot();
        let elapsed = progress.elapsed();
        self.report.total = counts.total;
        self.report.imported = counts.imported;
        self.report.skipped = counts.skipped;
        self.report.failed = counts.failed;
        self.report.elapsed_sec = (elapsed.as_secs_f64() * 1000.0).round() / 1000.0;
        self.report.images_per_second = per_second(counts.imported, elapsed);
        self.report.cancelled = cancelled;
        Ok(self.report)
    }

    fn is_full(&self) -> bool {
        let rows = self.rows();
        let bytes = self.originals.iter().map(|original| original.bytes.len());
        rows >= COMMIT_ITEMS || bytes.sum::<usize>() >= COMMIT_BYTES
    }

    fn take(&mut self, outcome: Outcome) -> Result<(), EngineError> {
        match outcome {
            Outcome::Patent(patent) => self.patents.push(*patent),
            Outcome::Known(item) => self.items.push((item, None)),
            Outcome::New(file) => {
                let NewFile {
                    item,
                    embedding,
                    thumbnail,
                    original,
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
                self.originals.extend(original);
                self.items.push((item, Some(embedding)));
            }
            Outcome::Skipped => self.control.progress.add_skipped(),
            Outcome::Described(path, facts) => {
                self.control.progress.add_skipped();
                self.described.push((path, facts));
            }
            Outcome::Gone(path) => self.gone.push(path),
            Outcome::Failed(problem) => {
                self.control.progress.add_failed();
                self.failures.push(JobFailure {
                    file: problem.file.clone(),
                    reason: problem.reason.clone(),
                });
                if self.report.failed_files.len() < MAX_PROBLEMS {
                    self.report.failed_files.push(problem);
                }
            }
            Outcome::Warning(problem) => self.warn(problem),
        }
        Ok(())
    }

    fn warn(&mut self, problem: FileProblem) {
        if self.report.warnings.len() < MAX_PROBLEMS {
            self.report.warnings.push(problem);
        }
    }

    fn commit(&mut self) -> Result<(), EngineError> {
        // Blobs before the items that point to them: a kill in between leaves blobs that
        // nobody asks for, never items without.
        let thumbnails = self.thumbnails.iter().map(|(key, bytes)| (key, &**bytes));
        let originals = self.originals.iter();
        let originals = originals.map(|original| (&original.key, &*original.bytes));
        let blobs: Vec<(&BlobKey, &[u8])> = thumbnails.chain(originals).collect();
        self.engine.blobs().put_all(&blobs)?;
        self.thumbnails.clear();
        self.originals.clear();
        if self.rows() > 0 {
            self.write_rows()?;
        }
        Ok(())
    }

    /// Rows that wait for their commit.
    fn rows(&self) -> usize {
        let described = self.described.len() + self.gone.len();
        self.items.len() + self.patents.len() + described + self.failures.len()
    }

    fn write_rows(&mut self) -> Result<(), EngineError> {
        let progress = &self.control.progress;
        let now = self.engine.now().as_second();
        self.engine.catalog().write(now, |tx| {
            for patent in &self.patents {
                tx.upsert_patent(patent)?;
            }
            for (path, facts) in &self.described {
                tx.describe_sheet(self.collection, path, facts)?;
            }
            for path in &self.gone {
                tx.mark_missing(self.collection, path)?;
            }
            let (mut imported, mut skipped) = (0, 0);
            for (item, embedding) in &self.items {
                match tx.place_item(self.collection, item, embedding.as_deref())? {
                    Placed::Added(_) | Placed::Replaced(_) => imported += 1,
                    Placed::Known(_) => skipped += 1,
                }
            }
            progress.add_committed(imported, skipped);
            if let Some(job) = self.control.job {
                for failure in &self.failures {
                    tx.add_job_failure(job, failure)?;
                }
                let elapsed = progress.elapsed().as_millis();
                tx.count_job(job, &progress.snapshot().into(), elapsed as u64)?;
            }
            Ok::<_, EngineError>(())
        })?;
        self.patents.clear();
        self.items.clear();
        self.described.clear();
        self.gone.clear();
        self.failures.clear();
        Ok(())
    }

    fn write_progress(&self, status: Status) {
        let progress = &self.control.progress;
        let failed = &self.report.failed_files;
        self.file.write(status, progress, failed);
    }
}
