//! Imports: how they are going. Also read back: the command line asks the server that owns a data
//! directory.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::convert::same_fields;

/// A job with its failed files.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct JobReport {
    /// How it is going.
    #[serde(flatten)]
    pub status: JobStatus,
    /// Files that failed, as many of them as were asked for.
    pub failed_files: Vec<FileProblem>,
    /// What was noticed about files that were imported all the same, at most 100,000;
    /// known to the process that ran the job, when it is over.
    pub warnings: Vec<FileProblem>,
}

same_fields!(lookalike_engine::jobs::JobReport => JobReport { status, failed_files, warnings });
same_fields!(JobReport => lookalike_engine::jobs::JobReport { status, failed_files, warnings });

/// How a job is going, or went.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
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

same_fields!(lookalike_engine::jobs::JobStatus => JobStatus {
    job_id, status, collection, paths, uploaded_files, retry_of, message, total, processed,
    imported, skipped, failed, progress_percent, estimated_remaining_sec, current_batch, avg_speed,
    speed_per_sec, elapsed_sec, created_at, started_at, finished_at,
});
same_fields!(JobStatus => lookalike_engine::jobs::JobStatus {
    job_id, status, collection, paths, uploaded_files, retry_of, message, total, processed,
    imported, skipped, failed, progress_percent, estimated_remaining_sec, current_batch, avg_speed,
    speed_per_sec, elapsed_sec, created_at, started_at, finished_at,
});

/// A file and what is wrong with it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct FileProblem {
    /// Its path.
    pub file: String,
    /// Why it failed, or what was noticed.
    pub reason: String,
}

same_fields!(lookalike_work::FileProblem => FileProblem { file, reason });
same_fields!(FileProblem => lookalike_work::FileProblem { file, reason });
