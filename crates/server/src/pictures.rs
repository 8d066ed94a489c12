//! Thumbnails, originals and previews.

use axum::body::Body;
use axum::extract::{FromRequest, Multipart, Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use lookalike_engine::{Engine, EngineError, Picture};
use serde::Deserialize;

use crate::envelope::ApiError;
use crate::query::Parameters;
use crate::state::App;
use crate::upload;

/// Pictures change only with their item's content, and then so does their tag.
const CACHE: HeaderValue = HeaderValue::from_static("private, max-age=3600");

#[derive(Deserialize)]
pub(crate) struct Which {
    id: Option<u64>,
}

pub(crate) async fn thumbnail(
    State(app): State<App>,
    Path(file_name): Path<String>,
    Parameters(which): Parameters<Which>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let make = move |engine: &Engine| engine.thumbnail(&engine.item(&file_name, which.id)?);
    picture(&app, &headers, make).await
}

pub(crate) async fn full(
    State(app): State<App>,
    Path(file_name): Path<String>,
    Parameters(which): Parameters<Which>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let make = move |engine: &Engine| engine.full_picture(&engine.item(&file_name, which.id)?);
    picture(&app, &headers, make).await
}

/// A picture as a multipart `file` or as the body itself.
pub(crate) async fn preview(
    State(app): State<App>,
    request: Request,
) -> Result<Response, ApiError> {
    let is_form = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| kind.starts_with("multipart/form-data"));
    let bytes = if is_form {
        let form = Multipart::from_request(request, &app)
            .await
            .map_err(|error| ApiError::invalid(error.body_text()))?;
        let mut fields = upload::read(form, &app).await?.into_iter();
        match fields.find_map(|(_, field)| field.into_file()) {
            Some(bytes) => bytes,
            None => return Err(ApiError::invalid("no `file` in the form")),
        }
    } else {
        upload::read_body(request, &app).await?
    };
    let jpeg = app.compute(move |engine| engine.preview(&bytes)).await?;
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg"))];
    Ok((headers, jpeg).into_response())
}

async fn picture(
    app: &App,
    headers: &HeaderMap,
    make: impl FnOnce(&Engine) -> Result<Picture, EngineError> + Send + 'static,
) -> Result<Response, ApiError> {
    let picture = app.read(make).await?;
    let tag = HeaderValue::from_str(&format!("\"{}\"", picture.tag))
        .map_err(|error| ApiError::internal(&error))?;
    let known = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|tags| {
            tags.split(',')
                .map(|tag| tag.trim().trim_start_matches("W/"))
                .any(|other| other == "*" || other.as_bytes() == tag.as_bytes())
        });
    let cache = [(header::ETAG, tag), (header::CACHE_CONTROL, CACHE)];
    if known {
        return Ok((StatusCode::NOT_MODIFIED, cache).into_response());
    }
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static(picture.mime))];
    Ok((cache, kind, Body::from(picture.bytes)).into_response())
}
