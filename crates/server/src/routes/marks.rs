//! What users note of their searches, for their reports.

use axum::extract::State;
use lookalike_wire::SearchMarks;

use crate::http::access::Member;
use crate::http::body::JsonBody;
use crate::http::envelope::{ApiError, Envelope, Success};
use crate::http::path::Path;
use crate::state::App;

/// What I noted of a search of mine.
#[utoipa::path(
    get,
    path = "/api/marks/{query_token}",
    tag = "history",
    params(("query_token" = String, Path, description = "Of the search's answer")),
    responses((status = 200, body = Envelope<SearchMarks>), ApiError),
)]
pub(crate) async fn show_marks(
    State(app): State<App>,
    Member(caller): Member,
    Path(token): Path<String>,
) -> Result<Success<SearchMarks>, ApiError> {
    let marks = app.read(move |engine| engine.history().marks(caller.user_id, &token));
    Ok(Success(marks.await?.into()))
}

/// Note something of a search of mine, in place of what was noted before. It stands in its report.
#[utoipa::path(
    post,
    path = "/api/marks/{query_token}",
    tag = "history",
    params(("query_token" = String, Path, description = "Of the search's answer")),
    request_body = SearchMarks,
    responses((status = 200, body = Envelope<SearchMarks>), ApiError),
)]
pub(crate) async fn change_marks(
    State(app): State<App>,
    Member(caller): Member,
    Path(token): Path<String>,
    JsonBody(marks): JsonBody<SearchMarks>,
) -> Result<Success<SearchMarks>, ApiError> {
    let kept = marks.clone().into();
    let recorder = app.clone();
    app.read(move |engine| {
        // What was found a moment ago may still be on its way into the history.
        recorder.recorder().settle();
        engine.history().mark(caller.user_id, &token, &kept)
    })
    .await?;
    Ok(Success(marks))
}
