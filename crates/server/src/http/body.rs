//! Bodies in JSON, with the envelope for those that are wrong.

use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;

use crate::http::envelope::ApiError;
use crate::http::upload::{Size, read_body};
use crate::state::App;

/// Bytes of a body in JSON: a vector of 65,536 numbers with all their digits has half as many.
const MAX_JSON: Size = Size::AtMost(4 << 20);

/// A body in JSON that does not say it is something else, so that no form is taken for it.
pub(crate) struct JsonBody<T>(pub(crate) T);

/// The same of a few short texts, which strangers may send: it takes none of the memory that other
/// bodies need.
pub(crate) struct SmallJson<T>(pub(crate) T);

/// The same, or no body at all, which stands for the default.
pub(crate) struct JsonOrNothing<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<App> for JsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        read_json(request, app, MAX_JSON).await.map(Self)
    }
}

impl<T: DeserializeOwned> FromRequest<App> for SmallJson<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        read_json(request, app, Size::Small).await.map(Self)
    }
}

impl<T: DeserializeOwned + Default> FromRequest<App> for JsonOrNothing<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        let is_json = is_json(request.headers());
        let body = read_body(request, app, MAX_JSON).await?;
        match body.bytes() {
            [] => Ok(Self(T::default())),
            _ if !is_json => Err(no_json()),
            bytes => parse(bytes).map(Self),
        }
    }
}

async fn read_json<T: DeserializeOwned>(
    request: Request,
    app: &App,
    size: Size,
) -> Result<T, ApiError> {
    let is_json = is_json(request.headers());
    let body = read_body(request, app, size).await?;
    if is_json {
        parse(body.bytes())
    } else {
        Err(no_json())
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(kind) = headers.get(header::CONTENT_TYPE) else {
        return true;
    };
    kind.to_str()
        .ok()
        .and_then(|kind| kind.split(';').next())
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

fn no_json() -> ApiError {
    ApiError::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "send a JSON object with the header `content-type: application/json`",
    )
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    serde_json::from_slice(bytes)
        .map_err(|error| ApiError::invalid(format!("the body is not what is expected: {error}")))
}
