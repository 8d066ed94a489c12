//! The HTTP API and the web page, over the engine.
//!
//! Handlers translate, the engine decides. Its calls block, so none runs on an async worker:
//! searches take turns in bounded slots (see `http::slots`), and a request that finds the queue
//! full is refused at once instead of waiting without end.
#![expect(
    unused_qualifications,
    reason = "what utoipa's macros make of handlers"
)]

mod http;
mod metrics;
mod openapi;
mod parameters;
mod routes;
mod state;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use axum::{Extension, Router, middleware};
use lookalike_accounts::Accounts;
use lookalike_engine::Engine;
use lookalike_engine::jobs::Jobs;
use thiserror::Error;
use tokio::net::TcpListener;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

pub use axum::http::HeaderValue;
pub use http::access::AccessRules;
use http::{envelope, headers, host, origin, rate, request_id};
use openapi::{Description, Document};
pub use routes::imports::ImportRoots;
use state::App;

/// Room in a body for parameters and multipart boundaries in addition to the files.
const BODY_OVERHEAD: usize = 1 << 20;

/// Limits of the server, and who may use it. Not for logs: it holds a secret.
#[derive(Clone)]
pub struct ServerOptions {
    /// Largest body in bytes, all files of a request together.
    pub max_body_bytes: u64,
    /// Largest body of an import that is sent along, in bytes; it goes to the disk.
    pub max_upload_bytes: u64,
    /// Searches that run at once. More than there are cores, so that their pictures meet in one
    /// forward pass.
    pub max_searches: usize,
    /// Searches that may wait for their turn; more are refused with 429.
    pub max_waiting: usize,
    /// Memory for bodies of requests, over all of them.
    pub max_upload_memory_bytes: u64,
    /// Requests that a client may make; `None` is without limit.
    pub max_requests_per_minute: Option<u32>,
    /// How long a client may take to send its request's body; of the files of an import, how long
    /// nothing may come.
    pub body_timeout: Duration,
    /// Host names that the server answers to, besides those of this machine and addresses; `None`
    /// accepts any.
    pub hosts: Option<Vec<String>>,
    /// Origins of other sites whose pages may use the API, such as `https://example.org`.
    pub cors_origins: Vec<HeaderValue>,
    /// What may be imported through the API.
    pub import_roots: ImportRoots,
    /// A secret of those who may read the data directory, which lets them do everything.
    pub owner_token: Option<String>,
    /// What strangers have to know to make the first account, whose owner becomes the administrator;
    /// `None` lets whoever comes first make it.
    pub setup_code: Option<String>,
    /// Who may do what.
    pub access: AccessRules,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            max_body_bytes: 100_000_000,
            max_upload_bytes: 4_000_000_000,
            max_searches: 16,
            max_waiting: 128,
            max_upload_memory_bytes: 512 << 20,
            max_requests_per_minute: None,
            body_timeout: Duration::from_secs(60),
            hosts: None,
            cors_origins: Vec::new(),
            import_roots: ImportRoots::Below(Vec::new()),
            owner_token: None,
            setup_code: None,
            access: AccessRules::default(),
        }
    }
}

/// The server could not be started.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ServeError {
    /// As JSON.
    #[error("the description of the API could not be made")]
    Description(#[from] serde_json::Error),
    /// For lack of a thread.
    #[error("the history of searches could not be started")]
    History(#[source] std::io::Error),
}

/// Answers requests on `listener` until `shutdown` completes; then lets running requests end,
/// for at most ten seconds. Models and indexes are loaded in the background from the start.
/// `jobs` is the caller's to resume and to close; screenings that were left are gone on with.
///
/// # Errors
/// The description of the API can't be made, or the system gives no thread.
pub async fn serve(
    engine: Arc<Engine>,
    jobs: Jobs,
    accounts: Accounts,
    listener: TcpListener,
    options: ServerOptions,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), ServeError> {
    let app = App::new(engine, jobs, accounts, options)?;
    app.warm_up();
    app.resume_screenings();
    http::connections::serve(listener, assemble(app.clone())?, shutdown).await;
    // It waits for the pictures that are being searched with.
    if tokio::task::spawn_blocking(move || app.close_screenings())
        .await
        .is_err()
    {
        tracing::error!("screenings could not be stopped");
    }
    Ok(())
}

/// The API and the page, for callers with connections of their own. Models and indexes are loaded
/// at their first use.
///
/// # Errors
/// As [`serve`].
pub fn router(
    engine: Arc<Engine>,
    jobs: Jobs,
    accounts: Accounts,
    options: ServerOptions,
) -> Result<Router, ServeError> {
    assemble(App::new(engine, jobs, accounts, options)?)
}

fn assemble(app: App) -> Result<Router, ServeError> {
    let body_limit = |bytes: u64| {
        let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
        DefaultBodyLimit::max(bytes.saturating_add(BODY_OVERHEAD))
    };
    let uploads = body_limit(app.options().max_upload_bytes);
    let (api, mut description) =
        routes::api(OpenApiRouter::with_openapi(Description::openapi()), uploads).split_for_parts();
    openapi::finish(&mut description);
    let router = api
        .merge(routes::pages())
        .route("/openapi.json", get(openapi::document))
        .layer(Extension(Document::new(&description)?))
        .fallback(routes::page::nothing_there)
        .method_not_allowed_fallback(envelope::wrong_method)
        .layer(body_limit(app.options().max_body_bytes))
        .layer(middleware::from_fn_with_state(
            app.clone(),
            origin::refuse_others,
        ))
        .layer(middleware::from_fn_with_state(
            app.clone(),
            host::refuse_others,
        ))
        .layer(origin::allow(&app.options().cors_origins))
        .layer(middleware::from_fn_with_state(app.clone(), rate::limit))
        .layer(middleware::from_fn_with_state(app.clone(), headers::secure))
        .layer(middleware::from_fn_with_state(
            app.clone(),
            routes::metrics::count,
        ))
        .layer(middleware::from_fn(request_id::name))
        .with_state(app);
    Ok(router)
}
