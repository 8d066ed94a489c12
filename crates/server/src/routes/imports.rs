//! Imports through the API.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use lookalike_engine::import::Originals;
use lookalike_engine::jobs::{JobRequest, Jobs};
use lookalike_wire::{JobReport, JobStatus};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::http::access::{Editor, Reader};
use crate::http::body::{JsonBody, JsonOrNothing};
use crate::http::envelope::{ApiError, Envelope, Success};
use crate::http::identity::is_owner;
use crate::http::query::Parameters;
use crate::parameters::settings::{check_model, settings};
use crate::state::App;

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

/// An import. What a new collection is made with is ignored where it has that already, and
/// refused where it has something else.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Start {
    /// A folder, an archive or a file as the server sees it, absolute.
    #[schema(value_type = Option<String>)]
    path: Option<PathBuf>,
    /// Several of them.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    paths: Vec<PathBuf>,
    /// `default` unless given; made if there is none of that name.
    collection: Option<String>,
    /// Encoder of a new collection.
    model: Option<String>,
    /// Preprocessing of a new collection.
    preprocess: Option<String>,
    /// Pixels a side of a new collection's pictures, as the encoder sees them.
    #[schema(minimum = 1, maximum = 4096)]
    size: Option<u32>,
    /// Metric of a new collection: `cosine`, `ip` or `l2`.
    metric: Option<String>,
    /// Index of a new collection: `auto`, `flat`, `ivf_flat`, `ivf_sq8` or `hnsw`.
    index: Option<String>,
    /// Pictures in one forward pass; 0 takes what suits the encoder.
    #[serde(default)]
    #[schema(required = false)]
    batch_size: usize,
    /// `reference` leaves originals where they are, `copy` keeps copies on the server, `s3` in its
    /// object store.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    originals: Originals,
    /// Brings back what was deleted from there before; it is left out otherwise.
    #[serde(default)]
    #[schema(required = false)]
    again: bool,
}

#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Which {
    /// A job's id.
    #[serde(alias = "job")]
    job_id: Option<i64>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Shown {
    /// A job's id.
    #[serde(alias = "job")]
    job_id: Option<i64>,
    /// Failed files to list, at most 100,000; 1000 unless given.
    listed: Option<usize>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Page {
    /// Jobs to list, at most 1000; 100 unless given.
    limit: Option<usize>,
}

/// A job that was queued.
#[derive(Serialize, ToSchema)]
pub(crate) struct Started {
    job_id: i64,
    status: String,
}

/// The jobs that are asked to stop.
#[derive(Serialize, ToSchema)]
pub(crate) struct Cancelled {
    job_ids: Vec<i64>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct JobList {
    jobs: Vec<JobStatus>,
}

/// Queue an import.
#[utoipa::path(
    post,
    path = "/api/batch/start",
    tag = "imports",
    request_body = Start,
    responses((status = 200, body = Envelope<Started>), ApiError),
)]
pub(crate) async fn start(
    State(app): State<App>,
    _: Editor,
    headers: HeaderMap,
    JsonBody(start): JsonBody<Start>,
) -> Result<Success<Started>, ApiError> {
    check_model(&app, &headers, start.model.as_deref())?;
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

/// How an import is going; without `job_id`, the current or last one.
#[utoipa::path(
    get,
    path = "/api/batch/status",
    tag = "imports",
    params(Shown),
    responses((status = 200, body = Envelope<JobReport>), ApiError),
)]
pub(crate) async fn status(
    State(app): State<App>,
    _: Reader,
    editor: Result<Editor, ApiError>,
    Parameters(shown): Parameters<Shown>,
) -> Result<Success<JobReport>, ApiError> {
    let listed = shown.listed.unwrap_or(LISTED_FILES).min(MOST_LISTED_FILES);
    app.jobs(move |jobs, _| {
        let mut report = JobReport::from(jobs.report(shown.job_id, listed)?);
        if editor.is_err() {
            hide_paths(&mut report.status);
            for problem in report.failed_files.iter_mut().chain(&mut report.warnings) {
                problem.file = last_part(&problem.file);
                // It may name paths too.
                problem.reason = FOR_EDITORS.to_owned();
            }
        }
        Ok(Success(report))
    })
    .await
}

/// Stop an import; without `job_id`, all of them.
#[utoipa::path(
    post,
    path = "/api/batch/cancel",
    tag = "imports",
    request_body = Option<Which>,
    responses((status = 200, body = Envelope<Cancelled>), ApiError),
)]
pub(crate) async fn cancel(
    State(app): State<App>,
    _: Editor,
    JsonOrNothing(which): JsonOrNothing<Which>,
) -> Result<Success<Cancelled>, ApiError> {
    app.jobs(move |jobs, _| {
        let job_ids = jobs.cancel(which.job_id)?;
        Ok(Success(Cancelled { job_ids }))
    })
    .await
}

/// Queue the failed files of an import; without `job_id`, of the last one.
#[utoipa::path(
    post,
    path = "/api/batch/retry",
    tag = "imports",
    request_body = Option<Which>,
    responses((status = 200, body = Envelope<Started>), ApiError),
)]
pub(crate) async fn retry(
    State(app): State<App>,
    _: Editor,
    headers: HeaderMap,
    JsonOrNothing(which): JsonOrNothing<Which>,
) -> Result<Success<Started>, ApiError> {
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

/// Imports, the newest first.
#[utoipa::path(
    get,
    path = "/api/batch/jobs",
    tag = "imports",
    params(Page),
    responses((status = 200, body = Envelope<JobList>), ApiError),
)]
pub(crate) async fn list(
    State(app): State<App>,
    _: Reader,
    editor: Result<Editor, ApiError>,
    Parameters(page): Parameters<Page>,
) -> Result<Success<JobList>, ApiError> {
    let limit = page.limit.unwrap_or(LISTED_JOBS).min(MOST_LISTED_JOBS);
    app.jobs(move |jobs, _| {
        let jobs = jobs.list(limit)?.into_iter();
        let mut jobs: Vec<JobStatus> = jobs.map(Into::into).collect();
        if editor.is_err() {
            jobs.iter_mut().for_each(hide_paths);
        }
        Ok(Success(JobList { jobs }))
    })
    .await
}

/// What readers see in place of the reason that something failed.
const FOR_EDITORS: &str = "editors can see why";

/// Where files lie on this machine is nothing for those who only look.
fn hide_paths(status: &mut JobStatus) {
    for path in &mut status.paths {
        *path = last_part(path);
    }
    if status.message.is_some() {
        status.message = Some(FOR_EDITORS.to_owned());
    }
}

pub(crate) fn last_part(path: &str) -> String {
    let last = path.trim_end_matches('/').rsplit('/').next();
    last.unwrap_or_default().to_owned()
}

pub(crate) fn started(jobs: &Jobs, job_id: i64) -> Result<Success<Started>, ApiError> {
    let status = jobs.report(Some(job_id), 0)?.status.status;
    Ok(Success(Started { job_id, status }))
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
                "`{}` is not an absolute path; the server's working directory is not yours",
                path.display()
            )));
        }
        Ok(JobRequest {
            paths,
            collection: self.collection.unwrap_or_else(|| "default".to_owned()),
            settings: settings(
                self.model,
                self.preprocess,
                self.size,
                self.metric,
                self.index,
            )?,
            batch_size: NonZeroUsize::new(self.batch_size.min(MOST_BATCH)),
            originals: self.originals,
            again: self.again,
            ..JobRequest::default()
        })
    }
}

/// Pictures in one forward pass: more are only larger.
const MOST_BATCH: usize = 1024;

/// Says the same of what lies elsewhere and of what does not exist: a request must not find
/// out what is on the machine.
pub(crate) fn check_roots(paths: &[PathBuf], roots: &[PathBuf]) -> Result<(), ApiError> {
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
