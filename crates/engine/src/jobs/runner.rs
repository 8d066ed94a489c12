//! Runs jobs, each on its own thread.

use std::collections::{HashSet, VecDeque};
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use lookalike_catalog::{Job, JobState, WriteTransaction};
use lookalike_work::FileProblem;

use super::{JobRequest, LISTED_FILES, uploads};
use crate::import::{Control, ImportReport, ImportRequest, Importer};
use crate::{Collections, EngineError, ErrorKind, Stores};

/// Between two attempts to record a job's end.
const RECORDED_AGAIN: Duration = Duration::from_secs(2);

/// Jobs that are over whose warnings are still known.
const REMEMBERED: usize = 16;

pub(super) struct Shared {
    pub(super) stores: Arc<Stores>,
    pub(super) collections: Collections,
    importer: Importer,
    pub(super) data_dir: PathBuf,
    state: Mutex<State>,
    /// Signalled when a job ends.
    pub(super) ended: Condvar,
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
pub(super) struct State {
    /// Of jobs that are over.
    pub(super) totals: JobTotals,
    pub(super) waiting: VecDeque<i64>,
    pub(super) running: Vec<Running>,
    /// The newest last.
    pub(super) over: VecDeque<(i64, Vec<FileProblem>)>,
    pub(super) closing: bool,
}

pub(super) struct Running {
    pub(super) id: i64,
    collection: String,
    pub(super) control: Arc<Control>,
    pub(super) thread: Option<JoinHandle<()>>,
    /// Somebody asked for its end, which closing does not.
    pub(super) cancelled: bool,
}

impl Shared {
    pub(super) fn new(
        stores: Arc<Stores>,
        collections: Collections,
        importer: Importer,
        data_dir: PathBuf,
    ) -> Self {
        Self {
            stores,
            collections,
            importer,
            data_dir,
            state: Mutex::default(),
            ended: Condvar::new(),
        }
    }

    /// Starts every waiting job whose collection no other job is using.
    pub(super) fn start_next(shared: &Arc<Self>, state: &mut State) {
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
        // Before the record says that the job is over, so that a reader of the record finds these
        // too.
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
            Err(error) => (
                JobState::Failed,
                Some(self.without_places(&with_causes(error))),
            ),
        };
        let elapsed = control.progress.elapsed().as_millis() as u64;
        let counts = control.progress.snapshot().into();
        // A full disk must not leave it running forever: it ends when that can be recorded.
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

    /// A panic is a bug; it must not cost more than this job.
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
        let catalog = self.stores.catalog();
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
        if request.again {
            self.forget_deleted(&request.collection, &request.paths)?;
        }
        let sent = request.sent.as_ref();
        let sent = sent.map(|sent| uploads::find(&self.data_dir, sent));
        let sent = sent.transpose()?.map(|folder| vec![folder]);
        let request = ImportRequest {
            shard: request.shard,
            paths: sent.clone().unwrap_or(request.paths),
            only,
            collection: request.collection,
            settings: request.settings,
            batch_size: request.batch_size,
            originals: request.originals,
            // Whatever was sent, links in it lead nowhere else.
            within: sent.or(request.within),
            data_dir: self.data_dir.clone(),
        };
        self.importer.run(&request, control)
    }

    /// Lets what was deleted at or below these paths be imported again.
    fn forget_deleted(&self, collection: &str, paths: &[PathBuf]) -> Result<(), EngineError> {
        let catalog = self.stores.catalog();
        // There is none before the first import.
        let Ok(collection) = catalog.collection(collection) else {
            return Ok(());
        };
        let now = self.stores.now().as_second();
        for path in paths {
            // As an import records them.
            let Ok(path) = path.canonicalize() else {
                continue;
            };
            let path = path.to_string_lossy();
            catalog.write(now, |tx| tx.forget_deleted(&collection, Some(&path)))?;
        }
        Ok(())
    }

    /// The text without where the data directory lies: readers see what became of jobs.
    fn without_places(&self, text: &str) -> String {
        // A relative path may be any word.
        match self
            .data_dir
            .to_str()
            .filter(|_| self.data_dir.is_absolute())
        {
            Some(place) => text.replace(place, "the data directory"),
            None => text.to_owned(),
        }
    }

    pub(super) fn settle_upload(&self, job: &Job) {
        let now = self.stores.now().as_second();
        let settled = uploads::settle(self.stores.catalog(), &self.data_dir, job, now);
        if let Err(error) = settled {
            tracing::warn!("an upload is looked at again at the next start only: {error}");
        }
    }

    pub(super) fn job(&self, id: i64) -> Result<Job, EngineError> {
        let job = self.stores.catalog().job(id)?;
        job.ok_or_else(|| not_found(format!("there is no job {id}")))
    }

    pub(super) fn write<T>(
        &self,
        changes: impl FnOnce(&WriteTransaction<'_>) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        let now = self.stores.now().as_second();
        self.stores.catalog().write(now, changes)
    }

    /// No operation leaves the state half-changed, so a panic elsewhere does no harm.
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl JobTotals {
    pub(super) fn with(self, control: &Control) -> Self {
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
    pub(super) fn has(&self, id: i64) -> bool {
        self.waiting.contains(&id) || self.control(id).is_some()
    }

    pub(super) fn control(&self, id: i64) -> Option<&Control> {
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

pub(super) fn not_found(message: String) -> EngineError {
    EngineError::new(ErrorKind::NotFound, message)
}
