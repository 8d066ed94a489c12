//! Collections and their numbers.

use axum::extract::State;
use lookalike_engine::CollectionReport;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::access::Reader;
use crate::envelope::{ApiError, Envelope, Success};
use crate::query::Parameters;
use crate::state::App;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// `default` unless given.
    collection: Option<String>,
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
    let reports = app.read(|engine| engine.collection_reports()).await?;
    Ok(Success(reports))
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
    let report = app.read(move |engine| engine.collection_report(&name));
    Ok(Success(report.await?))
}
