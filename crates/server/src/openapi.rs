//! The description of the API, made from the handlers.

use std::sync::Arc;

use axum::Extension;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use utoipa::OpenApi;

/// What the handlers don't say of themselves.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "lookalike",
        description = "Finds images that look alike. Answers in JSON are an envelope \
                       `{\"code\": 0, \"message\": \"success\", \"data\": ...}`; failures have the \
                       HTTP status as `code`, a message that says what happened and what to do, \
                       and no data."
    ),
    tags(
        (name = "search", description = "Find similar images"),
        (name = "pictures", description = "Pictures as browsers show them"),
        (name = "collections", description = "Sets of images with one encoder each"),
        (name = "imports", description = "Imports of folders and archives"),
        (name = "operation", description = "For whoever runs the server"),
    )
)]
pub(crate) struct Description;

/// The description as it goes out.
#[derive(Clone)]
pub(crate) struct Document(Arc<str>);

impl Document {
    /// # Errors
    /// It can't be written as JSON.
    pub(crate) fn new(description: &utoipa::openapi::OpenApi) -> serde_json::Result<Self> {
        Ok(Self(description.to_pretty_json()?.into()))
    }
}

pub(crate) async fn document(Extension(document): Extension<Document>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, document.0.to_string()).into_response()
}
