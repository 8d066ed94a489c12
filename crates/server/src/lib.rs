//! The HTTP API and the web page, over the engine.
//!
//! Handlers translate, the engine decides. Its calls block, so none runs on an async worker:
//! searches take turns in bounded slots (see `slots`), and whoever finds the queue full is
//! told so at once instead of waiting without end.
#![expect(
    unused_qualifications,
    reason = "what utoipa's macros make of handlers"
)]

mod access;
mod arrival;
mod auth;
mod batch;
mod body;
mod client;
mod collections;
mod connections;
mod cookie;
mod docs;
mod duplicates;
mod envelope;
mod explain;
mod facets;
mod filters;
mod form_body;
mod headers;
mod health;
mod hints;
mod history;
mod host;
mod identity;
mod images;
mod metrics;
mod openapi;
mod origin;
mod page;
mod parameters;
mod patents;
mod pictures;
mod query;
mod rate;
mod reports;
mod request_id;
mod search;
mod sent_files;
mod settings;
mod slots;
mod state;
mod stream;
mod tokens;
mod upload;
mod users;

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
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;

pub use access::AccessRules;
pub use axum::http::HeaderValue;
pub use batch::ImportRoots;
use openapi::{Description, Document};
use state::App;

/// Room in a body for parameters and multipart boundaries beside the files.
const BODY_OVERHEAD: usize = 1 << 20;

/// Limits of the server, and whom it answers. Not for logs: it holds a secret.
#[derive(Clone)]
pub struct ServerOptions {
    /// Largest body in bytes, all files of a request together.
    pub max_body_bytes: u64,
    /// Largest body of an import that is sent along, in bytes; it goes to the disk.
    pub max_upload_bytes: u64,
    /// Searches at work at once. More than there are cores, so that their pictures meet in one
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
    /// Names by which the server may be asked, besides those of this machine and addresses; `None`
    /// takes any.
    pub hosts: Option<Vec<String>>,
    /// Origins of other sites whose pages may use the API, such as `https://example.org`.
    pub cors_origins: Vec<HeaderValue>,
    /// What may be imported through the API.
    pub import_roots: ImportRoots,
    /// A secret of those who may read the data directory, by which they may do everything.
    pub owner_token: Option<String>,
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
/// `jobs` is the caller's to resume and to close.
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
    connections::serve(listener, routes(app)?, shutdown).await;
    Ok(())
}

/// The API and the page, for whoever brings connections of their own. Models and indexes are loaded
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
    routes(App::new(engine, jobs, accounts, options)?)
}

fn routes(app: App) -> Result<Router, ServeError> {
    let body_limit = |bytes: u64| {
        let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
        DefaultBodyLimit::max(bytes.saturating_add(BODY_OVERHEAD))
    };
    let uploads = body_limit(app.options().max_upload_bytes);
    let (api, mut description) = OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(search::by_pictures))
        .routes(routes!(search::by_vector))
        .routes(routes!(search::by_item))
        .routes(routes!(explain::explain))
        .routes(routes!(explain::query_heatmap))
        .routes(routes!(explain::item_heatmap))
        .routes(routes!(reports::report))
        .routes(routes!(history::list, history::clear))
        .routes(routes!(history::show, history::delete))
        .routes(routes!(history::thumbnail))
        .routes(routes!(history::repeat))
        .routes(routes!(collections::list, collections::create))
        .routes(routes!(collections::show, collections::drop))
        .routes(routes!(collections::stats))
        .routes(routes!(duplicates::find, duplicates::cancel))
        .routes(routes!(duplicates::decide))
        .routes(routes!(facets::count))
        .routes(routes!(
            images::list,
            images::upload,
            images::tag_many,
            images::delete_many
        ))
        .routes(routes!(images::show, images::edit, images::delete_one))
        .routes(routes!(images::vector))
        .routes(routes!(patents::patent))
        .routes(routes!(batch::start))
        .routes(routes!(sent_files::upload_import).layer(uploads))
        .routes(routes!(batch::status))
        .routes(routes!(batch::cancel))
        .routes(routes!(batch::retry))
        .routes(routes!(batch::list))
        .routes(routes!(pictures::thumbnail))
        .routes(routes!(pictures::full))
        .routes(routes!(pictures::preview))
        .routes(routes!(auth::rules))
        .routes(routes!(auth::register))
        .routes(routes!(auth::log_in))
        .routes(routes!(auth::log_out))
        .routes(routes!(auth::me))
        .routes(routes!(auth::change_password))
        .routes(routes!(tokens::list, tokens::add))
        .routes(routes!(tokens::revoke))
        .routes(routes!(users::list))
        .routes(routes!(users::change, users::remove))
        .routes(routes!(health::health))
        .routes(routes!(health::live))
        .routes(routes!(metrics::metrics))
        .split_for_parts();
    openapi::finish(&mut description);
    let router = api
        .merge(page::routes())
        .route("/openapi.json", get(openapi::document))
        .route("/docs", get(docs::index))
        .route("/docs/start.js", get(docs::start))
        .route("/docs/swagger-ui-bundle.js", get(docs::script))
        .route("/docs/swagger-ui.css", get(docs::style))
        .layer(Extension(Document::new(&description)?))
        .fallback(envelope::no_such_endpoint)
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
        .layer(middleware::from_fn(headers::secure))
        .layer(middleware::from_fn_with_state(app.clone(), metrics::count))
        .layer(middleware::from_fn(request_id::name))
        .with_state(app);
    Ok(router)
}
