//! What all handlers share.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use lookalike_accounts::{AccountError, Accounts, is_secret};
use lookalike_duplicates::Duplicates;
use lookalike_engine::history::Recorder;
use lookalike_engine::jobs::Jobs;
use lookalike_engine::{Engine, EngineError};
use lookalike_explain::Explainer;
use lookalike_screening::Screenings;
use tokio::sync::OwnedSemaphorePermit;

use crate::http::envelope::ApiError;
use crate::http::rates::Rates;
use crate::http::slots::Slots;
use crate::http::upload_memory::{SMALL_MEMORY_BYTES, UploadMemory};
use crate::metrics::Metrics;
use crate::{ServeError, ServerOptions};

/// Requests that read from disk at once, and that wait for it: a page of results asks for all its
/// thumbnails together.
const READS_AT_ONCE: usize = 32;
const READS_WAITING: usize = 2048;

/// Imports that are being sent; each can use the whole line.
const UPLOADS_AT_ONCE: usize = 4;

/// Passwords that the accounts hash at once.
const PASSWORDS_AT_ONCE: usize = 2;

/// Calls that wait for their turn to hash a password, some 50 ms each. They must not fill the
/// threads that all other calls need.
const MOST_WAITING_PASSWORDS: usize = 64;

/// The part of the memory for bodies that strangers have besides.
const STRANGERS_PART: u64 = 4;

/// Shared by handlers; cloning is cheap.
#[derive(Clone)]
pub(crate) struct App {
    shared: Arc<Shared>,
}

struct Shared {
    engine: Arc<Engine>,
    jobs: Jobs,
    duplicates: Duplicates,
    explainer: Arc<Explainer>,
    screenings: Screenings,
    accounts: Accounts,
    options: ServerOptions,
    slots: Slots,
    reads: Slots,
    password_slots: Slots,
    upload_slots: Slots,
    upload_memory: Arc<UploadMemory>,
    stranger_memory: Arc<UploadMemory>,
    small_memory: Arc<UploadMemory>,
    metrics: Metrics,
    rates: Rates,
    recorder: Recorder,
    warming_up: AtomicBool,
}

impl App {
    /// # Errors
    /// No thread can be started.
    pub(crate) fn new(
        engine: Arc<Engine>,
        jobs: Jobs,
        accounts: Accounts,
        options: ServerOptions,
    ) -> Result<Self, ServeError> {
        let screenings = Screenings::new(Arc::clone(&engine), jobs.data_dir());
        let recorder = engine.recorder().map_err(ServeError::History)?;
        Ok(Self {
            shared: Arc::new(Shared {
                duplicates: Duplicates::new(&engine),
                explainer: Arc::new(Explainer::new(Arc::clone(&engine))),
                engine,
                jobs,
                screenings,
                accounts,
                slots: Slots::new(options.max_searches, options.max_waiting),
                reads: Slots::new(READS_AT_ONCE, READS_WAITING),
                password_slots: Slots::new(PASSWORDS_AT_ONCE, MOST_WAITING_PASSWORDS),
                upload_slots: Slots::new(UPLOADS_AT_ONCE, 0),
                upload_memory: UploadMemory::new(options.max_upload_memory_bytes),
                stranger_memory: UploadMemory::new(
                    options.max_upload_memory_bytes / STRANGERS_PART,
                ),
                small_memory: UploadMemory::new(SMALL_MEMORY_BYTES),
                metrics: Metrics::new(),
                rates: Rates::default(),
                options,
                recorder,
                warming_up: AtomicBool::new(false),
            }),
        })
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.shared.engine
    }

    pub(crate) fn explainer(&self) -> &Arc<Explainer> {
        &self.shared.explainer
    }

    pub(crate) fn duplicates(&self) -> &Duplicates {
        &self.shared.duplicates
    }

    pub(crate) fn options(&self) -> &ServerOptions {
        &self.shared.options
    }

    pub(crate) fn recorder(&self) -> &Recorder {
        &self.shared.recorder
    }

    pub(crate) fn upload_memory(&self) -> &Arc<UploadMemory> {
        &self.shared.upload_memory
    }

    /// Memory for bodies of those whom nobody knows.
    pub(crate) fn stranger_memory(&self) -> &Arc<UploadMemory> {
        &self.shared.stranger_memory
    }

    /// Memory for small bodies, of whoever sends them.
    pub(crate) fn small_memory(&self) -> &Arc<UploadMemory> {
        &self.shared.small_memory
    }

    /// A turn to send an import, held until it is there.
    pub(crate) async fn upload_slot(&self) -> Result<OwnedSemaphorePermit, ApiError> {
        self.shared
            .upload_slots
            .take()
            .await
            .ok_or_else(ApiError::busy)
    }

    pub(crate) fn rates(&self) -> &Rates {
        &self.shared.rates
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.shared.metrics
    }

    /// Searches that are computed, and that wait for their turn.
    pub(crate) fn searches(&self) -> (usize, usize) {
        self.shared.slots.counts()
    }

    /// Whether models and indexes are still being loaded.
    pub(crate) fn is_warming_up(&self) -> bool {
        self.shared.warming_up.load(Ordering::Relaxed)
    }

    /// Loads models and indexes in the background.
    pub(crate) fn warm_up(&self) {
        let app = self.clone();
        app.shared.warming_up.store(true, Ordering::Relaxed);
        tokio::task::spawn_blocking(move || {
            if let Err(error) = app.engine().health().warm_up() {
                // The search that needs it will report the error.
                tracing::warn!("a collection could not be made ready: {error}");
            }
            app.shared.warming_up.store(false, Ordering::Relaxed);
        });
    }

    /// Runs an engine call that computes, in its turn.
    pub(crate) async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Engine) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let start = Instant::now();
        let slot = self.shared.slots.take().await.ok_or_else(ApiError::busy)?;
        self.metrics().waited(start.elapsed());
        let app = self.clone();
        blocking(move || {
            let _slot = slot;
            work(app.engine())
        })
        .await
    }

    /// Runs a call about accounts that hashes a password, in its turn.
    pub(crate) async fn passwords<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Accounts) -> Result<T, AccountError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let slot = self.shared.password_slots.take().await;
        let slot = slot.ok_or_else(ApiError::busy)?;
        let app = self.clone();
        blocking(move || {
            let _slot = slot;
            work(&app.shared.accounts)
        })
        .await
    }

    /// Runs a call about accounts that hashes no password.
    pub(crate) async fn accounts<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Accounts) -> Result<T, AccountError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let slot = self.shared.reads.take().await.ok_or_else(ApiError::busy)?;
        let app = self.clone();
        blocking(move || {
            let _slot = slot;
            work(&app.shared.accounts)
        })
        .await
    }

    /// Runs a call that concerns imports.
    pub(crate) async fn jobs<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Jobs, &ServerOptions) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let app = self.clone();
        blocking(move || work(&app.shared.jobs, app.options())).await
    }

    /// Runs a call that concerns screenings.
    pub(crate) async fn screenings<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Screenings, &ServerOptions) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let app = self.clone();
        blocking(move || work(&app.shared.screenings, app.options())).await
    }

    /// Goes on with the screenings that an earlier process left.
    pub(crate) fn resume_screenings(&self) {
        if let Err(error) = self.shared.screenings.resume() {
            tracing::warn!("screenings could not be gone on with: {error}");
        }
    }

    /// Stops the screening that runs; the next process goes on with it.
    pub(crate) fn close_screenings(&self) {
        self.shared.screenings.close();
    }

    /// Whether a caller knows the owner's secret.
    pub(crate) fn is_owner(&self, token: Option<&[u8]>) -> bool {
        match (&self.options().owner_token, token) {
            (Some(expected), Some(token)) => is_secret(expected.as_bytes(), token),
            _ => false,
        }
    }

    /// Runs an engine call that only reads from disk.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Engine) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let slot = self.shared.reads.take().await.ok_or_else(ApiError::busy)?;
        let app = self.clone();
        blocking(move || {
            let _slot = slot;
            work(app.engine())
        })
        .await
    }
}

async fn blocking<T, E>(work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, ApiError>
where
    T: Send + 'static,
    E: Send + 'static,
    ApiError: From<E>,
{
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result.map_err(ApiError::from),
        Err(error) => Err(ApiError::internal(&error)),
    }
}
