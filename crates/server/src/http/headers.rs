//! Response headers that make browsers safer, and which encodings clients accept.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::state::App;

const HEADERS: [(HeaderName, HeaderValue); 4] = [
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; \
             connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ),
    ),
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    (
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    ),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
];

/// Who may show what we answer: browsers that don't say where a page is from go by it.
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

pub(crate) async fn secure(State(app): State<App>, request: Request, next: Next) -> Response {
    let shown_by = if app.options().cors_origins.is_empty() {
        "same-origin"
    } else {
        "cross-origin"
    };
    let policy = (RESOURCE_POLICY, HeaderValue::from_static(shown_by));
    let mut response = next.run(request).await;
    for (name, value) in HEADERS.into_iter().chain([policy]) {
        // A report sends its own policy.
        response.headers_mut().entry(name).or_insert(value);
    }
    response
}

/// Whether the client accepts gzip. Answers that depend on it say so by `Vary`.
pub(crate) fn takes_gzip(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.contains("gzip"))
}
