//! Reads request bodies under limits of size, number, time, and memory over all requests.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::multipart::{MultipartError, MultipartRejection};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{StatusCode, header};
use http_body_util::BodyExt;

use crate::http::envelope::ApiError;
use crate::http::file_name::file_name;
use crate::http::form_body::{Kept, metered};
use crate::http::upload_memory::{Reserved, SMALL_BYTES, UploadMemory};
use crate::state::App;

/// Files of one request.
pub(crate) const MAX_FILES: usize = 16;

/// Fields of one request that are not files.
const MAX_TEXTS: usize = 256;

/// Bytes of a field that is not a file.
pub(crate) const MAX_TEXT_BYTES: usize = 64 << 10;

/// Marks a request of somebody whom nobody knows.
#[derive(Clone, Copy)]
pub(crate) struct Stranger;

/// How much of a body is read, and how long that may take.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Size {
    /// At most this many bytes, in the time that the settings give.
    AtMost(u64),
    /// A few short texts.
    Small,
}

/// For such a body to arrive.
const SMALL_TIMEOUT: Duration = Duration::from_secs(10);

/// The fields of a form, and the memory that they take.
pub(crate) struct Form {
    /// By name, in order.
    pub(crate) fields: Vec<(String, Field)>,
    /// To be kept while any of the fields is.
    pub(crate) reserved: Reserved,
}

/// One field of a form.
#[derive(Debug)]
pub(crate) enum Field {
    File(File),
    Text(String),
}

/// A file of a form.
#[derive(Debug)]
pub(crate) struct File {
    /// As the client calls it: any text.
    pub(crate) name: Option<String>,
    pub(crate) bytes: Vec<u8>,
}

/// A whole body, and the memory that it takes.
pub(crate) struct WholeBody {
    bytes: Vec<u8>,
    reserved: Reserved,
}

/// The memory for a request's body.
fn memory_of<'a>(request: &Request, app: &'a App) -> &'a Arc<UploadMemory> {
    match request.extensions().get::<Stranger>() {
        Some(Stranger) => app.stranger_memory(),
        None => app.upload_memory(),
    }
}

impl WholeBody {
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(crate) fn into_parts(self) -> (Vec<u8>, Reserved) {
        (self.bytes, self.reserved)
    }
}

impl FromRequest<App> for Form {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        let limit = app.options().max_body_bytes;
        check_no_query(&request)?;
        expect_form(&request)?;
        check_length(&request, limit)?;
        let reserved = memory_of(&request, app).nothing();
        let (request, kept) = metered(request);
        let form = Multipart::from_request(request, app)
            .await
            .map_err(form_expected)?;
        let time = app.options().body_timeout;
        in_time(time, read_fields(form, &kept, limit, reserved)).await
    }
}

/// The request is not one that was expected.
#[expect(clippy::needless_pass_by_value, reason = "the form map_err wants")]
pub(crate) fn form_expected(error: MultipartRejection) -> ApiError {
    ApiError::invalid(format!(
        "{}; send a form (multipart/form-data) with the file as `file`",
        error.body_text()
    ))
}

/// # Errors
/// The request says that it brings no form (415).
pub(crate) fn expect_form(request: &Request) -> Result<(), ApiError> {
    if is_form(request) || !request.headers().contains_key(header::CONTENT_TYPE) {
        return Ok(());
    }
    Err(ApiError::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "send a form (multipart/form-data) with the file as `file`",
    ))
}

/// Whether a request brings a form.
pub(crate) fn is_form(request: &Request) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE);
    kind.and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.starts_with("multipart/form-data"))
}

/// The whole body.
pub(crate) async fn read_body(
    request: Request,
    app: &App,
    size: Size,
) -> Result<WholeBody, ApiError> {
    check_no_query(&request)?;
    let (limit, time, memory) = match size {
        Size::AtMost(limit) => {
            let memory = memory_of(&request, app);
            (limit, app.options().body_timeout, memory)
        }
        Size::Small => {
            let time = app.options().body_timeout.min(SMALL_TIMEOUT);
            (SMALL_BYTES, time, app.small_memory())
        }
    };
    check_length(&request, limit)?;
    let reserved = memory.nothing();
    in_time(time, read_all(request.into_body(), limit, reserved)).await
}

/// Refuses parameters in the address of a request whose parameters are in its body: passed over,
/// they would have it done elsewhere than was meant.
pub(crate) fn check_no_query(request: &Request) -> Result<(), ApiError> {
    match request.uri().query() {
        None | Some("") => Ok(()),
        Some(_) => Err(ApiError::invalid(
            "this request takes its parameters in its body; the address has some after its `?`, \
             which would be passed over",
        )),
    }
}

/// Refuses by the length that was announced, before anything is read.
pub(crate) fn check_length(request: &Request, limit: u64) -> Result<(), ApiError> {
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length: Option<u64> = length.and_then(|value| value.to_str().ok()?.parse().ok());
    match length {
        Some(length) if length > limit => Err(too_large(limit)),
        _ => Ok(()),
    }
}

async fn read_all(
    mut body: Body,
    limit: u64,
    mut reserved: Reserved,
) -> Result<WholeBody, ApiError> {
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| ApiError::invalid("the body ended early"))?;
        let Ok(chunk) = frame.into_data() else {
            continue;
        };
        if bytes.len() as u64 + chunk.len() as u64 > limit {
            return Err(too_large(limit));
        }
        reserved.grow(chunk.len())?;
        bytes.extend_from_slice(&chunk);
    }
    Ok(WholeBody { bytes, reserved })
}

async fn read_fields(
    mut form: Multipart,
    kept: &Kept,
    limit: u64,
    mut reserved: Reserved,
) -> Result<Form, ApiError> {
    let mut fields = Vec::new();
    let (mut files, mut texts) = (0, 0);
    let mut left = limit;
    while let Some(mut field) = form.next_field().await.map_err(broken)? {
        kept.forget();
        let name = field.name().unwrap_or_default().to_owned();
        let file_name = file_name(&field);
        let is_file = name == "file" || file_name.is_some();
        if is_file {
            files += 1;
        } else {
            texts += 1;
        }
        if files > MAX_FILES || texts > MAX_TEXTS {
            return Err(ApiError::invalid(format!(
                "too many fields; at most {MAX_FILES} files and {MAX_TEXTS} parameters"
            )));
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = field.chunk().await.map_err(broken)? {
            kept.forget();
            left = left
                .checked_sub(chunk.len() as u64)
                .ok_or_else(|| too_large(limit))?;
            if !is_file && bytes.len() + chunk.len() > MAX_TEXT_BYTES {
                return Err(ApiError::new(
                    StatusCode::PAYLOAD_TOO_LARGE,
                    format!("field `{name}` is above the limit of {MAX_TEXT_BYTES} bytes"),
                ));
            }
            reserved.grow(chunk.len())?;
            bytes.extend_from_slice(&chunk);
        }
        let value = if is_file {
            Field::File(File {
                name: file_name,
                bytes,
            })
        } else {
            Field::Text(
                String::from_utf8(bytes)
                    .map_err(|_| ApiError::invalid(format!("field `{name}` is not UTF-8 text")))?,
            )
        };
        fields.push((name, value));
    }
    Ok(Form { fields, reserved })
}

async fn in_time<T>(
    limit: Duration,
    read: impl Future<Output = Result<T, ApiError>>,
) -> Result<T, ApiError> {
    tokio::time::timeout(limit, read).await.unwrap_or_else(|_| {
        Err(ApiError::new(
            StatusCode::REQUEST_TIMEOUT,
            format!(
                "the request's body did not arrive within {} s",
                limit.as_secs()
            ),
        ))
    })
}

fn too_large(limit: u64) -> ApiError {
    ApiError::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        format!("the request's body is above the limit of {limit} bytes"),
    )
}

/// A form that can't be read: the client's fault, or too large.
#[expect(clippy::needless_pass_by_value, reason = "the form map_err wants")]
pub(crate) fn broken(error: MultipartError) -> ApiError {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "the request's body is too large",
        ),
        _ => ApiError::invalid(format!("the form can't be read: {}", error.body_text())),
    }
}
