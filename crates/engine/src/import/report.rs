//! What an import says at its end.

use lookalike_work::FileProblem;
use serde::Serialize;

/// Counts of an import: `total = imported + skipped + failed` unless it was cancelled.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ImportReport {
    /// Image files found, and grant files that failed.
    pub total: u64,
    /// New or changed images.
    pub imported: u64,
    /// Images that were in the collection already.
    pub skipped: u64,
    /// Files that failed.
    pub failed: u64,
    /// Each of them.
    pub failed_files: Vec<FileProblem>,
    /// What was noticed about files that were imported nevertheless.
    pub warnings: Vec<FileProblem>,
    /// Wall-clock time.
    pub elapsed_sec: f64,
    /// Imported images per second of it.
    pub images_per_second: f64,
    /// Whether it was stopped before its end.
    #[serde(skip)]
    pub cancelled: bool,
}
