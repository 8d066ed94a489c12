//! The queue of a data directory, as others use it: jobs are started, stopped, tried again.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

use lookalike_catalog::{Job, JobState};

use super::runner::{Shared, not_found};
use super::{JobRequest, uploads};
use crate::import::Importer;
use crate::{Collections, EngineError, ErrorKind, Stores};

/// Jobs looked through for one to retry.
const RETRIED: usize = 1000;

/// The queue of a data directory. Shared by threads; [`Jobs::close`] ends it.
#[derive(Clone)]
pub struct Jobs {
    pub(super) shared: Arc<Shared>,
}

impl Jobs {
    /// An empty queue of imports into `data_dir`, before `importer`; see [`Jobs::resume`] for what
    /// an earlier process left.
    #[must_use]
    pub fn new(
        stores: Arc<Stores>,
        collections: Collections,
        importer: Importer,
        data_dir: PathBuf,
    ) -> Self {
        Self {
            shared: Arc::new(Shared::new(stores, collections, importer, data_dir)),
        }
    }

    /// The data directory.
    #[must_use]
    pub fn data_dir(&self) -> &Path {
        &self.shared.data_dir
    }

    /// Queues an import and returns its job's id; it starts as soon as no other job of the
    /// collection is before it. An import that an earlier process left unfinished is the same
    /// job again.
    ///
    /// # Errors
    /// A path does not exist, the collection can't have that name, the index kind is not
    /// known, or this process does not own the data directory for writing.
    pub fn start(&self, mut request: JobRequest) -> Result<i64, EngineError> {
        self.shared.stores.check_originals(request.originals)?;
        for path in &mut request.paths {
            *path = std::fs::canonicalize(&*path).map_err(|error| {
                EngineError::new(
                    ErrorKind::NotFound,
                    format!("can't import {}: {error}", path.display()),
                )
                .because(error)
            })?;
        }
        if let Some(sent) = &request.sent {
            uploads::find(self.data_dir(), sent)?;
        } else if request.paths.is_empty() {
            return Err(EngineError::invalid("there is no path to import"));
        }
        let catalog = self.shared.stores.catalog();
        match catalog.find_collection(&request.collection)? {
            Some(collection) => {
                let collections = &self.shared.collections;
                collections.check_settings(&collection, &request.settings)?;
            }
            None => catalog.check_new_name(&request.collection)?,
        }
        let json = request.to_json()?;
        let mut state = self.shared.lock();
        let unfinished = self.shared.stores.catalog().unfinished_jobs()?;
        let left = unfinished
            .iter()
            .find(|job| job.request == json && !state.has(job.id));
        let id = match left {
            Some(job) => job.id,
            None => self
                .shared
                .write(|tx| Ok(tx.add_job(&request.collection, &json)?))?,
        };
        state.waiting.push_back(id);
        Shared::start_next(&self.shared, &mut state);
        Ok(id)
    }

    /// Resumes what was waiting or running when an earlier process ended; returns the number of
    /// these jobs.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn resume(&self) -> Result<usize, EngineError> {
        let now = self.shared.stores.now().as_second();
        uploads::sweep(self.shared.stores.catalog(), self.data_dir(), now)?;
        let jobs = self.shared.stores.catalog().unfinished_jobs()?;
        let mut state = self.shared.lock();
        let left: Vec<i64> = jobs
            .iter()
            .map(|job| job.id)
            .filter(|&id| !state.has(id))
            .collect();
        state.waiting.extend(&left);
        Shared::start_next(&self.shared, &mut state);
        Ok(left.len())
    }

    /// Queues a job for the files that failed in job `id`, or in the newest job in which any
    /// did; returns the new job's id, or that of one that is about to try them already.
    ///
    /// # Errors
    /// There is no such job, it is not over, or nothing failed in it.
    pub fn retry(&self, id: Option<i64>) -> Result<i64, EngineError> {
        let job = self.job_to_retry(id)?;
        for other in self.shared.stores.catalog().unfinished_jobs()? {
            if JobRequest::of(&other)?.retry_of == Some(job.id) {
                return Ok(other.id);
            }
        }
        let request = JobRequest::of(&job)?;
        self.start(match job.state {
            // It did not reach all of its files.
            JobState::Failed => request,
            _ => JobRequest {
                retry_of: Some(job.id),
                ..request
            },
        })
    }

    /// The job whose failed files [`Jobs::retry`] would queue.
    ///
    /// # Errors
    /// As [`Jobs::retry`].
    pub fn to_retry(&self, id: Option<i64>) -> Result<i64, EngineError> {
        Ok(self.job_to_retry(id)?.id)
    }

    fn job_to_retry(&self, id: Option<i64>) -> Result<Job, EngineError> {
        let job = match id {
            Some(id) => self.shared.job(id)?,
            None => self
                .shared
                .stores
                .catalog()
                .jobs(RETRIED)?
                .into_iter()
                .find(|job| job.state.is_final() && job.counts.failed > 0)
                .ok_or_else(|| not_found("no file failed in the last imports".to_owned()))?,
        };
        if !job.state.is_final() {
            return Err(conflict(format!(
                "job {} is not over; wait for its end, or, if its process was killed, repeat \
                 the import or start the server: either goes on with it",
                job.id
            )));
        }
        if job.counts.failed == 0 && job.state != JobState::Failed {
            return Err(conflict(format!("no file failed in job {}", job.id)));
        }
        Ok(job)
    }

    /// Stops a job: a waiting one at once, a running one at its next safe point. Without an
    /// id, all jobs that are not over. Returns the ids of these jobs.
    ///
    /// # Errors
    /// There is no such job, or it is over.
    pub fn cancel(&self, id: Option<i64>) -> Result<Vec<i64>, EngineError> {
        let concerned = |job: i64| id.is_none_or(|id| id == job);
        let mut cancelled = Vec::new();
        let mut state = self.shared.lock();
        let taken: Vec<i64> = state
            .waiting
            .iter()
            .copied()
            .filter(|&job| concerned(job))
            .collect();
        self.shared.write(|tx| {
            taken
                .iter()
                .try_for_each(|&job| Ok(tx.finish_job(job, JobState::Cancelled, None)?))
        })?;
        state.waiting.retain(|&job| !concerned(job));
        for running in &mut state.running {
            if concerned(running.id) {
                running.cancelled = true;
                running.control.cancel.cancel();
                cancelled.push(running.id);
            }
        }
        drop(state);
        self.shared.ended.notify_all();
        for &id in &taken {
            self.shared.settle_upload(&self.shared.job(id)?);
        }
        cancelled.extend(taken);
        match id {
            Some(id) if cancelled.is_empty() => {
                let job = self.shared.job(id)?;
                Err(conflict(format!(
                    "job {id} is {} already",
                    job.state.name()
                )))
            }
            _ => Ok(cancelled),
        }
    }

    /// Stops what runs at its next safe point and waits for that. Running and waiting jobs go
    /// on at the next [`Jobs::resume`].
    pub fn close(&self) {
        let threads: Vec<JoinHandle<()>> = {
            let mut state = self.shared.lock();
            state.closing = true;
            state
                .running
                .iter_mut()
                .filter_map(|running| {
                    running.control.cancel.cancel();
                    running.thread.take()
                })
                .collect()
        };
        for thread in threads {
            if thread.join().is_err() {
                tracing::error!("an import ended unexpectedly");
            }
        }
        self.shared.ended.notify_all();
    }
}

fn conflict(message: String) -> EngineError {
    EngineError::new(ErrorKind::Conflict, message)
}
