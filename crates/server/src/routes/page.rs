//! The web page, compiled in.
//!
//! It is built from `web/` by `make web`; a program built without it says so instead. The
//! page has places of its own, such as `/patents/USD1107373`: all of them are the same document,
//! and only those listed here, so that a wrong address below `/api` never looks like an answer. Any
//! other address that is followed in a browser gets the document too, with the status 404.

use axum::Router;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::http::envelope::{self, ApiError};
use crate::http::headers::takes_gzip;
use crate::http::path::Path;

/// A file of the built page.
struct Part {
    /// Below `web/dist`.
    path: &'static str,
    kind: &'static str,
    plain: &'static [u8],
    /// By gzip.
    packed: &'static [u8],
}

static PARTS: &[Part] = include!(concat!(env!("OUT_DIR"), "/parts.rs"));

/// Shown where the page was not built.
const UNBUILT: &str = include_str!("../../assets/unbuilt.html");

/// First segments of the page's places; `web/src/router.ts` has the same.
const PLACES: [&str; 8] = [
    "patents", "items", "compare", "library", "import", "history", "account", "login",
];

/// Files that are asked for by name beside the document.
const BESIDE: [&str; 2] = ["favicon.svg", "theme.js"];

/// A new version of the program must show its own page.
const REVALIDATE: HeaderValue = HeaderValue::from_static("no-cache");

/// Names of what lies in `assets` change with the content.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

pub(crate) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let mut router = Router::new()
        .route("/", get(document))
        .route("/assets/{name}", get(asset));
    for place in PLACES {
        router = router
            .route(&format!("/{place}"), get(document))
            .route(&format!("/{place}/{{*rest}}"), get(document));
    }
    for name in BESIDE {
        let beside = move |headers| async move { answer(name, &headers, REVALIDATE) };
        router = router.route(&format!("/{name}"), get(beside));
    }
    router
}

async fn document(headers: HeaderMap) -> Result<Response, ApiError> {
    if PARTS.is_empty() {
        let kind = HeaderValue::from_static("text/html; charset=utf-8");
        let headers = [
            (header::CONTENT_TYPE, kind),
            (header::CACHE_CONTROL, REVALIDATE),
        ];
        return Ok((headers, UNBUILT).into_response());
    }
    answer("index.html", &headers, REVALIDATE)
}

/// An address that is nothing's: people see the page, which says so in their language, and programs
/// an error like any other.
pub(crate) async fn nothing_there(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let is_of_api = uri.path() == "/api" || uri.path().starts_with("/api/");
    if method == Method::GET && !is_of_api && wants_document(&headers) {
        let page = document(headers).await;
        return (StatusCode::NOT_FOUND, page).into_response();
    }
    envelope::no_such_endpoint(&uri).into_response()
}

/// Whether HTML is among what is taken, as browsers say when an address is typed or followed.
fn wants_document(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter();
    accepted
        .filter_map(|value| value.to_str().ok())
        .any(|value| value.contains("text/html"))
}

async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Result<Response, ApiError> {
    answer(&format!("assets/{name}"), &headers, FOR_EVER)
}

fn answer(path: &str, headers: &HeaderMap, cache: HeaderValue) -> Result<Response, ApiError> {
    let part = PARTS.iter().find(|part| part.path == path).ok_or_else(|| {
        ApiError::new(
            StatusCode::NOT_FOUND,
            format!("there is nothing at /{path}"),
        )
    })?;
    let about = [
        (header::CONTENT_TYPE, HeaderValue::from_static(part.kind)),
        (header::CACHE_CONTROL, cache),
        (
            header::VARY,
            HeaderValue::from_name(header::ACCEPT_ENCODING),
        ),
    ];
    Ok(if takes_gzip(headers) {
        (about, [(header::CONTENT_ENCODING, "gzip")], part.packed).into_response()
    } else {
        (about, part.plain).into_response()
    })
}
