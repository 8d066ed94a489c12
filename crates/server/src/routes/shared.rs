//! Searches that their makers gave to others: by the token that only they were told.
//!
//! A link to a search is no step of its own that would have to be kept: whoever has the token may
//! see what was searched for and search again, under their own name, as long as the entry is in
//! its maker's history.

use axum::extract::State;
use axum::response::Response;
use lookalike_wire::{HistoryEntry, SearchAnswer};
use serde_json::{Map, Value};

use super::history::{Which, kept_picture, made_again, query_position};
use crate::http::access::Reader;
use crate::http::body::JsonOrNothing;
use crate::http::envelope::{ApiError, Envelope, Success};
use crate::http::path::Path;
use crate::http::query::Parameters;
use crate::openapi::Binary;
use crate::parameters::search::SearchParameters;
use crate::state::App;

/// A search that somebody made, by its token.
#[utoipa::path(
    get,
    path = "/api/shared/{query_token}",
    tag = "history",
    params(("query_token" = String, Path, description = "Of the search's answer")),
    responses((status = 200, body = Envelope<HistoryEntry>), ApiError),
)]
pub(crate) async fn show_shared(
    State(app): State<App>,
    _: Reader,
    Path(token): Path<String>,
) -> Result<Success<HistoryEntry>, ApiError> {
    let recorder = app.clone();
    let entry = app.read(move |engine| {
        recorder.recorder().settle();
        engine.history().shared(&token)
    });
    Ok(Success(HistoryEntry::shared(entry.await?)))
}

/// Picture of a query of a search that somebody made, at most 320 x 320 pixels, JPEG.
#[utoipa::path(
    get,
    path = "/api/shared/{query_token}/thumbnail/{position}",
    tag = "history",
    params(
        ("query_token" = String, Path, description = "Of the search's answer"),
        ("position" = u32, Path, description = "Of the query, from 0"),
        Which,
    ),
    responses((status = 200, content_type = "image/jpeg", body = Binary), ApiError),
)]
pub(crate) async fn shared_thumbnail(
    State(app): State<App>,
    _: Reader,
    Path((token, position)): Path<(String, String)>,
    Parameters(which): Parameters<Which>,
) -> Result<Response, ApiError> {
    let position = query_position(&position)?;
    let jpeg = app.read(move |engine| {
        let history = engine.history();
        history.shared_thumbnail(&token, position, which.thumbnail())
    });
    Ok(kept_picture(jpeg.await?))
}

/// Make a search that somebody made again, as mine.
///
/// As `/api/history/{id}/search`, for whoever may search and was given the token.
#[utoipa::path(
    post,
    path = "/api/shared/{query_token}/search",
    tag = "history",
    params(("query_token" = String, Path, description = "Of the search's answer")),
    request_body = Option<SearchParameters>,
    responses((status = 200, body = Envelope<SearchAnswer>), ApiError),
)]
pub(crate) async fn repeat_shared(
    State(app): State<App>,
    Reader(caller): Reader,
    Path(token): Path<String>,
    JsonOrNothing(changes): JsonOrNothing<Map<String, Value>>,
) -> Result<Success<SearchAnswer>, ApiError> {
    let recorder = app.clone();
    let earlier = app
        .read(move |engine| {
            recorder.recorder().settle();
            engine.history().shared_earlier(&token)
        })
        .await?;
    made_again(&app, &caller, earlier, changes).await
}
