//! Commits what the other stages bring, and keeps the books.

use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError};
use lookalike_catalog::{Collection, JobCounts, JobFailure, NewItem, Placed, SheetFacts};
use lookalike_work::FileProblem;

use super::commit::{Commit, NewFile, Written};
use super::grant_facts::GrantFacts;
use super::progress::{ProgressFile, Status, per_second};
use super::{Control, ImportReport};
use crate::{EngineError, Stores};

/// Items in one transaction. A commit costs about a millisecond: far less than embedding
/// this many, and this many are embedded again after a kill.
const COMMIT_ITEMS: usize = 128;

/// Bytes of copied originals that wait for their commit.
const COMMIT_BYTES: usize = 32 << 20;

/// How long finished items wait at most for their commit.
const COMMIT_INTERVAL: Duration = Duration::from_millis(500);

/// How often the progress file is replaced.
const PROGRESS_INTERVAL: Duration = Duration::from_secs(1);

/// How long an import waits for a store that is not available, and how often it asks.
const STORE_PATIENCE: Duration = Duration::from_secs(600);
const STORE_INTERVAL: Duration = Duration::from_secs(2);

/// Problems kept for the report. Every item keeps its own warnings and the catalogue all
/// failures; of an archive with a million oddities the first ten thousand will do.
const MAX_PROBLEMS: usize = 10_000;

/// What the other stages report.
#[derive(Debug)]
pub(super) enum Outcome {
    Patent(Box<GrantFacts>),
    /// What a patent's PDF tells, which counts only as long as there is no grant.
    PatentOfPdf(Box<GrantFacts>),
    /// Items that are not needed any more, as better ones come.
    Replaced(Vec<u64>),
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

pub(super) struct Writer<'a> {
    stores: &'a Stores,
    collection: &'a Collection,
    control: &'a Control,
    file: ProgressFile<'a>,
    /// What waits for the next transaction.
    next: Commit,
    failures: Vec<JobFailure>,
    report: ImportReport,
}

impl<'a> Writer<'a> {
    pub(super) fn new(
        stores: &'a Stores,
        collection: &'a Collection,
        control: &'a Control,
        file: ProgressFile<'a>,
    ) -> Self {
        Self {
            stores,
            collection,
            control,
            file,
            next: Commit::default(),
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
        self.rows() >= COMMIT_ITEMS || self.next.bytes() >= COMMIT_BYTES
    }

    fn take(&mut self, outcome: Outcome) -> Result<(), EngineError> {
        match outcome {
            Outcome::Patent(patent) => self.next.patents.push(*patent),
            Outcome::PatentOfPdf(patent) => self.next.patents_of_pdfs.push(*patent),
            Outcome::Replaced(items) => self.next.replaced.extend(items),
            Outcome::Known(item) => self.next.add_known(item),
            Outcome::New(file) => {
                if let Some(path) = &file.item.path {
                    for warning in &file.item.warnings {
                        self.warn(FileProblem {
                            file: path.path.clone(),
                            reason: warning.clone(),
                        });
                    }
                }
                self.next.add(*file)?;
            }
            Outcome::Skipped => self.control.progress.add_skipped(),
            Outcome::Described(path, facts) => {
                self.control.progress.add_skipped();
                self.next.described.push((path, facts));
            }
            Outcome::Gone(path) => self.next.gone.push(path),
            Outcome::Failed(problem) => {
                self.failures.push(JobFailure {
                    file: problem.file.clone(),
                    reason: problem.reason.clone(),
                });
                self.fail(problem);
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

    fn fail(&mut self, problem: FileProblem) {
        self.control.progress.add_failed();
        if self.report.failed_files.len() < MAX_PROBLEMS {
            self.report.failed_files.push(problem);
        }
    }

    /// Rows that wait for their commit.
    fn rows(&self) -> usize {
        self.next.rows() + self.failures.len()
    }

    fn commit(&mut self) -> Result<(), EngineError> {
        if self.rows() == 0 {
            return Ok(());
        }
        let given_up_at = Instant::now() + STORE_PATIENCE;
        loop {
            match self.try_commit() {
                // Whatever is embedded is not thrown away because a store restarts.
                Err(error)
                    if error.retry_after_seconds().is_some()
                        && Instant::now() < given_up_at
                        && !self.control.cancel.is_cancelled() =>
                {
                    tracing::warn!("{error}; the import goes on when it is back");
                    thread::sleep(STORE_INTERVAL);
                }
                result => return result,
            }
        }
    }

    fn try_commit(&mut self) -> Result<(), EngineError> {
        let (progress, job) = (&self.control.progress, self.control.job);
        let failures = &self.failures;
        let lost = self
            .next
            .write(self.stores, self.collection, |tx, written| {
                let lost = lost(written);
                let known =
                    |written: &&Written<'_>| matches!(written.placed, Some(Placed::Known(_)));
                let skipped = written.iter().filter(known).count();
                let imported = written.len() - skipped - lost.len();
                progress.add_committed(imported as u64, skipped as u64);
                if let Some(job) = job {
                    for failure in failures.iter().chain(&lost) {
                        tx.add_job_failure(job, failure)?;
                    }
                    let mut counts: JobCounts = progress.snapshot().into();
                    counts.failed += lost.len() as u64;
                    let elapsed = progress.elapsed().as_millis();
                    tx.count_job(job, &counts, elapsed as u64)?;
                }
                Ok(lost)
            })?;
        self.failures.clear();
        for JobFailure { file, reason } in lost {
            self.fail(FileProblem { file, reason });
        }
        Ok(())
    }

    fn write_progress(&self, status: Status) {
        let progress = &self.control.progress;
        let failed = &self.report.failed_files;
        self.file.write(status, progress, failed);
    }
}

/// Items that were not added because somebody deleted the one that they shared an embedding
/// with between their reading and now.
fn lost(written: &[Written<'_>]) -> Vec<JobFailure> {
    let lost = written.iter().filter(|written| written.placed.is_none());
    lost.map(|written| JobFailure {
        file: match &written.item.path {
            Some(path) => path.path.clone(),
            None => written.item.file_name.clone(),
        },
        reason:
            "an item of the same bytes was deleted while this one was imported; import it again"
                .to_owned(),
    })
    .collect()
}
