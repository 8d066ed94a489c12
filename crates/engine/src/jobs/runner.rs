//! Runs jobs, each on its own thread.

use std::collections::{HashSet, VecDeque};
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use lookalike_catalog::{Job, JobState, WriteTransaction};
use lookalike_storage::IndexKind;

use super::{JobReport, JobRequest, JobStatus, LISTED_FILES, uploads};
use crate::import::{Control, FileProblem, ImportReport, ImportRequest};
use crate::{Engine, EngineError, ErrorKind};

/// Jobs looked through for one to retry.
const RETRIED: usize = 1000;

/// Between two attempts to record a job's end.
const RECORDED_AGAIN: Duration = Duration::from_secs(2);

/// Jobs that are over whose warnings are still known.
const REMEMBERED: usize = 16;

/// What jobs are run with.
#[derive(Clone, Debug)]
pub struct JobOptions {
    /// Threads that decode and embed.
    pub workers: usize,
    /// The data directory.
    pub data_dir: PathBuf,
}

/// The queue of a data directory. Shared by threads; [`Jobs::close`] ends it.
#[derive(Clone)]
pub struct Jobs {
    pub(super) shared: Arc<Shared>,
}

pub(super) struct Shared {
    pub(super) engine: Arc<Engine>,
    options: JobOptions,
    state: Mutex<State>,
    /// Signalled when a job ends.
    ended: Condvar,
}

/// What is going on in this process, and the files that its jobs dealt with so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JobTotals {
    /// Jobs that run.
    pub running: usize,
    /// Jobs that wait.
    pub queued: usize,
    /// New or changed images.
    pub imported: u64,
    /// Images that were in the collection already.
    pub skipped: u64,
    /// Files that failed.
    pub failed: u64,
}

#[derive(Default)]
struct State {
    /// Of jobs that are over.
    totals: JobTotals,
    waiting: VecDeque<i64>,
    running: Vec<Running>,
    /// The newest last.
    over: VecDeque<(i64, Vec<FileProblem>)>,
    closing: bool,
}

struct Running {
    id: i64,
    collection: String,
    control: Arc<Control>,
    thread: Option<JoinHandle<()>>,
    /// Somebody asked for its end, which closing does not.
    cancelled: bool,
}

impl Jobs {
    /// An empty queue over `engine`; see [`Jobs::resume`] for what an earlier process left.
    #[must_use]
    pub fn new(engine: Arc<Engine>, options: JobOptions) -> Self {
        Self {
            shared: Arc::new(Shared {
                engine,
                options,
                state: Mutex::default(),
                ended: Condvar::new(),
            }),
        }
    }

    /// The data directory.
    #[must_use]
    pub fn data_dir(&self) -> &Path {
        &self.shared.options.data_dir
    }

    /// Queues an import and returns its job's id; it starts as soon as no other job of the
    /// collection is before it. An import that an earlier process left unfinished is the same
    /// job again.
    ///
    /// # Errors
    /// A path does not exist, the collection can't have that name, the index kind is not
    /// known, or this process does not own the data directory for writing.
    pub fn start(&self, mut request: JobRequest) -> Result<i64, EngineError> {
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
        if let Some(index) = &request.settings.index {
            let _: IndexKind = index.parse()?;
        }
        let catalog = self.shared.engine.catalog();
        match catalog.find_collection(&request.collection)? {
            Some(collection) => {
                let engine = &self.shared.engine;
                engine.check_settings(&collection, &request.settings)?;
            }
            None => catalog.check_new_name(&request.collection)?,
        }
        let json = request.to_json()?;
        let mut state = self.shared.lock();
        let unfinished = self.shared.engine.catalog().unfinished_jobs()?;
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

    /// Goes on with what was waiting or running when an earlier process ended; returns how
    /// many jobs that are.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn resume(&self) -> Result<usize, EngineError> {
        let now = self.shared.engine.now().as_second();
        uploads::sweep(self.shared.engine.catalog(), self.data_dir(), now)?;
        let jobs = self.shared.engine.catalog().unfinished_jobs()?;
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
        for other in self.shared.engine.catalog().unfinished_jobs()? {
            if JobRequest::of(&other)?.retry_of == Some(job.id) {
                return Ok(other.id);
            }
        }
        let request = JobRequest::of(&job)?;
        self.start(match job.state {
            // It did not come to all of its files.
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
                .engine
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
    /// id, all jobs that are not over. Returns those that it concerns.
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
        let failures = self.shared.engine.catalog().job_failures(job.id, listed)?;
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
        let jobs = self.shared.engine.catalog().jobs(limit)?;
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

    fn newest(&self) -> Result<Option<Job>, EngineError> {
        let first = {
            let state = self.shared.lock();
            let running = state.running.first().map(|running| running.id);
            running.or_else(|| state.waiting.front().copied())
        };
        match first {
            Some(id) => Ok(Some(self.shared.job(id)?)),
            None => Ok(self.shared.engine.catalog().jobs(1)?.pop()),
        }
    }
}

impl Shared {
    /// Starts every waiting job whose collection no other job is at.
    fn start_next(shared: &Arc<Self>, state: &mut State) {
        let mut taken: HashSet<String> = state
            .running
            .iter()
            .map(|running| running.collection.clone())
            .collect();
        let waiting = std::mem::take(&mut state.waiting);
        for id in waiting {
            let collection = match shared.job(id) {
                Ok(job) => job.collection,
                Err(error) => {
                    tracing::error!("job {id} is lost: {error}");
                    continue;
                }
            };
            if state.closing || !taken.insert(collection.clone()) {
                state.waiting.push_back(id);
                continue;
            }
            let control = Arc::new(Control {
                job: Some(id),
                ..Control::default()
            });
            let worker = (Arc::clone(shared), Arc::clone(&control));
            let thread = thread::Builder::new()
                .name(format!("job-{id}"))
                .spawn(move || worker.0.run(id, &worker.1));
            match thread {
                Ok(thread) => state.running.push(Running {
                    id,
                    collection,
                    control,
                    thread: Some(thread),
                    cancelled: false,
                }),
                Err(error) => {
                    tracing::error!("job {id} can't be started: {error}");
                    taken.remove(&collection);
                    state.waiting.push_back(id);
                }
            }
        }
    }

    fn run(self: &Arc<Self>, id: i64, control: &Control) {
        let result = self
            .write(|tx| Ok(tx.start_job(id)?))
            .and_then(|()| self.import_or_report_panic(id, control));
        // Before the record says that the job is over, so that whoever sees that sees these.
        let warnings = match &result {
            Ok(report) => report.warnings.iter().take(LISTED_FILES).cloned().collect(),
            Err(_) => Vec::new(),
        };
        {
            let mut state = self.lock();
            state.over.push_back((id, warnings));
            if state.over.len() > REMEMBERED {
                state.over.pop_front();
            }
        }
        let cancelled = self
            .lock()
            .running
            .iter()
            .any(|running| running.id == id && running.cancelled);
        let (end, message) = match &result {
            Ok(report) if report.cancelled && cancelled => (JobState::Cancelled, None),
            // Closing: it goes on at the next start.
            Ok(report) if report.cancelled => (JobState::Queued, None),
            Ok(_) => (JobState::Completed, None),
            Err(error) => (JobState::Failed, Some(with_causes(error))),
        };
        let elapsed = control.progress.elapsed().as_millis() as u64;
        let counts = control.progress.snapshot().into();
        // A full disk must not leave it running for ever: it ends when that can be written down.
        let record = || {
            self.write(|tx| {
                tx.count_job(id, &counts, elapsed)?;
                Ok(tx.finish_job(id, end, message.as_deref())?)
            })
        };
        while let Err(error) = record() {
            tracing::error!("the end of job {id} could not be recorded: {error}");
            let mut state = self.lock();
            if !state.closing {
                (state, _) = self
                    .ended
                    .wait_timeout(state, RECORDED_AGAIN)
                    .unwrap_or_else(PoisonError::into_inner);
            }
            if state.closing {
                break;
            }
        }
        if let Ok(job) = self.job(id) {
            self.settle_upload(&job);
        }
        let mut state = self.lock();
        state.totals = state.totals.with(control);
        state.running.retain(|running| running.id != id);
        Self::start_next(self, &mut state);
        drop(state);
        self.ended.notify_all();
    }

    /// A panic is a fault of ours; it must cost no more than this job.
    fn import_or_report_panic(
        &self,
        id: i64,
        control: &Control,
    ) -> Result<ImportReport, EngineError> {
        let import = AssertUnwindSafe(|| self.import(id, control));
        std::panic::catch_unwind(import).unwrap_or_else(|_| {
            Err(EngineError::new(
                ErrorKind::Internal,
                "the import ended unexpectedly; what it had committed is there, and importing \
                 the same again goes on behind it",
            ))
        })
    }

    fn import(&self, id: i64, control: &Control) -> Result<ImportReport, EngineError> {
        let request = JobRequest::of(&self.job(id)?)?;
        let catalog = self.engine.catalog();
        let only = match request.retry_of {
            Some(failed) => Some(
                catalog
                    .job_failures(failed, usize::MAX >> 1)?
                    .into_iter()
                    .map(|failure| failure.file)
                    .collect(),
            ),
            None => request.only.map(|files| files.into_iter().collect()),
        };
        let sent = request.sent.as_ref();
        let sent = sent.map(|sent| uploads::find(&self.options.data_dir, sent));
        let sent = sent.transpose()?.map(|folder| vec![folder]);
        let request = ImportRequest {
            paths: sent.clone().unwrap_or(request.paths),
            only,
            collection: request.collection,
            settings: request.settings,
            batch_size: request.batch_size,
            originals: request.originals,
            // Whatever was sent, links in it lead nowhere else.
            within: sent.or(request.within),
            workers: self.options.workers,
            data_dir: self.options.data_dir.clone(),
        };
        self.engine.import(&request, control)
    }

    fn settle_upload(&self, job: &Job) {
        let now = self.engine.now().as_second();
        let settled = uploads::settle(self.engine.catalog(), &self.options.data_dir, job, now);
        if let Err(error) = settled {
            tracing::warn!("an upload is looked at again at the next start only: {error}");
        }
    }

    fn job(&self, id: i64) -> Result<Job, EngineError> {
        let job = self.engine.catalog().job(id)?;
        job.ok_or_else(|| not_found(format!("there is no job {id}")))
    }

    pub(super) fn write<T>(
        &self,
        changes: impl FnOnce(&WriteTransaction<'_>) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        let now = self.engine.now().as_second();
        self.engine.catalog().write(now, changes)
    }

    /// No operation leaves the state half-changed, so a panic elsewhere does no harm.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl JobTotals {
    fn with(self, control: &Control) -> Self {
        let counts = control.progress.snapshot();
        Self {
            imported: self.imported + counts.imported,
            skipped: self.skipped + counts.skipped,
            failed: self.failed + counts.failed,
            ..self
        }
    }
}

impl State {
    /// Whether the job waits or runs in this process.
    fn has(&self, id: i64) -> bool {
        self.waiting.contains(&id) || self.control(id).is_some()
    }

    fn control(&self, id: i64) -> Option<&Control> {
        let running = self.running.iter().find(|running| running.id == id);
        running.map(|running| &*running.control)
    }
}

/// The error and what led to it, such as a full disk.
fn with_causes(error: &EngineError) -> String {
    let mut message = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let cause_message = cause.to_string();
        // Errors that only pass another one on say the same.
        if !message.ends_with(&cause_message) {
            message.push_str(": ");
            message.push_str(&cause_message);
        }
        source = cause.source();
    }
    message
}

fn conflict(message: String) -> EngineError {
    EngineError::new(ErrorKind::Conflict, message)
}

fn not_found(message: String) -> EngineError {
    EngineError::new(ErrorKind::NotFound, message)
}
