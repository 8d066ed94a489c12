//! How jobs are followed: their reports, and waiting for their end.

use std::sync::PoisonError;

use lookalike_catalog::Job;
use lookalike_work::FileProblem;

use super::queue::Jobs;
use super::runner::JobTotals;
use super::{JobReport, JobRequest, JobStatus, LISTED_FILES, uploads};
use crate::EngineError;

impl Jobs {
    /// How a job is going, with at most `listed` of the files that failed. Without an id: the
    /// one that runs, else the next, else the last.
    ///
    /// # Errors
    /// There is no such job, or the catalogue can't be read.
    pub fn report(&self, id: Option<i64>, listed: usize) -> Result<JobReport, EngineError> {
        let job = match id {
            Some(id) => Some(self.shared.job(id)?),
            None => self.newest()?,
        };
        let Some(job) = job else {
            return Ok(JobReport {
                status: JobStatus::idle(),
                ..JobReport::default()
            });
        };
        let failures = self.shared.stores.catalog().job_failures(job.id, listed)?;
        let state = self.shared.lock();
        let warnings = state.over.iter().find(|(id, _)| *id == job.id);
        let mut report = JobReport {
            status: JobStatus::new(&job, state.control(job.id)),
            failed_files: failures
                .into_iter()
                .map(|failure| FileProblem {
                    file: failure.file,
                    reason: failure.reason,
                })
                .collect(),
            warnings: warnings.map_or_else(Vec::new, |(_, warnings)| warnings.clone()),
        };
        drop(state);
        if let Some(sent) = JobRequest::of(&job).ok().and_then(|request| request.sent) {
            uploads::name_files(&sent, &mut report.failed_files);
            uploads::name_files(&sent, &mut report.warnings);
        }
        Ok(report)
    }

    /// At most `limit` jobs, the newest first.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn list(&self, limit: usize) -> Result<Vec<JobStatus>, EngineError> {
        let jobs = self.shared.stores.catalog().jobs(limit)?;
        let state = self.shared.lock();
        Ok(jobs
            .iter()
            .map(|job| JobStatus::new(job, state.control(job.id)))
            .collect())
    }

    /// Waits until a job is over.
    ///
    /// # Errors
    /// There is no such job, or the catalogue can't be read.
    pub fn wait(&self, id: i64) -> Result<JobReport, EngineError> {
        let mut state = self.shared.lock();
        while !state.closing && state.has(id) {
            state = self
                .shared
                .ended
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        drop(state);
        self.report(Some(id), LISTED_FILES)
    }

    /// What is going on in this process.
    #[must_use]
    pub fn totals(&self) -> JobTotals {
        let state = self.shared.lock();
        let over = JobTotals {
            running: state.running.len(),
            queued: state.waiting.len(),
            ..state.totals
        };
        let running = state.running.iter();
        running.fold(over, |totals, running| totals.with(&running.control))
    }

    fn newest(&self) -> Result<Option<Job>, EngineError> {
        let first = {
            let state = self.shared.lock();
            let running = state.running.first().map(|running| running.id);
            running.or_else(|| state.waiting.front().copied())
        };
        match first {
            Some(id) => Ok(Some(self.shared.job(id)?)),
            None => Ok(self.shared.stores.catalog().jobs(1)?.pop()),
        }
    }
}
