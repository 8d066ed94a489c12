//! Swagger UI, which shows the API's description and tries it out. Its files are vendored (see
//! `assets/swagger-ui/README.md`), so that nothing is downloaded.

use std::io::Read;

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use flate2::read::GzDecoder;

use crate::http::envelope::ApiError;
use crate::http::headers::takes_gzip;

/// What the pages need besides the policy of all others: Swagger UI sets styles of elements and
/// draws icons from data URLs.
const POLICY: (HeaderName, HeaderValue) = (
    header::CONTENT_SECURITY_POLICY,
    HeaderValue::from_static(
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
         img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'",
    ),
);

const INDEX: &str = include_str!("../../assets/swagger-ui/index.html");
const START: &str = include_str!("../../assets/swagger-ui/start.js");
const SCRIPT: &[u8] = include_bytes!("../../assets/swagger-ui/swagger-ui-bundle.js.gz");
const STYLE: &[u8] = include_bytes!("../../assets/swagger-ui/swagger-ui.css.gz");

pub(crate) async fn index() -> Response {
    let kind = (
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    ([kind, POLICY], INDEX).into_response()
}

pub(crate) async fn start() -> Response {
    (
        [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")],
        START,
    )
        .into_response()
}

pub(crate) async fn script(headers: HeaderMap) -> Result<Response, ApiError> {
    packed(&headers, "text/javascript; charset=utf-8", SCRIPT)
}

pub(crate) async fn style(headers: HeaderMap) -> Result<Response, ApiError> {
    packed(&headers, "text/css; charset=utf-8", STYLE)
}

/// As it lies in the program where the client takes that, else unpacked.
fn packed(
    headers: &HeaderMap,
    kind: &'static str,
    bytes: &'static [u8],
) -> Result<Response, ApiError> {
    let kind = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "public, max-age=3600"),
        (header::VARY, "accept-encoding"),
    ];
    if takes_gzip(headers) {
        return Ok((kind, [(header::CONTENT_ENCODING, "gzip")], bytes).into_response());
    }
    let mut unpacked = Vec::new();
    GzDecoder::new(bytes)
        .read_to_end(&mut unpacked)
        .map_err(|error| ApiError::internal(&error))?;
    Ok((kind, unpacked).into_response())
}
