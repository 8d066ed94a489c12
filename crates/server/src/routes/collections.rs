//! Collections and their numbers.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use lookalike_wire::CollectionReport;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::http::access::{Admin, Editor, Reader};
use crate::http::body::JsonBody;
use crate::http::envelope::{ApiError, Envelope, Success};
use crate::http::path::Path;
use crate::http::query::Parameters;
use crate::parameters::settings::{check_model, settings};
use crate::state::App;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// `default` unless given.
    collection: Option<String>,
}

/// A collection that is gone.
#[derive(Serialize, ToSchema)]
pub(crate) struct Dropped {
    name: String,
    /// That it had.
    images: u64,
}

/// All collections with their numbers.
#[utoipa::path(
    get,
    path = "/api/collections",
    tag = "collections",
    responses((status = 200, body = Envelope<Vec<CollectionReport>>), ApiError),
)]
pub(crate) async fn list(
    State(app): State<App>,
    _: Reader,
) -> Result<Success<Vec<CollectionReport>>, ApiError> {
    let reports = app.read(|engine| engine.collections().reports()).await?;
    Ok(Success(reports.into_iter().map(Into::into).collect()))
}

/// A collection to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewCollection {
    /// 1 to 64 letters of any script, digits, `-`, `_` or `.`, beginning with a letter or digit.
    name: String,
    /// The encoder; `builtin` unless given.
    model: Option<String>,
    /// The encoder's own unless given, else `letterbox`.
    preprocess: Option<String>,
    /// Pixels a side of pictures as the encoder sees them; its own unless given.
    #[schema(minimum = 1, maximum = 4096)]
    size: Option<u32>,
    /// `cosine` (unless given), `ip` or `l2`.
    metric: Option<String>,
    /// `auto` (unless given), `flat`, `ivf_flat`, `ivf_sq8` or `hnsw`.
    index: Option<String>,
}

/// Make an empty collection.
#[utoipa::path(
    post,
    path = "/api/collections",
    tag = "collections",
    request_body = NewCollection,
    responses((status = 201, body = Envelope<CollectionReport>), ApiError),
)]
pub(crate) async fn create(
    State(app): State<App>,
    _: Editor,
    headers: HeaderMap,
    JsonBody(new): JsonBody<NewCollection>,
) -> Result<(StatusCode, Success<CollectionReport>), ApiError> {
    check_model(&app, &headers, new.model.as_deref())?;
    let settings = settings(new.model, new.preprocess, new.size, new.metric, new.index)?;
    let name = new.name;
    let create = app.read(move |engine| {
        engine.collections().create(&name, &settings)?;
        engine.collections().report(&name)
    });
    Ok((StatusCode::CREATED, Success(create.await?.into())))
}

/// Numbers and settings of a collection, under its own address.
#[utoipa::path(
    get,
    path = "/api/collections/{name}",
    tag = "collections",
    params(("name" = String, Path)),
    responses((status = 200, body = Envelope<CollectionReport>), ApiError),
)]
pub(crate) async fn show(
    State(app): State<App>,
    _: Reader,
    Path(name): Path<String>,
) -> Result<Success<CollectionReport>, ApiError> {
    let report = app.read(move |engine| engine.collections().report(&name));
    Ok(Success(report.await?.into()))
}

/// What of a collection can change.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CollectionEdit {
    /// Sentences with `{}` that words are put into where a search names none; an empty list leaves words
    /// as they are.
    #[schema(max_items = 100, example = json!(["a photo of {}", "{}的图片"]))]
    templates: Vec<String>,
}

/// Set the sentences that words are put into.
#[utoipa::path(
    patch,
    path = "/api/collections/{name}",
    tag = "collections",
    params(("name" = String, Path)),
    request_body = CollectionEdit,
    responses((status = 200, body = Envelope<CollectionReport>), ApiError),
)]
pub(crate) async fn edit(
    State(app): State<App>,
    _: Editor,
    Path(name): Path<String>,
    JsonBody(edit): JsonBody<CollectionEdit>,
) -> Result<Success<CollectionReport>, ApiError> {
    let edit = app.read(move |engine| {
        engine.collections().set_templates(&name, &edit.templates)?;
        engine.collections().report(&name)
    });
    Ok(Success(edit.await?.into()))
}

/// Drop a collection with all its images.
///
/// Originals that stayed where they were imported from are never touched.
#[utoipa::path(
    delete,
    path = "/api/collections/{name}",
    tag = "collections",
    params(("name" = String, Path)),
    responses((status = 200, body = Envelope<Dropped>), ApiError),
)]
pub(crate) async fn drop(
    State(app): State<App>,
    _: Admin,
    Path(name): Path<String>,
) -> Result<Success<Dropped>, ApiError> {
    let drop = app.read(move |engine| {
        let images = engine.collections().count(&name)?;
        engine.collections().drop(&name)?;
        Ok(Dropped { name, images })
    });
    Ok(Success(drop.await?))
}

/// Numbers and settings of a collection.
#[utoipa::path(
    get,
    path = "/api/collection/stats",
    tag = "collections",
    params(Which),
    responses((status = 200, body = Envelope<CollectionReport>), ApiError),
)]
pub(crate) async fn stats(
    State(app): State<App>,
    _: Reader,
    Parameters(which): Parameters<Which>,
) -> Result<Success<CollectionReport>, ApiError> {
    let name = which.collection.unwrap_or_else(|| "default".to_owned());
    let report = app.read(move |engine| engine.collections().report(&name));
    Ok(Success(report.await?.into()))
}
