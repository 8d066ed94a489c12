//! Screenings: folders of products against collections of designs.

use std::path::PathBuf;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use lookalike_screening::{ScreenRequest, content_security_policy, csv, html};
use lookalike_wire::{ScreenReport, ScreenStatus};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::http::access::{Editor, Reader};
use crate::http::body::JsonBody;
use crate::http::envelope::{ApiError, Envelope, Success};
use crate::http::identity::is_owner;
use crate::http::path::Path;
use crate::parameters::search::{Parameters, SearchParameters};
use crate::parameters::values::take;
use crate::routes::imports::{ImportRoots, check_roots, last_part};
use crate::state::App;

/// A screening. The parameters are those of searches; 5 patents for each product are wanted unless
/// `top_groups` says otherwise.
#[derive(Serialize, ToSchema)]
pub(crate) struct ScreenStart {
    /// The folder of products as the server sees it, absolute. Each folder below it is a product;
    /// pictures in itself are one product where their names differ only by a number at the end.
    path: String,
    #[serde(flatten)]
    parameters: SearchParameters,
}

/// A screening that was queued.
#[derive(Serialize, ToSchema)]
pub(crate) struct Screening {
    job_id: i64,
    status: &'static str,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct ScreeningList {
    /// The newest first.
    jobs: Vec<ScreenStatus>,
}

/// Patents for each product, unless told otherwise.
const TOP_GROUPS: usize = 5;

/// Screen a folder of products.
///
/// The same request again, while it is not finished, is the same screening.
#[utoipa::path(
    post,
    path = "/api/screen",
    tag = "screening",
    request_body = ScreenStart,
    responses((status = 200, body = Envelope<Screening>), ApiError),
)]
pub(crate) async fn start(
    State(app): State<App>,
    _: Editor,
    headers: HeaderMap,
    JsonBody(mut object): JsonBody<Map<String, Value>>,
) -> Result<Success<Screening>, ApiError> {
    let folder: PathBuf = take(&mut object, "path")?
        .ok_or_else(|| ApiError::invalid("no `path` in the JSON object"))?;
    if ["top_k", "top_groups"]
        .iter()
        .all(|name| !object.contains_key(*name))
    {
        object.insert("top_groups".to_owned(), TOP_GROUPS.into());
    }
    let request = Parameters::from_json(&object)?.into_request()?;
    request.check_parameters()?;
    let parameters = request.parameters();
    let is_owner = is_owner(&app, &headers);
    let mut request = ScreenRequest {
        folder,
        within: None,
        parameters,
    };
    app.screenings(move |screenings, options| {
        if let ImportRoots::Below(roots) = &options.import_roots
            && !is_owner
        {
            check_roots(std::slice::from_ref(&request.folder), roots)?;
            request.within = Some(roots.clone());
        }
        let job_id = screenings.start(request)?;
        let status = screenings.status(job_id)?.status;
        Ok(Success(Screening { job_id, status }))
    })
    .await
}

/// All screenings.
#[utoipa::path(
    get,
    path = "/api/screen",
    tag = "screening",
    responses((status = 200, body = Envelope<ScreeningList>), ApiError),
)]
pub(crate) async fn list(
    State(app): State<App>,
    _: Reader,
    editor: Result<Editor, ApiError>,
) -> Result<Success<ScreeningList>, ApiError> {
    let shows_paths = editor.is_ok();
    app.screenings(move |screenings, _| {
        let mut jobs: Vec<ScreenStatus> = screenings.list()?.into_iter().map(Into::into).collect();
        if !shows_paths {
            jobs.iter_mut().for_each(hide_paths);
        }
        Ok(Success(ScreeningList { jobs }))
    })
    .await
}

/// How a screening is going, and what it found so far.
///
/// With `.csv` after its number a table, with `.html` a document with pictures.
#[utoipa::path(
    get,
    path = "/api/screen/{job}",
    tag = "screening",
    params(("job" = String, Path, description = "Its number, alone or with `.csv` or `.html`")),
    responses(
        (status = 200, content(
            (Envelope<ScreenReport> = "application/json"),
            (String = "text/html"),
            (String = "text/csv"),
        )),
        ApiError,
    ),
)]
pub(crate) async fn show(
    State(app): State<App>,
    _: Reader,
    editor: Result<Editor, ApiError>,
    Path(job): Path<String>,
) -> Result<Response, ApiError> {
    let (id, form) = match job.split_once('.') {
        Some((id, form)) => (number(id)?, form.to_owned()),
        None => (number(&job)?, String::new()),
    };
    let shows_paths = editor.is_ok();
    app.screenings(move |screenings, _| {
        let mut report = screenings.report(id)?;
        if !shows_paths {
            report.status.folder = last_part(&report.status.folder);
            report.status.message = None;
        }
        match form.as_str() {
            "" => Ok(Success(ScreenReport::from(report)).into_response()),
            "csv" => {
                let name = format!("attachment; filename=\"screening-{id}.csv\"");
                let name =
                    HeaderValue::from_str(&name).map_err(|error| ApiError::internal(&error))?;
                let kind = HeaderValue::from_static("text/csv; charset=utf-8");
                let headers = [
                    (header::CONTENT_TYPE, kind),
                    (header::CONTENT_DISPOSITION, name),
                ];
                Ok((headers, csv(&report.products)?).into_response())
            }
            "html" => {
                let policy = HeaderValue::from_str(content_security_policy())
                    .map_err(|error| ApiError::internal(&error))?;
                let kind = HeaderValue::from_static("text/html; charset=utf-8");
                let headers = [
                    (header::CONTENT_TYPE, kind),
                    (header::CONTENT_SECURITY_POLICY, policy),
                ];
                Ok((headers, html(screenings.engine(), &report)).into_response())
            }
            _ => Err(ApiError::new(
                StatusCode::NOT_FOUND,
                "there are screenings by their number alone, and with `.csv` or `.html` after it",
            )),
        }
    })
    .await
}

/// Stop a screening; what it found stays.
#[utoipa::path(
    post,
    path = "/api/screen/{job}/cancel",
    tag = "screening",
    params(("job" = i64, Path, description = "Its number")),
    responses((status = 200, body = Envelope<Screening>), ApiError),
)]
pub(crate) async fn cancel(
    State(app): State<App>,
    _: Editor,
    Path(job): Path<String>,
) -> Result<Success<Screening>, ApiError> {
    let job_id = number(&job)?;
    app.screenings(move |screenings, _| {
        screenings.cancel(job_id)?;
        let status = screenings.status(job_id)?.status;
        Ok(Success(Screening { job_id, status }))
    })
    .await
}

/// Where files lie on this machine is nothing for those who only look.
fn hide_paths(status: &mut ScreenStatus) {
    status.folder = last_part(&status.folder);
    status.message = None;
}

fn number(text: &str) -> Result<i64, ApiError> {
    text.parse()
        .map_err(|_| ApiError::invalid(format!("`{text}` is no screening's number")))
}
