//! Searches that users named, to run them again over what is new.

use axum::extract::State;
use axum::http::StatusCode;
use lookalike_wire::SavedSearch;
use serde::Deserialize;
use utoipa::ToSchema;

use super::history::entry_id;
use crate::http::access::Member;
use crate::http::body::JsonBody;
use crate::http::envelope::{ApiError, Done, Envelope, Success};
use crate::http::path::Path;
use crate::state::App;

/// A search to save.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewSavedSearch {
    /// At most 200 characters; no two of mine have the same, in any case.
    name: String,
    /// Of the answer of a search of mine, which the history has.
    query_token: String,
}

/// My saved searches, by their names.
#[utoipa::path(
    get,
    path = "/api/saved-searches",
    tag = "history",
    responses((status = 200, body = Envelope<Vec<SavedSearch>>), ApiError),
)]
pub(crate) async fn list_saved(
    State(app): State<App>,
    Member(caller): Member,
) -> Result<Success<Vec<SavedSearch>>, ApiError> {
    let saved = app.read(move |engine| engine.history().saved(caller.user_id));
    Ok(Success(saved.await?.into_iter().map(Into::into).collect()))
}

/// Save a search of mine under a name.
///
/// The history keeps it from then on, also when all of it is deleted. One that is saved already gets
/// the new name.
#[utoipa::path(
    post,
    path = "/api/saved-searches",
    tag = "history",
    request_body = NewSavedSearch,
    responses((status = 201, body = Envelope<SavedSearch>), ApiError),
)]
pub(crate) async fn save(
    State(app): State<App>,
    Member(caller): Member,
    JsonBody(new): JsonBody<NewSavedSearch>,
) -> Result<(StatusCode, Success<SavedSearch>), ApiError> {
    let recorder = app.clone();
    let saved = app.read(move |engine| {
        // What was found a moment ago may still be on its way into the history.
        recorder.recorder().settle();
        let history = engine.history();
        let id = history.save(caller.user_id, &new.query_token, &new.name)?;
        history.saved_search(caller.user_id, id)
    });
    Ok((StatusCode::CREATED, Success(saved.await?.into())))
}

/// Note that I run a saved search now.
///
/// It answers the saved search as it was before: searching again with `after_item` set to its
/// `seen_item` (`POST /api/history/{id}/search`) finds only what was added since the run before, and
/// what is added from now on is new to the next one.
#[utoipa::path(
    post,
    path = "/api/saved-searches/{id}/run",
    tag = "history",
    params(("id" = i64, Path, description = "As in the list")),
    responses((status = 200, body = Envelope<SavedSearch>), ApiError),
)]
pub(crate) async fn run(
    State(app): State<App>,
    Member(caller): Member,
    Path(id): Path<String>,
) -> Result<Success<SavedSearch>, ApiError> {
    let id = entry_id(&id)?;
    let before = app.read(move |engine| engine.history().run_saved(caller.user_id, id));
    Ok(Success(before.await?.into()))
}

/// Forget the name of a saved search, which stays in the history as any other.
#[utoipa::path(
    delete,
    path = "/api/saved-searches/{id}",
    tag = "history",
    params(("id" = i64, Path, description = "As in the list")),
    responses((status = 200, body = Envelope<Done>), ApiError),
)]
pub(crate) async fn forget(
    State(app): State<App>,
    Member(caller): Member,
    Path(id): Path<String>,
) -> Result<Success<Done>, ApiError> {
    let id = entry_id(&id)?;
    app.read(move |engine| engine.history().forget_saved(caller.user_id, id))
        .await?;
    Ok(Success(Done {}))
}
