//! Reads request bodies under limits of size, number and time.

use axum::body::to_bytes;
use axum::extract::multipart::MultipartError;
use axum::extract::{Multipart, Request};
use axum::http::StatusCode;

use crate::envelope::ApiError;
use crate::state::App;

/// Files of one request.
pub(crate) const MAX_FILES: usize = 16;

/// Fields of one request that are no files.
const MAX_TEXTS: usize = 256;

/// Bytes of a field that is no file.
const MAX_TEXT_BYTES: usize = 64 << 10;

/// One field of a form.
#[derive(Debug)]
pub(crate) enum Field {
    File(Vec<u8>),
    Text(String),
}

impl Field {
    pub(crate) fn into_file(self) -> Option<Vec<u8>> {
        match self {
            Self::File(bytes) => Some(bytes),
            Self::Text(_) => None,
        }
    }
}

/// All fields of a form, by name, in order.
pub(crate) async fn read(form: Multipart, app: &App) -> Result<Vec<(String, Field)>, ApiError> {
    in_time(app, read_fields(form)).await
}

/// The whole body.
pub(crate) async fn read_body(request: Request, app: &App) -> Result<Vec<u8>, ApiError> {
    let limit = usize::try_from(app.options().max_body_bytes).unwrap_or(usize::MAX);
    let read = async {
        match to_bytes(request.into_body(), limit).await {
            Ok(bytes) => Ok(bytes.to_vec()),
            Err(_) => Err(ApiError::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                format!("the body ended early or is above the limit of {limit} bytes"),
            )),
        }
    };
    in_time(app, read).await
}

async fn in_time<T>(
    app: &App,
    read: impl Future<Output = Result<T, ApiError>>,
) -> Result<T, ApiError> {
    let limit = app.options().body_timeout;
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

async fn read_fields(mut form: Multipart) -> Result<Vec<(String, Field)>, ApiError> {
    let mut fields = Vec::new();
    let (mut files, mut texts) = (0, 0);
    while let Some(field) = form.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        let is_file = name == "file" || field.file_name().is_some();
        let bytes = field.bytes().await.map_err(broken)?;
        let value = if is_file {
            files += 1;
            Field::File(bytes.to_vec())
        } else {
            texts += 1;
            if bytes.len() > MAX_TEXT_BYTES {
                return Err(ApiError::new(
                    StatusCode::PAYLOAD_TOO_LARGE,
                    format!("field `{name}` is above the limit of {MAX_TEXT_BYTES} bytes"),
                ));
            }
            let text = String::from_utf8(bytes.to_vec())
                .map_err(|_| ApiError::invalid(format!("field `{name}` is not UTF-8 text")))?;
            Field::Text(text)
        };
        if files > MAX_FILES || texts > MAX_TEXTS {
            return Err(ApiError::invalid(format!(
                "too many fields; at most {MAX_FILES} files and {MAX_TEXTS} parameters"
            )));
        }
        fields.push((name, value));
    }
    Ok(fields)
}

/// A form that can't be read: the client's fault, or too large.
#[expect(clippy::needless_pass_by_value, reason = "the form map_err wants")]
fn broken(error: MultipartError) -> ApiError {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "the request's body is too large",
        ),
        _ => ApiError::invalid(format!("the form can't be read: {}", error.body_text())),
    }
}
