//! A user's own searches.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use lookalike_engine::history::{EarlierSearch, QueryThumbnail};
use lookalike_engine::search::SearchRequest;
use lookalike_wire::{HistoryEntry, HistoryPage, SearchAnswer};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use crate::http::access::{Caller, Member};
use crate::http::body::JsonOrNothing;
use crate::http::envelope::{ApiError, Envelope, Success};
use crate::http::path::Path;
use crate::http::query::Parameters;
use crate::openapi::Binary;
use crate::parameters::search::{Parameters as SearchedWith, SearchParameters};
use crate::routes::search;
use crate::state::App;

/// Entries a page unless asked otherwise.
const PAGE_SIZE: u64 = 20;

/// The picture of an entry never changes.
const CACHE: HeaderValue = HeaderValue::from_static("private, max-age=86400, immutable");

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Shown {
    /// From 1; the newest entries are on the first page.
    #[param(minimum = 1)]
    page: Option<u64>,
    /// Entries a page; 20 unless given.
    #[param(minimum = 1, maximum = 100)]
    page_size: Option<u64>,
}

/// What was deleted.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeletedEntries {
    /// Entries.
    deleted: usize,
}

/// My searches, the newest first.
#[utoipa::path(
    get,
    path = "/api/history",
    tag = "history",
    params(Shown),
    responses((status = 200, body = Envelope<HistoryPage>), ApiError),
)]
pub(crate) async fn list(
    State(app): State<App>,
    Member(caller): Member,
    Parameters(shown): Parameters<Shown>,
) -> Result<Success<HistoryPage>, ApiError> {
    let (page, page_size) = (
        shown.page.unwrap_or(1),
        shown.page_size.unwrap_or(PAGE_SIZE),
    );
    let recorder = app.clone();
    let page = app
        .read(move |engine| {
            recorder.recorder().settle();
            engine.history().page(caller.user_id, page, page_size)
        })
        .await?;
    Ok(Success(page.into()))
}

/// One of my searches.
#[utoipa::path(
    get,
    path = "/api/history/{id}",
    tag = "history",
    params(("id" = i64, Path, description = "As in the list")),
    responses((status = 200, body = Envelope<HistoryEntry>), ApiError),
)]
pub(crate) async fn show(
    State(app): State<App>,
    Member(caller): Member,
    Path(id): Path<String>,
) -> Result<Success<HistoryEntry>, ApiError> {
    let id = entry_id(&id)?;
    let entry = app.read(move |engine| engine.history().entry(caller.user_id, id));
    Ok(Success(entry.await?.into()))
}

/// Which picture of a query is asked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// The whole picture, where a part of it was searched for; else that part.
    #[serde(default)]
    #[param(required = false)]
    whole: bool,
}

impl Which {
    pub(super) fn thumbnail(&self) -> QueryThumbnail {
        if self.whole {
            QueryThumbnail::Whole
        } else {
            QueryThumbnail::SearchedFor
        }
    }
}

/// Picture of a query, at most 320 x 320 pixels, JPEG.
#[utoipa::path(
    get,
    path = "/api/history/{id}/thumbnail/{position}",
    tag = "history",
    params(
        ("id" = i64, Path, description = "As in the list"),
        ("position" = u32, Path, description = "Of the query, from 0"),
        Which,
    ),
    responses((status = 200, content_type = "image/jpeg", body = Binary), ApiError),
)]
pub(crate) async fn thumbnail(
    State(app): State<App>,
    Member(caller): Member,
    Path((id, position)): Path<(String, String)>,
    Parameters(which): Parameters<Which>,
) -> Result<Response, ApiError> {
    let id = entry_id(&id)?;
    let position = query_position(&position)?;
    let jpeg = app.read(move |engine| {
        let history = engine.history();
        history.thumbnail(caller.user_id, id, position, which.thumbnail())
    });
    Ok(kept_picture(jpeg.await?))
}

/// Which query of a search a path names, from 0.
pub(super) fn query_position(text: &str) -> Result<u32, ApiError> {
    text.parse()
        .map_err(|_| ApiError::invalid(format!("`{text}` is not the position of a picture")))
}

/// The picture of a query, a JPEG.
pub(super) fn kept_picture(jpeg: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg")),
        (header::CACHE_CONTROL, CACHE),
    ];
    (headers, jpeg).into_response()
}

/// Make a search again.
///
/// It is searched with the vectors of then, exactly, in what the collections hold now. Parameters
/// that are given replace those of then; null takes one away.
#[utoipa::path(
    post,
    path = "/api/history/{id}/search",
    tag = "history",
    params(("id" = i64, Path, description = "As in the list")),
    request_body = Option<SearchParameters>,
    responses((status = 200, body = Envelope<SearchAnswer>), ApiError),
)]
pub(crate) async fn repeat(
    State(app): State<App>,
    Member(caller): Member,
    Path(id): Path<String>,
    JsonOrNothing(changes): JsonOrNothing<Map<String, Value>>,
) -> Result<Success<SearchAnswer>, ApiError> {
    let id = entry_id(&id)?;
    let user_id = caller.user_id;
    let earlier = app
        .read(move |engine| engine.history().earlier(user_id, id))
        .await?;
    made_again(&app, &caller, earlier, changes).await
}

/// An earlier search with changed parameters.
pub(super) async fn made_again(
    app: &App,
    caller: &Caller,
    earlier: EarlierSearch,
    changes: Map<String, Value>,
) -> Result<Success<SearchAnswer>, ApiError> {
    if changes.contains_key("region") {
        return Err(ApiError::invalid(
            "another region takes the picture, which the history does not keep; search with it \
             again",
        ));
    }
    let parameters = SearchedWith::from_json(&changed(earlier.parameters, changes))?;
    let history = parameters.keeps_history();
    let request = SearchRequest {
        queries: earlier.queries,
        ..parameters.into_request()?
    };
    search::search(app, caller, request, history).await
}

/// Delete one of my searches, and with it its name if it is saved.
#[utoipa::path(
    delete,
    path = "/api/history/{id}",
    tag = "history",
    params(("id" = i64, Path, description = "As in the list")),
    responses((status = 200, body = Envelope<DeletedEntries>), ApiError),
)]
pub(crate) async fn delete(
    State(app): State<App>,
    Member(caller): Member,
    Path(id): Path<String>,
) -> Result<Success<DeletedEntries>, ApiError> {
    let id = entry_id(&id)?;
    app.read(move |engine| engine.history().delete(caller.user_id, id))
        .await?;
    Ok(Success(DeletedEntries { deleted: 1 }))
}

/// Delete all my searches but those that are saved.
#[utoipa::path(
    delete,
    path = "/api/history",
    tag = "history",
    responses((status = 200, body = Envelope<DeletedEntries>), ApiError),
)]
pub(crate) async fn clear(
    State(app): State<App>,
    Member(caller): Member,
) -> Result<Success<DeletedEntries>, ApiError> {
    let recorder = app.clone();
    let deleted = app
        .read(move |engine| {
            // Otherwise what was searched just before would come after.
            recorder.recorder().settle();
            engine.history().clear(caller.user_id)
        })
        .await?;
    Ok(Success(DeletedEntries { deleted }))
}

/// The parameters of then with the changes.
fn changed(mut parameters: Map<String, Value>, changes: Map<String, Value>) -> Map<String, Value> {
    // They exclude each other.
    for (given, other) in [("top_k", "top_groups"), ("top_groups", "top_k")] {
        if changes.get(given).is_some_and(|value| !value.is_null()) {
            parameters.remove(other);
        }
    }
    for (name, value) in changes {
        match value {
            Value::Null => parameters.remove(&name),
            value => parameters.insert(name, value),
        };
    }
    parameters
}

pub(super) fn entry_id(text: &str) -> Result<i64, ApiError> {
    text.parse()
        .map_err(|_| ApiError::invalid(format!("`{text}` is no search's id")))
}
