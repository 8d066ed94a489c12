//! The page and its parts, compiled in.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

pub(crate) async fn index() -> Response {
    part(
        "text/html; charset=utf-8",
        include_str!("../assets/index.html"),
    )
}

pub(crate) async fn style() -> Response {
    part(
        "text/css; charset=utf-8",
        include_str!("../assets/style.css"),
    )
}

pub(crate) async fn script() -> Response {
    part(
        "text/javascript; charset=utf-8",
        include_str!("../assets/app.js"),
    )
}

pub(crate) async fn icon() -> Response {
    part("image/svg+xml", include_str!("../assets/favicon.svg"))
}

/// Revalidated at every visit: a new version of the program must show its own page.
fn part(kind: &'static str, text: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    (headers, text).into_response()
}
