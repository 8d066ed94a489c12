//! Thumbnails, originals and previews.

use axum::extract::{FromRequest, Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use lookalike_engine::{Content, Engine, View};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::http::access::Reader;
use crate::http::envelope::ApiError;
use crate::http::query::Parameters;
use crate::http::stream;
use crate::http::upload::{self, Field, Form};
use crate::openapi::Binary;
use crate::state::App;

/// Pictures change only with their item's content, and then so does their tag.
const CACHE: HeaderValue = HeaderValue::from_static("private, max-age=3600");

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// The item; without it, the newest one of that file name.
    id: Option<u64>,
}

/// The form of a preview.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what the handler reads")]
pub(crate) struct PreviewForm {
    /// A picture of any type that can be read.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// Thumbnail of an image: at most 300 x 300 pixels, JPEG.
#[utoipa::path(
    get,
    path = "/api/image/{file_name}",
    tag = "pictures",
    params(("file_name" = String, Path, description = "As in `thumbnail_url`"), Which),
    responses(
        (status = 200, content_type = "image/jpeg", body = Binary),
        (status = 304, description = "`If-None-Match` holds its tag"),
        ApiError,
    ),
)]
pub(crate) async fn thumbnail(
    State(app): State<App>,
    _: Reader,
    Path(file_name): Path<String>,
    Parameters(which): Parameters<Which>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    picture(&app, &headers, file_name, which.id, View::Thumbnail).await
}

/// An image as browsers show it: PNG, WebP, GIF and JPEG as they are, others as JPEG.
#[utoipa::path(
    get,
    path = "/api/image/full/{file_name}",
    tag = "pictures",
    params(("file_name" = String, Path, description = "As in `image_url`"), Which),
    responses(
        (status = 200, content(
            (Binary = "image/jpeg"),
            (Binary = "image/png"),
            (Binary = "image/gif"),
            (Binary = "image/webp"),
        )),
        (status = 304, description = "`If-None-Match` holds its tag"),
        ApiError,
    ),
)]
pub(crate) async fn full(
    State(app): State<App>,
    _: Reader,
    Path(file_name): Path<String>,
    Parameters(which): Parameters<Which>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    picture(&app, &headers, file_name, which.id, View::Full).await
}

/// Any supported picture as a JPEG; sent as `file` of a form or as the body itself.
#[utoipa::path(
    post,
    path = "/api/preview",
    tag = "pictures",
    request_body(content(
        (PreviewForm = "multipart/form-data"),
        (Binary = "application/octet-stream"),
    )),
    responses((status = 200, content_type = "image/jpeg", body = Binary), ApiError),
)]
pub(crate) async fn preview(
    State(app): State<App>,
    _: Reader,
    request: Request,
) -> Result<Response, ApiError> {
    let (bytes, reserved) = if upload::is_form(&request) {
        let form = Form::from_request(request, &app).await?;
        let mut fields = form.fields.into_iter().map(|(_, field)| field);
        let file = fields.find_map(|field| match field {
            Field::File(file) => Some(file.bytes),
            Field::Text(_) => None,
        });
        let file = file.ok_or_else(|| ApiError::invalid("no `file` in the form"))?;
        (file, form.reserved)
    } else {
        let body = upload::read_body(request, &app, app.options().max_body_bytes).await?;
        body.into_parts()
    };
    let jpeg = app
        .compute(move |engine| engine.pictures().preview(&bytes))
        .await?;
    drop(reserved);
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg"))];
    Ok((headers, jpeg).into_response())
}

async fn picture(
    app: &App,
    headers: &HeaderMap,
    file_name: String,
    id: Option<u64>,
    view: View,
) -> Result<Response, ApiError> {
    let known = headers.get(header::IF_NONE_MATCH).cloned();
    let find = move |engine: &Engine| {
        let item = engine.pictures().find(&file_name, id)?;
        let tag = format!("\"{}\"", engine.pictures().tag(&item, view));
        let picture = if known.is_some_and(|known| holds(&known, &tag)) {
            None
        } else {
            Some(engine.pictures().picture(&item, view)?)
        };
        Ok((tag, picture))
    };
    let (tag, picture) = app.read(find).await?;
    let tag = HeaderValue::from_str(&tag).map_err(|error| ApiError::internal(&error))?;
    let cache = [(header::ETAG, tag), (header::CACHE_CONTROL, CACHE)];
    let Some(picture) = picture else {
        return Ok((StatusCode::NOT_MODIFIED, cache).into_response());
    };
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static(picture.mime))];
    Ok(match picture.content {
        Content::Bytes(bytes) => (cache, kind, bytes).into_response(),
        Content::Stream(original) => {
            let length = [(header::CONTENT_LENGTH, original.length)];
            (cache, kind, length, stream::body(original.reader)).into_response()
        }
    })
}

/// Whether `If-None-Match` names the tag (RFC 9110, 13.1.2).
fn holds(known: &HeaderValue, tag: &str) -> bool {
    let tags = known.to_str().unwrap_or_default().split(',');
    tags.map(|other| other.trim().trim_start_matches("W/"))
        .any(|other| other == "*" || other == tag)
}
