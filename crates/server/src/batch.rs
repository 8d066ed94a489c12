//! Imports through the API.

use std::path::{Path, PathBuf};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use lookalike_engine::CollectionSettings;
use lookalike_engine::import::Originals;
use lookalike_engine::jobs::{JobReport, JobRequest, JobStatus, Jobs};
use serde::{Deserialize, Serialize};

use crate::envelope::{ApiError, Success};
use crate::query::Parameters;
use crate::state::App;

/// Header by which the owner of the data directory shows itself: see
/// [`ServerOptions::owner_token`](crate::ServerOptions::owner_token).
const OWNER_HEADER: &str = "x-lookalike-owner";

/// Jobs listed unless asked otherwise, and at most.
const LISTED_JOBS: usize = 100;
const MOST_LISTED_JOBS: usize = 1000;

/// Failed files listed with a job unless asked otherwise, and at most.
const LISTED_FILES: usize = 1000;
const MOST_LISTED_FILES: usize = 100_000;

/// Which folders may be imported through the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportRoots {
    /// All that the process can read: fit for a server that only its own machine reaches.
    Anywhere,
    /// What lies below one of these.
    Below(Vec<PathBuf>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Start {
    path: Option<PathBuf>,
    #[serde(default)]
    paths: Vec<PathBuf>,
    collection: Option<String>,
    model: Option<String>,
    preprocess: Option<String>,
    size: Option<u32>,
    metric: Option<String>,
    index: Option<String>,
    #[serde(default)]
    batch_size: usize,
    #[serde(default)]
    originals: Originals,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Which {
    /// A job's id; also `job`.
    #[serde(alias = "job")]
    job_id: Option<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Shown {
    #[serde(alias = "job")]
    job_id: Option<i64>,
    /// Failed files to list.
    listed: Option<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Page {
    limit: Option<usize>,
}

/// A job that was queued.
#[derive(Serialize)]
pub(crate) struct Started {
    job_id: i64,
    status: String,
}

/// The jobs that are asked to stop.
#[derive(Serialize)]
pub(crate) struct Cancelled {
    job_ids: Vec<i64>,
}

#[derive(Serialize)]
pub(crate) struct JobList {
    jobs: Vec<JobStatus>,
}

/// `POST /api/batch/start`: queues an import.
pub(crate) async fn start(
    State(app): State<App>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Success<Started>, ApiError> {
    let start: Start = json(&headers, &body)?;
    let mut request = start.into_request()?;
    let is_owner = is_owner(&app, &headers);
    app.jobs(move |jobs, options| {
        if let ImportRoots::Below(roots) = &options.import_roots
            && !is_owner
        {
            check_roots(&request.paths, roots)?;
            request.within = Some(roots.clone());
        }
        let job_id = jobs.start(request)?;
        started(jobs, job_id)
    })
    .await
}

/// `GET /api/batch/status`: how a job is going; without `job_id`, the current or last one.
pub(crate) async fn status(
    State(app): State<App>,
    Parameters(shown): Parameters<Shown>,
) -> Result<Success<JobReport>, ApiError> {
    let listed = shown.listed.unwrap_or(LISTED_FILES).min(MOST_LISTED_FILES);
    app.jobs(move |jobs, _| Ok(Success(jobs.report(shown.job_id, listed)?)))
        .await
}

/// `POST /api/batch/cancel`: stops a job; without `job_id`, all of them.
pub(crate) async fn cancel(
    State(app): State<App>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Success<Cancelled>, ApiError> {
    let which: Which = json_or_nothing(&headers, &body)?;
    app.jobs(move |jobs, _| {
        let job_ids = jobs.cancel(which.job_id)?;
        Ok(Success(Cancelled { job_ids }))
    })
    .await
}

/// `POST /api/batch/retry`: queues the failed files of a job; without `job_id`, of the last one.
pub(crate) async fn retry(
    State(app): State<App>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Success<Started>, ApiError> {
    let which: Which = json_or_nothing(&headers, &body)?;
    let is_owner = is_owner(&app, &headers);
    app.jobs(move |jobs, options| {
        let id = jobs.to_retry(which.job_id)?;
        if let ImportRoots::Below(roots) = &options.import_roots
            && !is_owner
        {
            let paths = jobs.report(Some(id), 0)?.status.paths;
            let paths: Vec<PathBuf> = paths.into_iter().map(PathBuf::from).collect();
            check_roots(&paths, roots)?;
        }
        let job_id = jobs.retry(Some(id))?;
        started(jobs, job_id)
    })
    .await
}

/// `GET /api/batch/jobs`: jobs, the newest first.
pub(crate) async fn list(
    State(app): State<App>,
    Parameters(page): Parameters<Page>,
) -> Result<Success<JobList>, ApiError> {
    let limit = page.limit.unwrap_or(LISTED_JOBS).min(MOST_LISTED_JOBS);
    app.jobs(move |jobs, _| {
        let jobs = jobs.list(limit)?;
        Ok(Success(JobList { jobs }))
    })
    .await
}

fn started(jobs: &Jobs, job_id: i64) -> Result<Success<Started>, ApiError> {
    let status = jobs.report(Some(job_id), 0)?.status.status;
    Ok(Success(Started { job_id, status }))
}

fn is_owner(app: &App, headers: &HeaderMap) -> bool {
    app.is_owner(headers.get(OWNER_HEADER).map(|value| value.as_bytes()))
}

impl Start {
    fn into_request(self) -> Result<JobRequest, ApiError> {
        let paths: Vec<PathBuf> = self.path.into_iter().chain(self.paths).collect();
        if paths.is_empty() {
            return Err(ApiError::invalid(
                "no `path` to import: the folder, archive or file as the server sees it",
            ));
        }
        if let Some(path) = paths.iter().find(|path| !path.is_absolute()) {
            return Err(ApiError::invalid(format!(
                "`{}` is no absolute path; the server's working directory is not yours",
                path.display()
            )));
        }
        if self.size.is_some_and(|size| !SIZES.contains(&size)) {
            return Err(ApiError::invalid(format!(
                "size must be from {} to {} pixels",
                SIZES.start(),
                SIZES.end()
            )));
        }
        let preprocess = self.preprocess.map(|name| name.parse());
        let metric = self.metric.map(|name| name.parse());
        Ok(JobRequest {
            paths,
            collection: self.collection.unwrap_or_else(|| "default".to_owned()),
            settings: CollectionSettings {
                model: self.model,
                preprocess: preprocess.transpose().map_err(invalid)?,
                size: self.size,
                metric: metric.transpose().map_err(invalid)?,
                index: self.index,
            },
            batch_size: self.batch_size.min(MOST_BATCH),
            originals: self.originals,
            retry_of: None,
            only: None,
            within: None,
        })
    }
}

/// Pictures in one forward pass: more are only larger.
const MOST_BATCH: usize = 1024;

/// Sides that an encoder may be given, in pixels.
const SIZES: std::ops::RangeInclusive<u32> = 1..=16_384;

/// Says the same of what lies elsewhere and of what does not exist: what is on the machine
/// is nobody's business.
fn check_roots(paths: &[PathBuf], roots: &[PathBuf]) -> Result<(), ApiError> {
    let below = |path: &Path| {
        let Ok(path) = path.canonicalize() else {
            return false;
        };
        let mut roots = roots.iter().filter_map(|root| root.canonicalize().ok());
        roots.any(|root| path.starts_with(root))
    };
    match paths.iter().find(|path| !below(path)) {
        Some(path) => Err(ApiError::new(
            StatusCode::FORBIDDEN,
            format!(
                "`{}` is not below a folder that may be imported from here; the server's \
                 setting `import_roots` names those",
                path.display()
            ),
        )),
        None => Ok(()),
    }
}

/// Only JSON that says it is, so that nobody takes a form for it.
fn json<T: for<'a> Deserialize<'a>>(headers: &HeaderMap, body: &[u8]) -> Result<T, ApiError> {
    let kind = headers.get(header::CONTENT_TYPE);
    let is_json = kind
        .and_then(|kind| kind.to_str().ok())
        .and_then(|kind| kind.split(';').next())
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"));
    if !is_json {
        return Err(ApiError::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "send a JSON object with the header `content-type: application/json`",
        ));
    }
    serde_json::from_slice(body)
        .map_err(|error| ApiError::invalid(format!("the body is not what is expected: {error}")))
}

fn json_or_nothing<T: Default + for<'a> Deserialize<'a>>(
    headers: &HeaderMap,
    body: &[u8],
) -> Result<T, ApiError> {
    match body.is_empty() {
        true => Ok(T::default()),
        false => json(headers, body),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the form map_err wants")]
fn invalid(error: impl ToString) -> ApiError {
    ApiError::invalid(error.to_string())
}
