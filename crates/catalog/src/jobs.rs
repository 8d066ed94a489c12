//! Jobs: imports that are waiting, running or over, with the files that failed in each.

use std::str::FromStr;

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::CatalogError;

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobState {
    /// Waiting for its turn; also one that was under way when its process ended.
    Queued,
    /// Under way.
    Running,
    /// Stopped by a user before its end; what it had done stays.
    Cancelled,
    /// Done, perhaps with files that failed.
    Completed,
    /// Ended by an error; [`Job::message`] says which.
    Failed,
}

/// Files of a job, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JobCounts {
    /// Files to deal with, as far as they are counted.
    pub total: u64,
    /// New or changed images.
    pub imported: u64,
    /// Images that were in the collection already.
    pub skipped: u64,
    /// Files that failed.
    pub failed: u64,
}

/// A stored job.
#[derive(Clone, Debug)]
pub struct Job {
    /// Ascending in the order of creation.
    pub id: i64,
    /// Name of the collection that it imports into.
    pub collection: String,
    /// What is to be done, as JSON of the crate that runs it.
    pub request: String,
    /// Where it stands.
    pub state: JobState,
    /// Why it failed.
    pub message: Option<String>,
    /// Files dealt with so far.
    pub counts: JobCounts,
    /// Milliseconds that it ran.
    pub elapsed_ms: u64,
    /// Unix seconds.
    pub created_at: i64,
    /// Unix seconds.
    pub started_at: Option<i64>,
    /// Unix seconds.
    pub finished_at: Option<i64>,
}

/// A file that failed in a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobFailure {
    /// Its path.
    pub file: String,
    /// Why.
    pub reason: String,
}

impl JobState {
    /// Whether it will not change any more.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Cancelled | Self::Completed | Self::Failed)
    }

    /// `queued`, `running`, `cancelled`, `completed` or `failed`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Cancelled => "cancelled",
            Self::Completed => "completed",
            Self::Failed => "failed",
        }
    }
}

impl FromStr for JobState {
    type Err = CatalogError;

    fn from_str(name: &str) -> Result<Self, CatalogError> {
        [
            Self::Queued,
            Self::Running,
            Self::Cancelled,
            Self::Completed,
            Self::Failed,
        ]
        .into_iter()
        .find(|state| state.name() == name)
        .ok_or_else(|| CatalogError::Damaged {
            what: format!("job state `{name}`"),
        })
    }
}

const COLUMNS: &str = "id, collection, request, state, message, total, imported, skipped, failed, \
                       elapsed_ms, created_at, started_at, finished_at";

/// The outer error is SQLite's, the inner one an unknown state.
fn from_row(row: &Row<'_>) -> rusqlite::Result<Result<Job, CatalogError>> {
    let state: String = row.get(3)?;
    let job = |state| -> rusqlite::Result<Job> {
        Ok(Job {
            id: row.get(0)?,
            collection: row.get(1)?,
            request: row.get(2)?,
            state,
            message: row.get(4)?,
            counts: JobCounts {
                total: row.get(5)?,
                imported: row.get(6)?,
                skipped: row.get(7)?,
                failed: row.get(8)?,
            },
            elapsed_ms: row.get(9)?,
            created_at: row.get(10)?,
            started_at: row.get(11)?,
            finished_at: row.get(12)?,
        })
    };
    match state.parse() {
        Ok(state) => Ok(Ok(job(state)?)),
        Err(error) => Ok(Err(error)),
    }
}

pub(crate) fn find(connection: &Connection, id: i64) -> Result<Option<Job>, CatalogError> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM jobs WHERE id = ?1"))?
        .query_row([id], from_row)
        .optional()?
        .transpose()
}

/// The newest first.
pub(crate) fn newest(connection: &Connection, limit: usize) -> Result<Vec<Job>, CatalogError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM jobs ORDER BY id DESC LIMIT ?1"
    ))?;
    let rows = statement.query_map([limit], from_row)?;
    rows.map(|row| row?).collect()
}

/// Those that are not over, the oldest first.
pub(crate) fn unfinished(connection: &Connection) -> Result<Vec<Job>, CatalogError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM jobs WHERE state IN ('queued', 'running') ORDER BY id"
    ))?;
    let rows = statement.query_map([], from_row)?;
    rows.map(|row| row?).collect()
}

/// In the order in which they failed.
pub(crate) fn failures(
    connection: &Connection,
    id: i64,
    limit: usize,
) -> Result<Vec<JobFailure>, CatalogError> {
    let mut statement = connection.prepare_cached(
        "SELECT file, reason FROM job_failures WHERE job_id = ?1 ORDER BY id LIMIT ?2",
    )?;
    let rows = statement.query_map(params![id, limit], |row| {
        Ok(JobFailure {
            file: row.get(0)?,
            reason: row.get(1)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(crate) fn add(
    connection: &Connection,
    collection: &str,
    request: &str,
    now: i64,
) -> Result<i64, CatalogError> {
    connection
        .prepare_cached(
            "INSERT INTO jobs (collection, request, state, created_at) \
             VALUES (?1, ?2, 'queued', ?3)",
        )?
        .execute(params![collection, request, now])?;
    Ok(connection.last_insert_rowid())
}

/// Running from now on, with everything still to count: also after a process that ended in
/// the middle.
pub(crate) fn start(connection: &Connection, id: i64, now: i64) -> Result<(), CatalogError> {
    connection
        .prepare_cached("DELETE FROM job_failures WHERE job_id = ?1")?
        .execute([id])?;
    connection
        .prepare_cached(
            "UPDATE jobs SET state = 'running', message = NULL, total = 0, imported = 0, \
             skipped = 0, failed = 0, elapsed_ms = 0, started_at = ?2, finished_at = NULL \
             WHERE id = ?1",
        )?
        .execute(params![id, now])?;
    Ok(())
}

pub(crate) fn count(
    connection: &Connection,
    id: i64,
    counts: &JobCounts,
    elapsed_ms: u64,
) -> Result<(), CatalogError> {
    connection
        .prepare_cached(
            "UPDATE jobs SET total = ?2, imported = ?3, skipped = ?4, failed = ?5, \
             elapsed_ms = ?6 WHERE id = ?1",
        )?
        .execute(params![
            id,
            counts.total,
            counts.imported,
            counts.skipped,
            counts.failed,
            elapsed_ms
        ])?;
    Ok(())
}

pub(crate) fn finish(
    connection: &Connection,
    id: i64,
    state: JobState,
    message: Option<&str>,
    now: i64,
) -> Result<(), CatalogError> {
    let finished_at = state.is_final().then_some(now);
    connection
        .prepare_cached("UPDATE jobs SET state = ?2, message = ?3, finished_at = ?4 WHERE id = ?1")?
        .execute(params![id, state.name(), message, finished_at])?;
    Ok(())
}

pub(crate) fn add_failure(
    connection: &Connection,
    id: i64,
    failure: &JobFailure,
) -> Result<(), CatalogError> {
    connection
        .prepare_cached("INSERT INTO job_failures (job_id, file, reason) VALUES (?1, ?2, ?3)")?
        .execute(params![id, failure.file, failure.reason])?;
    Ok(())
}
