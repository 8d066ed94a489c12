//! What collections are made with, as requests say it.

use axum::http::{HeaderMap, StatusCode};
use lookalike_engine::CollectionSettings;

use crate::ImportRoots;
use crate::http::envelope::ApiError;
use crate::http::identity::is_owner;
use crate::state::App;

/// Sides that an encoder may be given, in pixels.
const SIZES: std::ops::RangeInclusive<u32> = 1..=16_384;

/// What a collection is made with, from what a request says.
pub(crate) fn settings(
    model: Option<String>,
    preprocess: Option<String>,
    size: Option<u32>,
    metric: Option<String>,
    index: Option<String>,
) -> Result<CollectionSettings, ApiError> {
    if size.is_some_and(|size| !SIZES.contains(&size)) {
        return Err(ApiError::invalid(format!(
            "size must be from {} to {} pixels",
            SIZES.start(),
            SIZES.end()
        )));
    }
    let preprocess = preprocess.map(|name| name.parse());
    let metric = metric.map(|name| name.parse());
    let index = index.map(|name| name.parse());
    Ok(CollectionSettings {
        model,
        preprocess: preprocess.transpose().map_err(invalid)?,
        size,
        metric: metric.transpose().map_err(invalid)?,
        index: index.transpose().map_err(invalid)?,
    })
}

/// A caller who may not import any folder of this machine may not name a model by its path either:
/// the answer would reveal what is there.
pub(crate) fn check_model(
    app: &App,
    headers: &HeaderMap,
    model: Option<&str>,
) -> Result<(), ApiError> {
    let is_path = model.is_some_and(|model| {
        let has_folder = model.contains(['/', '\\']) && !model.starts_with("hf:");
        has_folder || model.starts_with('.') || model.ends_with(".npz")
    });
    match app.options().import_roots {
        ImportRoots::Below(_) if is_path && !is_owner(app, headers) => Err(ApiError::new(
            StatusCode::FORBIDDEN,
            "models are taken by name here, such as `builtin` or `dinov2-small`; for one in a folder \
             of the server make the collection there: lookalike import --model FOLDER",
        )),
        _ => Ok(()),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the form map_err wants")]
fn invalid(error: impl ToString) -> ApiError {
    ApiError::invalid(error.to_string())
}
