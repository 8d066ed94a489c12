//! The screenings of a data directory: started, followed, stopped, gone on with.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use lookalike_engine::{Engine, EngineError, ErrorKind};
use serde_json::{Map, Value};

use crate::record::{Kept, Record, ScreenRequest, ScreenState, ScreenedProduct, home};
use crate::runner::{self, Progress, unwritable};

/// The screenings of a data directory, one at a time. Shared by threads; [`Screenings::close`]
/// ends it.
#[derive(Clone)]
pub struct Screenings {
    shared: Arc<Shared>,
}

struct Shared {
    engine: Arc<Engine>,
    data: PathBuf,
    home: PathBuf,
    state: Mutex<State>,
    /// Signalled when a screening ends.
    ended: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<i64>,
    running: Option<Running>,
    thread: Option<JoinHandle<()>>,
    closing: bool,
}

struct Running {
    id: i64,
    progress: Arc<Progress>,
    since: Instant,
    /// Somebody asked for its end, which closing does not.
    cancelled: bool,
}

/// How a screening is going, or went.
#[derive(Clone, Debug)]
pub struct ScreenStatus {
    /// Its number.
    pub job_id: i64,
    /// `queued`, `running`, `cancelling`, `cancelled`, `completed` or `failed`.
    pub status: &'static str,
    /// The folder of products.
    pub folder: String,
    /// The parameters of each search.
    pub parameters: Map<String, Value>,
    /// Why it failed.
    pub message: Option<String>,
    /// Products there are, once they are counted.
    pub total: u64,
    /// Products that are done.
    pub processed: u64,
    /// Pictures that could not be searched with.
    pub failed: u64,
    /// 0 to 100.
    pub progress_percent: f64,
    /// Products a second: of the run that is under way, else of all of them.
    pub products_per_second: f64,
    /// Seconds that it ran, over all runs.
    pub elapsed_sec: f64,
    /// Unix seconds.
    pub created_at: i64,
    /// Unix seconds.
    pub finished_at: Option<i64>,
}

/// A screening with what it found.
#[derive(Clone, Debug)]
pub struct ScreenReport {
    /// How it is going.
    pub status: ScreenStatus,
    /// Products that are done, those with the closest match first.
    pub products: Vec<ScreenedProduct>,
}

impl Screenings {
    /// Those kept below `data`, searched for with `engine`.
    #[must_use]
    pub fn new(engine: Arc<Engine>, data: &Path) -> Self {
        Self {
            shared: Arc::new(Shared {
                engine,
                data: data.to_owned(),
                home: home(data),
                state: Mutex::default(),
                ended: Condvar::new(),
            }),
        }
    }

    /// What is searched with.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.shared.engine
    }

    /// Queues a screening and returns its number. One that asks for the same and was not finished,
    /// by this process or another that ended, is the same screening again.
    ///
    /// # Errors
    /// The folder does not exist, a parameter is wrong, or the data directory can't be written.
    pub fn start(&self, mut request: ScreenRequest) -> Result<i64, EngineError> {
        let folder = std::fs::canonicalize(&request.folder);
        request.folder = folder.map_err(|error| {
            EngineError::new(
                ErrorKind::NotFound,
                format!("can't screen {}: {error}", request.folder.display()),
            )
            .because(error)
        })?;
        if !request.folder.is_dir() {
            return Err(EngineError::invalid(format!(
                "{} is no folder; give the folder of products",
                request.folder.display()
            )));
        }
        runner::search_request(&self.shared.engine, &request)?;
        let mut state = self.shared.lock();
        let left = self.shared.unfinished()?;
        let same = left
            .into_iter()
            .find(|(_, record)| record.request == request);
        let id = match same {
            Some((id, _)) => id,
            None => self.shared.add(request)?,
        };
        if !state.has(id) {
            state.waiting.push_back(id);
        }
        Shared::go_on(&self.shared, &mut state);
        Ok(id)
    }

    /// Goes on with what an earlier process left unfinished; returns how many there are.
    ///
    /// # Errors
    /// The data directory can't be read.
    pub fn resume(&self) -> Result<usize, EngineError> {
        let mut state = self.shared.lock();
        let left = self.shared.unfinished()?;
        let left: Vec<i64> = left.iter().map(|(id, _)| *id).collect();
        state.waiting.extend(&left);
        Shared::go_on(&self.shared, &mut state);
        Ok(left.len())
    }

    /// How a screening is going, and what it found so far.
    ///
    /// # Errors
    /// There is none of that number, or it can't be read.
    pub fn report(&self, id: i64) -> Result<ScreenReport, EngineError> {
        let status = self.status(id)?;
        let mut products = self.shared.kept(id)?.products().map_err(unreadable)?;
        let is_distance = is_distance(&self.shared.engine, &status);
        products.sort_by(|a, b| {
            let score = |product: &ScreenedProduct| product.matches.first().map(|hit| hit.score);
            let order = match (score(a), score(b)) {
                (Some(a), Some(b)) if is_distance => a.total_cmp(&b),
                (Some(a), Some(b)) => b.total_cmp(&a),
                (a, b) => b.is_some().cmp(&a.is_some()),
            };
            order.then_with(|| a.product.cmp(&b.product))
        });
        Ok(ScreenReport { status, products })
    }

    /// How a screening is going.
    ///
    /// # Errors
    /// As [`Screenings::report`].
    pub fn status(&self, id: i64) -> Result<ScreenStatus, EngineError> {
        let kept = self.shared.kept(id)?;
        let state = self.shared.lock();
        let running = state.running.as_ref().filter(|running| running.id == id);
        let record = kept.record().map_err(unreadable)?;
        Ok(match running {
            Some(running) => running.status(&record),
            None => {
                drop(state);
                let products = kept.products().map_err(unreadable)?;
                let failed = products.iter().map(|product| product.failed.len() as u64);
                let counts = (record.total, products.len() as u64, failed.sum());
                status(id, &record, counts)
            }
        })
    }

    /// All of them, the newest first.
    ///
    /// # Errors
    /// The data directory can't be read.
    pub fn list(&self) -> Result<Vec<ScreenStatus>, EngineError> {
        let ids = self.shared.ids()?;
        ids.into_iter().rev().map(|id| self.status(id)).collect()
    }

    /// Stops a screening: a waiting one at once, a running one after the pictures that it is at.
    ///
    /// # Errors
    /// There is none of that number, or it is over.
    pub fn cancel(&self, id: i64) -> Result<(), EngineError> {
        let kept = self.shared.kept(id)?;
        let mut state = self.shared.lock();
        if let Some(running) = state.running.as_mut().filter(|running| running.id == id) {
            running.cancelled = true;
            running.progress.cancel.cancel();
            return Ok(());
        }
        let mut record = kept.record().map_err(unreadable)?;
        if record.state.is_final() {
            return Err(EngineError::new(
                ErrorKind::Conflict,
                format!("screening {id} is {} already", record.state.name()),
            ));
        }
        state.waiting.retain(|waiting| *waiting != id);
        record.state = ScreenState::Cancelled;
        record.finished_at = Some(self.shared.now());
        kept.write(&record).map_err(unwritable)?;
        self.shared.ended.notify_all();
        Ok(())
    }

    /// Waits until a screening is over.
    ///
    /// # Errors
    /// There is none of that number, or it can't be read.
    pub fn wait(&self, id: i64) -> Result<ScreenReport, EngineError> {
        let mut state = self.shared.lock();
        while !state.closing && state.has(id) {
            let waited = self.shared.ended.wait(state);
            state = waited.unwrap_or_else(PoisonError::into_inner);
        }
        drop(state);
        self.report(id)
    }

    /// Stops what runs and waits for that; it goes on at the next [`Screenings::resume`].
    pub fn close(&self) {
        let thread = {
            let mut state = self.shared.lock();
            state.closing = true;
            if let Some(running) = &state.running {
                running.progress.cancel.cancel();
            }
            state.thread.take()
        };
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("a screening ended unexpectedly");
        }
        self.shared.ended.notify_all();
    }
}

impl State {
    fn has(&self, id: i64) -> bool {
        self.waiting.contains(&id) || self.running.as_ref().is_some_and(|one| one.id == id)
    }
}

impl Shared {
    /// Has a thread work on what waits.
    fn go_on(shared: &Arc<Self>, state: &mut State) {
        let is_at_work = state
            .thread
            .as_ref()
            .is_some_and(|thread| !thread.is_finished());
        if is_at_work || state.closing || state.waiting.is_empty() {
            return;
        }
        let own = Arc::clone(shared);
        let started = thread::Builder::new().name("screening".to_owned());
        match started.spawn(move || own.work()) {
            Ok(thread) => state.thread = Some(thread),
            Err(error) => tracing::error!("no thread for a screening: {error}"),
        }
    }

    fn work(&self) {
        loop {
            let (id, progress) = {
                let mut state = self.lock();
                let next = (!state.closing)
                    .then(|| state.waiting.pop_front())
                    .flatten();
                let Some(id) = next else {
                    // Whoever comes after this starts another thread.
                    state.thread = None;
                    return;
                };
                let progress = Arc::new(Progress::default());
                state.running = Some(Running {
                    id,
                    progress: Arc::clone(&progress),
                    since: Instant::now(),
                    cancelled: false,
                });
                (id, progress)
            };
            if let Err(error) = self.run(id, &progress) {
                tracing::error!("screening {id}: {error}");
            }
            self.lock().running = None;
            self.ended.notify_all();
        }
    }

    fn run(&self, id: i64, progress: &Progress) -> Result<(), EngineError> {
        let kept = self.kept(id)?;
        let Some(_lock) = kept.lock().map_err(unwritable)? else {
            tracing::info!("another process is at screening {id}");
            return Ok(());
        };
        let mut record = kept.record().map_err(unreadable)?;
        if record.state.is_final() {
            return Ok(());
        }
        record.state = ScreenState::Running;
        kept.write(&record).map_err(unwritable)?;
        let start = Instant::now();
        let ended = runner::run(&self.engine, &self.data, &kept, &record.request, progress);
        record.total = progress.total.load(Ordering::Relaxed);
        record.elapsed_ms += start.elapsed().as_millis() as u64;
        let cancelled = {
            let state = self.lock();
            state
                .running
                .as_ref()
                .is_some_and(|running| running.cancelled)
        };
        record.state = match ended {
            Err(error) => {
                record.message = Some(error.to_string());
                ScreenState::Failed
            }
            Ok(()) if cancelled => ScreenState::Cancelled,
            // Closing: it goes on another time.
            Ok(()) if progress.cancel.is_cancelled() => ScreenState::Queued,
            Ok(()) => ScreenState::Completed,
        };
        record.finished_at = record.state.is_final().then(|| self.now());
        kept.write(&record).map_err(unwritable)
    }

    fn kept(&self, id: i64) -> Result<Kept, EngineError> {
        let folder = self.home.join(id.to_string());
        let is_there = id > 0 && folder.is_dir();
        is_there.then_some(Kept(folder)).ok_or_else(|| {
            EngineError::new(
                ErrorKind::NotFound,
                format!("there is no screening {id}; they are counted from 1"),
            )
        })
    }

    /// All numbers, rising.
    fn ids(&self) -> Result<Vec<i64>, EngineError> {
        let entries = match std::fs::read_dir(&self.home) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(unreadable)?,
        };
        let mut ids = Vec::new();
        for entry in entries {
            let name = entry.map_err(unreadable)?.file_name();
            // One without a record was never begun: its process ended before it was written.
            if let Some(id) = name.to_str().and_then(|name| name.parse().ok())
                && Kept(self.home.join(&name)).record().is_ok()
            {
                ids.push(id);
            }
        }
        ids.sort_unstable();
        Ok(ids)
    }

    fn unfinished(&self) -> Result<Vec<(i64, Record)>, EngineError> {
        let mut left = Vec::new();
        for id in self.ids()? {
            let record = self.kept(id)?.record().map_err(unreadable)?;
            if !record.state.is_final() {
                left.push((id, record));
            }
        }
        Ok(left)
    }

    fn add(&self, request: ScreenRequest) -> Result<i64, EngineError> {
        std::fs::create_dir_all(&self.home).map_err(unwritable)?;
        let mut id = self.ids()?.last().map_or(1, |last| last + 1);
        let folder = loop {
            let folder = self.home.join(id.to_string());
            match std::fs::create_dir(&folder) {
                // Another process was here in between.
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => id += 1,
                made => break made.map(|()| folder).map_err(unwritable)?,
            }
        };
        let record = Record {
            request,
            state: ScreenState::Queued,
            message: None,
            total: 0,
            elapsed_ms: 0,
            created_at: self.now(),
            finished_at: None,
        };
        Kept(folder).write(&record).map_err(unwritable)?;
        Ok(id)
    }

    fn now(&self) -> i64 {
        self.engine.stores().now().as_second()
    }

    /// No operation leaves the state half-changed, so a panic elsewhere does no harm.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Running {
    fn status(&self, record: &Record) -> ScreenStatus {
        let count = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
        let progress = &self.progress;
        let counts = (
            count(&progress.total),
            count(&progress.done),
            count(&progress.failed),
        );
        let elapsed = self.since.elapsed().as_secs_f64();
        let status = status(self.id, record, counts);
        ScreenStatus {
            status: if progress.cancel.is_cancelled() {
                "cancelling"
            } else {
                ScreenState::Running.name()
            },
            products_per_second: count(&progress.now) as f64 / elapsed.max(0.001),
            elapsed_sec: status.elapsed_sec + elapsed,
            ..status
        }
    }
}

/// `counts`: products there are, products done, pictures that failed.
fn status(id: i64, record: &Record, (total, processed, failed): (u64, u64, u64)) -> ScreenStatus {
    let done = match record.state {
        ScreenState::Completed => 1.0,
        _ if total == 0 => 0.0,
        _ => processed as f64 / total as f64,
    };
    ScreenStatus {
        job_id: id,
        status: match record.state {
            // By a process that ended, or by another one: this one is not at it.
            ScreenState::Running => ScreenState::Queued.name(),
            state => state.name(),
        },
        folder: record.request.folder.to_string_lossy().into_owned(),
        parameters: record.request.parameters.clone(),
        message: record.message.clone(),
        total,
        processed,
        failed,
        progress_percent: (done * 1000.0).round() / 10.0,
        products_per_second: processed as f64 / (record.elapsed_ms.max(1) as f64 / 1000.0),
        elapsed_sec: record.elapsed_ms as f64 / 1000.0,
        created_at: record.created_at,
        finished_at: record.finished_at,
    }
}

/// Whether smaller scores are closer.
fn is_distance(engine: &Engine, status: &ScreenStatus) -> bool {
    let names = status
        .parameters
        .get("collection")
        .and_then(Value::as_array);
    let first = names
        .and_then(|names| names.first())
        .and_then(Value::as_str);
    let collection = engine
        .stores()
        .catalog()
        .collection(first.unwrap_or("default"));
    collection.is_ok_and(|collection| !collection.spec.metric.higher_is_better())
}

fn unreadable(error: std::io::Error) -> EngineError {
    EngineError::new(
        ErrorKind::Internal,
        format!("a screening can't be read: {error}"),
    )
    .because(error)
}
