//! How an import is going: counters for whoever watches, and a file for whoever comes later.

use std::io::Write;
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use lookalike_catalog::JobCounts;
use lookalike_work::FileProblem;
use serde::Serialize;
use tempfile::NamedTempFile;

/// Name of the file in the data directory.
pub const PROGRESS_FILE: &str = "import_progress.json";

/// Counters that the import raises and others read.
#[derive(Debug, Default)]
pub struct Progress {
    counted: AtomicU64,
    imported: AtomicU64,
    skipped: AtomicU64,
    failed: AtomicU64,
    commits: AtomicU64,
    started: OnceLock<Instant>,
}

/// The counters at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// Files to deal with, as far as they are counted: counting goes on during the import.
    pub total: u64,
    /// New or changed images.
    pub imported: u64,
    /// Images that were in the collection already.
    pub skipped: u64,
    /// Files that failed.
    pub failed: u64,
}

impl Snapshot {
    /// Files dealt with, in whatever way.
    #[must_use]
    pub fn processed(&self) -> u64 {
        self.imported + self.skipped + self.failed
    }
}

impl Progress {
    /// The counters now.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let mut snapshot = Snapshot {
            total: 0,
            imported: self.imported.load(Ordering::Relaxed),
            skipped: self.skipped.load(Ordering::Relaxed),
            failed: self.failed.load(Ordering::Relaxed),
        };
        snapshot.total = self
            .counted
            .load(Ordering::Relaxed)
            .max(snapshot.processed());
        snapshot
    }

    /// Time since the import began; zero before.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.started.get().map_or(Duration::ZERO, Instant::elapsed)
    }

    /// Transactions so far.
    #[must_use]
    pub fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    /// Begins: the time counts from here.
    pub fn start(&self) {
        self.started.get_or_init(Instant::now);
    }

    pub(super) fn add_total(&self, count: u64) {
        self.counted.fetch_add(count, Ordering::Relaxed);
    }

    /// Sets how many there are.
    pub fn set_total(&self, count: u64) {
        self.counted.store(count, Ordering::Relaxed);
    }

    /// Counts what a transaction stored, and what was there already.
    pub fn add_committed(&self, imported: u64, skipped: u64) {
        self.imported.fetch_add(imported, Ordering::Relaxed);
        self.skipped.fetch_add(skipped, Ordering::Relaxed);
        self.commits.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn add_skipped(&self) {
        self.skipped.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts one that failed.
    pub fn add_failed(&self) {
        self.failed.fetch_add(1, Ordering::Relaxed);
    }
}

impl From<Snapshot> for JobCounts {
    fn from(snapshot: Snapshot) -> Self {
        Self {
            total: snapshot.total,
            imported: snapshot.imported,
            skipped: snapshot.skipped,
            failed: snapshot.failed,
        }
    }
}

/// Where an import stands, as the file tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    Running,
    Completed,
    Cancelled,
    Failed,
}

#[derive(Serialize)]
struct File<'a> {
    status: Status,
    total: u64,
    processed: u64,
    skipped: u64,
    failed: &'a [FileProblem],
    last_batch: u64,
    start_time: String,
    avg_speed_per_sec: f64,
}

/// The file's contents but for the counters.
pub(super) struct ProgressFile<'a> {
    pub(super) directory: &'a Path,
    pub(super) start: Timestamp,
}

impl ProgressFile<'_> {
    /// Replaces the file in one step. It only informs: the catalogue knows what is done, so
    /// a full disk here must not end the import, and the next commit will report it.
    pub(super) fn write(&self, status: Status, progress: &Progress, failed: &[FileProblem]) {
        let snapshot = progress.snapshot();
        let file = File {
            status,
            total: snapshot.total,
            processed: snapshot.processed(),
            skipped: snapshot.skipped,
            failed,
            last_batch: progress.commits(),
            start_time: self.start.to_string(),
            avg_speed_per_sec: per_second(snapshot.imported, progress.elapsed()),
        };
        if let Err(error) = self.replace(&file) {
            tracing::warn!("{PROGRESS_FILE} could not be written: {error}");
        }
    }

    /// With the rights of any other file: by default temporary files, and what they are renamed
    /// to, are closed to all but their owner.
    fn new_file(&self) -> std::io::Result<NamedTempFile> {
        let mut builder = tempfile::Builder::new();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(std::fs::Permissions::from_mode(0o666));
        }
        builder.tempfile_in(self.directory)
    }

    fn replace(&self, file: &File<'_>) -> std::io::Result<()> {
        let mut temporary = self.new_file()?;
        serde_json::to_writer_pretty(&mut temporary, file)?;
        temporary.flush()?;
        temporary.persist(self.directory.join(PROGRESS_FILE))?;
        Ok(())
    }
}

/// `count` per second of `elapsed`, rounded to three decimals; 0 when no time has passed.
#[must_use]
pub fn per_second(count: u64, elapsed: Duration) -> f64 {
    let seconds = elapsed.as_secs_f64();
    if seconds > 0.0 {
        (count as f64 / seconds * 1000.0).round() / 1000.0
    } else {
        0.0
    }
}
