//! The HTTP API and the web page, over the engine.
//!
//! Handlers translate, the engine decides. Its calls block, so none runs on an async worker:
//! searches take turns in bounded slots (see `slots`), and whoever finds the queue full is
//! told so at once instead of waiting without end.

mod batch;
mod collections;
mod envelope;
mod headers;
mod health;
mod origin;
mod page;
mod parameters;
mod pictures;
mod query;
mod search;
mod slots;
mod state;
mod upload;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::{get, post};
use lookalike_engine::Engine;
use lookalike_engine::jobs::Jobs;
use tokio::net::TcpListener;
use tokio::sync::watch;

pub use batch::ImportRoots;
use state::App;

/// Room in a body for parameters and multipart boundaries beside the files.
const BODY_OVERHEAD: usize = 1 << 20;

/// How long running requests may still take after the server was asked to stop.
const GRACE: Duration = Duration::from_secs(10);

/// Limits of the server.
#[derive(Clone, Debug)]
pub struct ServerOptions {
    /// Largest body in bytes, all files of a request together.
    pub max_body_bytes: u64,
    /// Searches computed at once; 0 means one per core.
    pub max_searches: usize,
    /// Searches that may wait for their turn; more are refused with 429.
    pub max_waiting: usize,
    /// How long a client may take to send its request's body.
    pub body_timeout: Duration,
    /// What may be imported through the API.
    pub import_roots: ImportRoots,
    /// A secret of those who may read the data directory, by which they may import anything.
    pub owner_token: Option<String>,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            max_body_bytes: 100_000_000,
            max_searches: 0,
            max_waiting: 64,
            body_timeout: Duration::from_secs(60),
            import_roots: ImportRoots::Below(Vec::new()),
            owner_token: None,
        }
    }
}

/// The API and the page. Models and indexes are loaded at their first use.
pub fn router(engine: Arc<Engine>, jobs: Jobs, options: ServerOptions) -> Router {
    routes(App::new(engine, jobs, options))
}

/// Answers requests on `listener` until `shutdown` completes; then lets running requests end,
/// for at most ten seconds. Models and indexes are loaded in the background from the start.
/// `jobs` is the caller's to resume and to close.
///
/// # Errors
/// The listener fails.
pub async fn serve(
    engine: Arc<Engine>,
    jobs: Jobs,
    listener: TcpListener,
    options: ServerOptions,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let app = App::new(engine, jobs, options);
    app.warm_up();
    let (stopping, mut stopped) = watch::channel(false);
    let server = axum::serve(listener, routes(app)).with_graceful_shutdown(async move {
        shutdown.await;
        // Nobody listens any more only if the server has ended already.
        let _ = stopping.send(true);
    });
    let out_of_patience = async {
        if stopped.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        result = server.into_future() => result,
        () = out_of_patience => Ok(()),
    }
}

fn routes(app: App) -> Router {
    let limit = usize::try_from(app.options().max_body_bytes).unwrap_or(usize::MAX);
    Router::new()
        .route("/", get(page::index))
        .route("/style.css", get(page::style))
        .route("/app.js", get(page::script))
        .route("/favicon.svg", get(page::icon))
        .route("/health", get(health::health))
        .route("/health/live", get(health::live))
        .route("/api/search", post(search::by_pictures))
        .route("/api/search/vector", post(search::by_vector))
        .route("/api/search/item/{id}", post(search::by_item))
        .route("/api/collections", get(collections::list))
        .route("/api/collection/stats", get(collections::stats))
        .route("/api/batch/start", post(batch::start))
        .route("/api/batch/status", get(batch::status))
        .route("/api/batch/cancel", post(batch::cancel))
        .route("/api/batch/retry", post(batch::retry))
        .route("/api/batch/jobs", get(batch::list))
        .route("/api/image/{file_name}", get(pictures::thumbnail))
        .route("/api/image/full/{file_name}", get(pictures::full))
        .route("/api/preview", post(pictures::preview))
        .fallback(envelope::no_such_endpoint)
        .method_not_allowed_fallback(envelope::wrong_method)
        .layer(DefaultBodyLimit::max(limit.saturating_add(BODY_OVERHEAD)))
        .layer(middleware::from_fn(origin::refuse_others))
        .layer(middleware::from_fn(headers::secure))
        .with_state(app)
}
