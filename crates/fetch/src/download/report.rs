//! How a download is going, and what it says at its end.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use lookalike_work::FileProblem;
use serde::Serialize;

/// Counters that the download raises and others read.
#[derive(Debug, Default)]
pub struct DownloadProgress {
    total: AtomicU64,
    downloaded: AtomicU64,
    skipped: AtomicU64,
    failed: AtomicU64,
    bytes: AtomicU64,
}

/// The counters at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DownloadSnapshot {
    /// Rows of the table, as far as it has been read.
    pub total: u64,
    /// Rows whose picture was fetched now.
    pub downloaded: u64,
    /// Rows whose picture was there.
    pub skipped: u64,
    /// Rows that failed.
    pub failed: u64,
    /// Bytes of the pictures that were fetched now.
    pub bytes: u64,
}

impl DownloadSnapshot {
    /// Rows dealt with, in whatever way.
    #[must_use]
    pub fn processed(&self) -> u64 {
        self.downloaded + self.skipped + self.failed
    }
}

impl DownloadProgress {
    /// The counters now.
    #[must_use]
    pub fn snapshot(&self) -> DownloadSnapshot {
        let value = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        DownloadSnapshot {
            total: value(&self.total),
            downloaded: value(&self.downloaded),
            skipped: value(&self.skipped),
            failed: value(&self.failed),
            bytes: value(&self.bytes),
        }
    }

    pub(super) fn add_row(&self) {
        self.total.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn add_downloaded(&self) {
        self.downloaded.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn add_skipped(&self) {
        self.skipped.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn add_failed(&self) {
        self.failed.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn add_bytes(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// Counts of a download: `total = downloaded + skipped + failed` unless it was cancelled.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct DownloadReport {
    /// Rows of the table.
    pub total: u64,
    /// Rows whose picture was fetched now; rows with the same address share it.
    pub downloaded: u64,
    /// Rows whose picture was there.
    pub skipped: u64,
    /// Rows that failed.
    pub failed: u64,
    /// Each of them, by its address, or by its number if it has none.
    pub failed_files: Vec<FileProblem>,
    /// Bytes of the pictures that were fetched now.
    pub bytes: u64,
    /// Wall-clock time.
    pub elapsed_sec: f64,
    /// Path of the log.
    pub log: PathBuf,
    /// Whether some rows failed because their addresses are of private networks, which were not
    /// asked.
    #[serde(skip)]
    pub met_private_address: bool,
    /// Whether it was stopped before its end.
    #[serde(skip)]
    pub cancelled: bool,
}
