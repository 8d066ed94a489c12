//! What was deleted: listed, restored, deleted for good.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use lookalike_engine::library::InTrash;
use lookalike_wire::{Deleted, Restored, TrashPage};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::http::access::{Admin, Editor};
use crate::http::body::JsonBody;
use crate::http::envelope::{ApiError, Envelope, Success};
use crate::http::path::Path;
use crate::http::query::Parameters;
use crate::openapi::Binary;
use crate::parameters::values::number;
use crate::state::App;

/// Which page of which trash.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct TrashParameters {
    /// `default` unless given.
    collection: Option<String>,
    /// From 1.
    #[param(minimum = 1)]
    page: Option<u64>,
    /// 50 unless given.
    #[param(minimum = 1, maximum = 500)]
    page_size: Option<usize>,
}

/// Which images of the trash: `ids`, or `deletion`, or `all`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TrashSelection {
    /// The collection that `all` is of; `default` unless given.
    collection: Option<String>,
    /// These images.
    #[schema(max_items = 100_000)]
    ids: Option<Vec<u64>>,
    /// Those of this deletion: the number that it answered.
    deletion: Option<i64>,
    /// `true`: everything that was deleted from the collection.
    all: Option<bool>,
}

/// List the trash of a collection: what was deleted from it and can be restored.
#[utoipa::path(
    get,
    path = "/api/trash",
    tag = "trash",
    params(TrashParameters),
    responses((status = 200, body = Envelope<TrashPage>), ApiError),
)]
pub(crate) async fn list(
    State(app): State<App>,
    _: Editor,
    Parameters(which): Parameters<TrashParameters>,
) -> Result<Success<TrashPage>, ApiError> {
    let collection = which.collection.unwrap_or_else(|| "default".to_owned());
    let (page, size) = (which.page.unwrap_or(1), which.page_size.unwrap_or(50));
    let page = app.read(move |engine| engine.library().trash(&collection, page, size));
    Ok(Success(page.await?.into()))
}

/// Restore deleted images from the trash, as they were.
#[utoipa::path(
    post,
    path = "/api/images/restore",
    tag = "images",
    request_body = TrashSelection,
    responses((status = 200, body = Envelope<Restored>), ApiError),
)]
pub(crate) async fn restore(
    State(app): State<App>,
    _: Editor,
    JsonBody(which): JsonBody<TrashSelection>,
) -> Result<Success<Restored>, ApiError> {
    let which = which.read()?;
    let restored = app.read(move |engine| engine.library().restore(&which));
    Ok(Success(restored.await?.into()))
}

/// Delete images of the trash for good.
///
/// Editors delete what they name; only admins delete everything.
#[utoipa::path(
    delete,
    path = "/api/trash",
    tag = "trash",
    request_body = TrashSelection,
    responses((status = 200, body = Envelope<Deleted>), ApiError),
)]
pub(crate) async fn empty(
    State(app): State<App>,
    _: Editor,
    admin: Result<Admin, ApiError>,
    JsonBody(which): JsonBody<TrashSelection>,
) -> Result<Success<Deleted>, ApiError> {
    let which = which.read()?;
    if let (InTrash::All(_), Err(refused)) = (&which, admin) {
        return Err(refused);
    }
    let deleted = app.read(move |engine| engine.library().empty_trash(&which));
    Ok(Success(deleted.await?.into()))
}

/// Thumbnail of an image in the trash: at most 300 x 300 pixels, JPEG.
#[utoipa::path(
    get,
    path = "/api/trash/{id}/thumbnail",
    tag = "trash",
    params(("id" = u64, Path)),
    responses((status = 200, content_type = "image/jpeg", body = Binary), ApiError),
)]
pub(crate) async fn thumbnail(
    State(app): State<App>,
    _: Editor,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let id = number("id", &id)?;
    let bytes = app
        .read(move |engine| engine.pictures().trashed_thumbnail(id))
        .await?;
    let kind = HeaderValue::from_static("image/jpeg");
    let cache = HeaderValue::from_static("private, max-age=3600");
    Ok((
        [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, cache)],
        bytes,
    )
        .into_response())
}

impl TrashSelection {
    fn read(self) -> Result<InTrash, ApiError> {
        match (self.ids, self.deletion, self.all) {
            (Some(ids), None, None) => Ok(InTrash::Items(ids)),
            (None, Some(number), None) => Ok(InTrash::Deletion(number)),
            (None, None, Some(true)) => Ok(InTrash::All(
                self.collection.unwrap_or_else(|| "default".to_owned()),
            )),
            _ => Err(ApiError::invalid(
                "say which images by one of `ids`, `deletion`, or `all`: true",
            )),
        }
    }
}
