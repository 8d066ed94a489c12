//! Thumbnails, originals and previews.

use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use lookalike_engine::search::{self, QueryFile};
use lookalike_engine::{Content, Engine, View};
use lookalike_wire::{PageChoice, PictureFigures};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::http::access::Reader;
use crate::http::envelope::{ApiError, Envelope, Success};
use crate::http::path::Path;
use crate::http::query::Parameters;
use crate::http::range;
use crate::http::upload::{self, Field, File, Form, Size};
use crate::http::upload_memory::Reserved;
use crate::openapi::Binary;
use crate::state::App;

/// What is wrong with a file whose picture is shown all the same.
const WARNING: HeaderName = HeaderName::from_static("x-lookalike-warning");

/// Pictures change only with their item's content, and then so does their tag.
const CACHE: HeaderValue = HeaderValue::from_static("private, max-age=3600");

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// The item; without it, the newest one of that file name.
    id: Option<u64>,
    /// Show this figure of it alone: its `index` in a hit or in `/api/images/{id}/figures`.
    figure: Option<u8>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct WhichSmall {
    /// The item; without it, the newest one of that file name.
    id: Option<u64>,
    /// Show this figure of it alone: its `index` in a hit or in `/api/images/{id}/figures`.
    figure: Option<u8>,
    /// Of a drawing show what is drawn on its sheet, without the paper around; other pictures are
    /// shown whole.
    drawn: Option<bool>,
}

/// The form of a preview.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what the handler reads")]
pub(crate) struct PreviewForm {
    /// A picture of any type that can be read.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// Thumbnail of an image, or of one of its figures: at most 300 x 300 pixels, JPEG.
///
/// Lines of a drawing that is cut out are darkened by what they lose when they are shrunk.
#[utoipa::path(
    get,
    path = "/api/image/{file_name}",
    tag = "pictures",
    params(("file_name" = String, Path, description = "As in `thumbnail_url`"), WhichSmall),
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
    Parameters(which): Parameters<WhichSmall>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let view = match (which.figure, which.drawn) {
        (Some(figure), _) => View::Figure(figure),
        (None, Some(true)) => View::Drawn,
        (None, _) => View::Thumbnail,
    };
    picture(&app, &headers, file_name, which.id, view).await
}

/// An image as browsers show it, upright: PNG, WebP, GIF and JPEG as they are unless they have to be
/// turned, others as JPEG.
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
        (status = 206, description = "The part that `Range` asks for, of pictures that are sent as they are"),
        (status = 304, description = "`If-None-Match` holds its tag"),
        (status = 416, description = "It has no such part"),
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
    let view = which.figure.map_or(View::Full, View::FullFigure);
    picture(&app, &headers, file_name, which.id, view).await
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WhichPage {
    /// The page of a file that has several, counted from 1; the first unless given.
    page: Option<u32>,
    /// Of a photo what a search looks for: `cut_out` or `drawing`; `as_is` unless given.
    form: Option<String>,
}

/// Any supported picture as a JPEG, upright; sent as `file` of a form or as the body itself.
///
/// Of a PDF or TIFF of several pages one page; a sheet of a patent comes without the line that
/// the office prints over it.
/// What is wrong with the file although it could be read, such as damaged rows, is told by the header
/// `X-Lookalike-Warning`.
#[utoipa::path(
    post,
    path = "/api/preview",
    tag = "pictures",
    params(WhichPage),
    request_body(content(
        (PreviewForm = "multipart/form-data"),
        (Binary = "application/octet-stream"),
    )),
    responses((status = 200, content_type = "image/jpeg", body = Binary), ApiError),
)]
pub(crate) async fn preview(
    State(app): State<App>,
    _: Reader,
    Parameters(which): Parameters<WhichPage>,
    mut request: Request,
) -> Result<Response, ApiError> {
    // Its parameters have been read; a body allows none beside it.
    *request.uri_mut() = Uri::from_static("/api/preview");
    let form = match which.form.as_deref() {
        None => search::Form::default(),
        Some(name) => search::Form::from_name(name).ok_or_else(|| {
            ApiError::invalid(format!("form is `{name}`; give as_is, cut_out or drawing"))
        })?,
    };
    let (file, reserved) = sent_file(&app, request).await?;
    let (jpeg, warnings) = app
        .compute(move |engine| engine.pictures().preview(file.bytes, which.page, form))
        .await?;
    drop(reserved);
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg"))];
    let mut response = (headers, jpeg).into_response();
    // They are ours, in ASCII; what can't be a header's value is left out.
    for warning in warnings {
        if let Ok(warning) = HeaderValue::from_str(&warning) {
            response.headers_mut().append(WARNING, warning);
        }
    }
    Ok(response)
}

/// The figures of any supported picture, as a search by it would take it apart; sent as for
/// `POST /api/preview`. A figure is searched for alone by its box as the search's `region`.
#[utoipa::path(
    post,
    path = "/api/preview/figures",
    tag = "pictures",
    request_body(content(
        (PreviewForm = "multipart/form-data"),
        (Binary = "application/octet-stream"),
    )),
    responses((status = 200, body = Envelope<PictureFigures>), ApiError),
)]
pub(crate) async fn figures(
    State(app): State<App>,
    _: Reader,
    request: Request,
) -> Result<Success<PictureFigures>, ApiError> {
    let (file, reserved) = sent_file(&app, request).await?;
    let figures = app
        .compute(move |engine| engine.pictures().figures(&file.bytes))
        .await?;
    drop(reserved);
    Ok(Success(figures.into()))
}

/// The pages of a PDF or TIFF of several pages, to choose from before a search; sent as for
/// `POST /api/preview`.
///
/// `pages` is empty for a file that is one picture.
#[utoipa::path(
    post,
    path = "/api/preview/pages",
    tag = "pictures",
    request_body(content(
        (PreviewForm = "multipart/form-data"),
        (Binary = "application/octet-stream"),
    )),
    responses((status = 200, body = Envelope<PageChoice>), ApiError),
)]
pub(crate) async fn pages(
    State(app): State<App>,
    _: Reader,
    request: Request,
) -> Result<Success<PageChoice>, ApiError> {
    let (file, reserved) = sent_file(&app, request).await?;
    let file = QueryFile::new(file.name.as_deref(), file.bytes);
    let choice = app
        .compute(move |engine| engine.search().page_choice(&file))
        .await?;
    drop(reserved);
    Ok(Success(choice.unwrap_or_default().into()))
}

/// The file of a form, or the body itself, and the memory that is held for it.
async fn sent_file(app: &App, request: Request) -> Result<(File, Reserved), ApiError> {
    if upload::is_form(&request) {
        let form = Form::from_request(request, app).await?;
        let mut fields = form.fields.into_iter().map(|(_, field)| field);
        let file = fields.find_map(|field| match field {
            Field::File(file) => Some(file),
            Field::Text(_) => None,
        });
        let file = file.ok_or_else(|| ApiError::invalid("no `file` in the form"))?;
        Ok((file, form.reserved))
    } else {
        let most = Size::AtMost(app.options().max_body_bytes);
        let body = upload::read_body(request, app, most).await?;
        let (bytes, reserved) = body.into_parts();
        Ok((File { name: None, bytes }, reserved))
    }
}

async fn picture(
    app: &App,
    headers: &HeaderMap,
    file_name: String,
    id: Option<u64>,
    view: View,
) -> Result<Response, ApiError> {
    let known = headers.get(header::IF_NONE_MATCH).cloned();
    let wanted = headers.get(header::RANGE).cloned();
    let condition = headers.get(header::IF_RANGE).cloned();
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
    let is_same = condition.is_none_or(|condition| condition == tag);
    let wanted = wanted.filter(|_| is_same);
    let cache = [(header::ETAG, tag), (header::CACHE_CONTROL, CACHE)];
    let Some(picture) = picture else {
        return Ok((StatusCode::NOT_MODIFIED, cache).into_response());
    };
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static(picture.mime))];
    Ok(match picture.content {
        Content::Bytes(bytes) => (cache, kind, bytes).into_response(),
        Content::Stream(original) => {
            let part = range::part(original.length, original.reader, wanted.as_ref());
            (cache, kind, part).into_response()
        }
    })
}

/// Whether `If-None-Match` names the tag (RFC 9110, 13.1.2).
fn holds(known: &HeaderValue, tag: &str) -> bool {
    let tags = known.to_str().unwrap_or_default().split(',');
    tags.map(|other| other.trim().trim_start_matches("W/"))
        .any(|other| other == "*" || other == tag)
}
