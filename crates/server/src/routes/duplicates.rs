//! Near duplicates: groups of them, and what people decide.

use axum::extract::State;
use lookalike_duplicates::DuplicatesRequest;
use lookalike_wire::{Decision, Deleted, DuplicatesReport};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::http::access::{Editor, Reader};
use crate::http::body::JsonBody;
use crate::http::envelope::{ApiError, Envelope, Success};
use crate::http::query::Parameters;
use crate::routes::images::hide_path;
use crate::state::App;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// `default` unless given.
    collection: Option<String>,
    /// The worst score of a duplicate: for `cosine` 0.5 to 1, and unless given that from which the
    /// encoder takes pictures for edited copies; to be given for other metrics.
    threshold: Option<f32>,
    /// Whether sheets of the same patent count as duplicates of each other.
    same_patent: Option<bool>,
    /// Whether sheets of different patents do.
    across_patents: Option<bool>,
    /// From 1.
    #[param(minimum = 1)]
    page: Option<u64>,
    /// Groups of a page; 20 unless given.
    #[param(minimum = 1, maximum = 100)]
    page_size: Option<usize>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// `default` unless given.
    collection: Option<String>,
}

/// Searches that were asked to stop.
#[derive(Serialize, ToSchema)]
pub(crate) struct CancelledSearches {
    cancelled: usize,
}

/// Find near duplicates.
///
/// The first request begins a search in the background and answers `running`, with how far it is;
/// ask again until it is `ready`. The result is kept until images come.
#[utoipa::path(
    get,
    path = "/api/duplicates",
    tag = "images",
    params(Wanted),
    responses((status = 200, body = Envelope<DuplicatesReport>), ApiError),
)]
pub(crate) async fn find(
    State(app): State<App>,
    _: Reader,
    editor: Result<Editor, ApiError>,
    Parameters(wanted): Parameters<Wanted>,
) -> Result<Success<DuplicatesReport>, ApiError> {
    let request = DuplicatesRequest {
        collection: wanted.collection.unwrap_or_else(|| "default".to_owned()),
        threshold: wanted.threshold,
        same_patent: wanted.same_patent.unwrap_or(false),
        across_patents: wanted.across_patents.unwrap_or(false),
    };
    let (page, page_size) = (wanted.page.unwrap_or(1), wanted.page_size.unwrap_or(20));
    let duplicates = app.duplicates().clone();
    let report = app
        .read(move |_| duplicates.report(&request, page, page_size))
        .await?;
    let mut report = DuplicatesReport::from(report);
    for group in &mut report.found.groups {
        hide_path(&mut group.representative, editor.is_ok());
        for member in &mut group.members {
            hide_path(&mut member.item, editor.is_ok());
        }
    }
    Ok(Success(report))
}

/// Stop the searches for duplicates of a collection.
#[utoipa::path(
    delete,
    path = "/api/duplicates",
    tag = "images",
    params(Which),
    responses((status = 200, body = Envelope<CancelledSearches>), ApiError),
)]
pub(crate) async fn cancel(
    State(app): State<App>,
    _: Editor,
    Parameters(which): Parameters<Which>,
) -> Result<Success<CancelledSearches>, ApiError> {
    let collection = which.collection.unwrap_or_else(|| "default".to_owned());
    let duplicates = app.duplicates().clone();
    let cancelled = app.read(move |_| duplicates.cancel(&collection)).await?;
    Ok(Success(CancelledSearches { cancelled }))
}

/// Decide about duplicates.
///
/// `not_duplicate` is remembered: these items are not shown as duplicates of each other again.
/// `keep` deletes the others.
#[utoipa::path(
    post,
    path = "/api/duplicates/decisions",
    tag = "images",
    request_body = Decision,
    responses((status = 200, body = Envelope<Deleted>), ApiError),
)]
pub(crate) async fn decide(
    State(app): State<App>,
    _: Editor,
    JsonBody(decision): JsonBody<Decision>,
) -> Result<Success<Deleted>, ApiError> {
    let decision = decision.into();
    let duplicates = app.duplicates().clone();
    let decide = app.read(move |_| duplicates.decide(&decision));
    Ok(Success(decide.await?.into()))
}
