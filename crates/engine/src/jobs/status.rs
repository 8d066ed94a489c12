//! How a job is going.

use lookalike_catalog::{Job, JobCounts, JobState};
use lookalike_work::FileProblem;

use super::JobRequest;
use crate::import::{Control, ImportReport, per_second};

/// Failed files and warnings listed with a job that is over, at most; the catalogue keeps all
/// failed files.
pub const LISTED_FILES: usize = 100_000;

/// How a job is going, or went.
#[derive(Clone, Debug, Default)]
pub struct JobStatus {
    /// Null when there is no job at all.
    pub job_id: Option<i64>,
    /// `idle`, `queued`, `running`, `cancelling`, `cancelled`, `completed` or `failed`.
    pub status: String,
    /// What it imports into.
    pub collection: Option<String>,
    /// What it imports; nothing where files were sent.
    pub paths: Vec<String>,
    /// Files that were sent to be imported, archives as one; null where paths of the server are
    /// imported.
    pub uploaded_files: Option<u64>,
    /// The job whose failed files it tries again.
    pub retry_of: Option<i64>,
    /// Why it failed.
    pub message: Option<String>,
    /// Files to deal with, as far as they are counted.
    pub total: u64,
    /// Files dealt with, in whatever way.
    pub processed: u64,
    /// New or changed images.
    pub imported: u64,
    /// Images that were in the collection already.
    pub skipped: u64,
    /// Files that failed.
    pub failed: u64,
    /// 0 to 100.
    pub progress_percent: f64,
    /// Null while nothing is known yet, 0 when it is over.
    pub estimated_remaining_sec: Option<f64>,
    /// Transactions so far.
    pub current_batch: u64,
    /// Imported images per second, such as `17.8 images/sec`.
    pub avg_speed: String,
    /// The same as a number.
    pub speed_per_sec: f64,
    /// Seconds that it ran.
    pub elapsed_sec: f64,
    /// Unix seconds.
    pub created_at: Option<i64>,
    /// Unix seconds.
    pub started_at: Option<i64>,
    /// Unix seconds.
    pub finished_at: Option<i64>,
}

/// A job with its failed files.
#[derive(Clone, Debug, Default)]
pub struct JobReport {
    /// How it is going.
    pub status: JobStatus,
    /// Files that failed, as many of them as were asked for.
    pub failed_files: Vec<FileProblem>,
    /// What was noticed about files that were imported nevertheless, at most [`LISTED_FILES`];
    /// known to the process that ran the job, when it is over.
    pub warnings: Vec<FileProblem>,
}

impl JobStatus {
    /// No job was ever started.
    pub(super) fn idle() -> Self {
        Self {
            status: "idle".to_owned(),
            avg_speed: avg_speed(0.0),
            ..Self::default()
        }
    }

    /// From the record, and from the running import if there is one.
    pub(super) fn new(job: &Job, control: Option<&Control>) -> Self {
        let request = JobRequest::of(job).ok();
        let running = control.filter(|_| job.state == JobState::Running);
        let cancelling = running.is_some_and(|control| control.cancel.is_cancelled());
        let (counts, elapsed_sec, current_batch) = match running {
            Some(Control { progress, .. }) => (
                progress.snapshot().into(),
                progress.elapsed().as_secs_f64(),
                progress.commits(),
            ),
            None => (job.counts, job.elapsed_ms as f64 / 1000.0, 0),
        };
        let JobCounts {
            total,
            imported,
            skipped,
            failed,
        } = counts;
        let processed = imported + skipped + failed;
        let speed = per_second(imported, std::time::Duration::from_secs_f64(elapsed_sec));
        let done = match job.state {
            JobState::Completed => 1.0,
            _ if total == 0 => 0.0,
            _ => processed as f64 / total as f64,
        };
        Self {
            job_id: Some(job.id),
            status: if cancelling {
                "cancelling"
            } else {
                job.state.name()
            }
            .to_owned(),
            collection: Some(job.collection.clone()),
            paths: request.iter().flat_map(path_names).collect(),
            uploaded_files: request
                .as_ref()
                .and_then(|request| request.sent.as_ref())
                .map(|sent| sent.files),
            retry_of: request.and_then(|request| request.retry_of),
            message: job.message.clone(),
            total,
            processed,
            imported,
            skipped,
            failed,
            progress_percent: (done * 1000.0).round() / 10.0,
            estimated_remaining_sec: match job.state {
                JobState::Queued => None,
                JobState::Running if processed == 0 => None,
                JobState::Running => {
                    let left = total.saturating_sub(processed) as f64;
                    Some((left / processed as f64 * elapsed_sec * 10.0).round() / 10.0)
                }
                _ => Some(0.0),
            },
            current_batch,
            avg_speed: avg_speed(speed),
            speed_per_sec: speed,
            elapsed_sec: (elapsed_sec * 1000.0).round() / 1000.0,
            created_at: Some(job.created_at),
            started_at: job.started_at,
            finished_at: job.finished_at,
        }
    }
}

impl JobReport {
    /// Whether nothing will change any more.
    #[must_use]
    pub fn is_over(&self) -> bool {
        ["cancelled", "completed", "failed"].contains(&self.status.status.as_str())
    }

    /// The same as the report of an import that was not run as a job.
    #[must_use]
    pub fn into_import_report(self) -> ImportReport {
        let status = self.status;
        ImportReport {
            total: status.total,
            imported: status.imported,
            skipped: status.skipped,
            failed: status.failed,
            failed_files: self.failed_files,
            warnings: self.warnings,
            elapsed_sec: status.elapsed_sec,
            images_per_second: status.speed_per_sec,
            device: None,
            cancelled: status.status == "cancelled",
        }
    }
}

fn path_names(request: &JobRequest) -> Vec<String> {
    let paths = request.paths.iter();
    paths
        .map(|path| path.to_string_lossy().into_owned())
        .collect()
}

fn avg_speed(speed: f64) -> String {
    format!("{speed:.1} images/sec")
}
