//! Patents with their images.

use axum::extract::State;
use lookalike_wire::PatentReport;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::access::{Editor, Reader};
use crate::http::envelope::{ApiError, Envelope, Success};
use crate::http::path::Path;
use crate::http::query::Parameters;
use crate::routes::images::hide_path;
use crate::state::App;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Only its images in this collection.
    collection: Option<String>,
}

/// Show a patent and all its images.
#[utoipa::path(
    get,
    path = "/api/patents/{patent_id}",
    tag = "images",
    params(("patent_id" = String, Path, description = "In any spelling"), Which),
    responses((status = 200, body = Envelope<PatentReport>), ApiError),
)]
pub(crate) async fn patent(
    State(app): State<App>,
    _: Reader,
    editor: Result<Editor, ApiError>,
    Path(patent_id): Path<String>,
    Parameters(which): Parameters<Which>,
) -> Result<Success<PatentReport>, ApiError> {
    let find = move |engine: &lookalike_engine::Engine| {
        engine
            .library()
            .patent(&patent_id, which.collection.as_deref())
    };
    let mut report = PatentReport::from(app.read(find).await?);
    for item in &mut report.items {
        hide_path(item, editor.is_ok());
    }
    Ok(Success(report))
}
