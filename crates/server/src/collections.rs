//! Collections and their numbers.

use axum::extract::State;
use lookalike_engine::CollectionReport;
use serde::Deserialize;

use crate::envelope::{ApiError, Success};
use crate::query::Parameters;
use crate::state::App;

#[derive(Deserialize)]
pub(crate) struct Which {
    collection: Option<String>,
}

pub(crate) async fn list(
    State(app): State<App>,
) -> Result<Success<Vec<CollectionReport>>, ApiError> {
    let reports = app.read(|engine| engine.collection_reports()).await?;
    Ok(Success(reports))
}

pub(crate) async fn stats(
    State(app): State<App>,
    Parameters(which): Parameters<Which>,
) -> Result<Success<CollectionReport>, ApiError> {
    let name = which.collection.unwrap_or_else(|| "default".to_owned());
    let report = app.read(move |engine| engine.collection_report(&name));
    Ok(Success(report.await?))
}
