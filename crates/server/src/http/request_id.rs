//! A name for every request, by which its answer and its lines in the log are found.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

pub(crate) const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// Longest name taken over from a proxy.
const MOST_BYTES: usize = 64;

/// Takes over the name that a proxy gave, or gives one.
pub(crate) async fn name(request: Request, next: Next) -> Response {
    let given = request
        .headers()
        .get(HEADER)
        .filter(|value| is_plain(value));
    let id = given.cloned().unwrap_or_else(new);
    let span = tracing::info_span!("request", id = ?id);
    let mut response = next.run(request).instrument(span).await;
    response.headers_mut().insert(HEADER, id);
    response
}

fn is_plain(value: &HeaderValue) -> bool {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    !value.is_empty() && value.len() <= MOST_BYTES && value.as_bytes().iter().all(plain)
}

fn new() -> HeaderValue {
    let mut bytes = [0; 8];
    // Without randomness names could repeat, which does no harm.
    let _ = getrandom::fill(&mut bytes);
    HeaderValue::from_str(&format!("{:016x}", u64::from_le_bytes(bytes)))
        .unwrap_or(HeaderValue::from_static("0"))
}
