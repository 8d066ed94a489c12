//! What an import says at its end.

use lookalike_work::FileProblem;
use serde::Serialize;

use crate::encoders::DeviceInUse;

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
    /// What the encoder computed on, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceInUse>,
    /// Whether it was stopped before its end.
    #[serde(skip)]
    pub cancelled: bool,
}
