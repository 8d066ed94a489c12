//! Requests that a page of another site makes in a user's browser are refused where they would
//! change something, and where the browser says what they are (`Sec-Fetch-Site`): reading takes the
//! server's time too, and a picture shown tells its size. Other reading is up to the browser: without
//! our permission (CORS) it does not give the page the answer. Links from other sites still lead
//! here. A page that came unencrypted is of another site to a server that is reached by TLS: whoever sits
//! between can write it. Sites that the settings name (`cors_origins`) may do both; a user's cookie
//! does not go with their requests, so where accounts are on they need a token.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::http::client::Client;
use crate::http::envelope::ApiError;
use crate::http::identity::changes;
use crate::http::request_id;
use crate::state::App;

/// What browsers let pages of the named sites do.
pub(crate) fn allow(origins: &[HeaderValue]) -> CorsLayer {
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins.iter().cloned()))
        .allow_methods([Method::GET, Method::POST, Method::PATCH, Method::DELETE])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE])
        .expose_headers([header::RETRY_AFTER, request_id::HEADER])
}

pub(crate) async fn refuse_others(
    State(app): State<App>,
    client: Client,
    request: Request,
    next: Next,
) -> Response {
    let allowed = &app.options().cors_origins;
    let headers = request.headers();
    let is_refused = if changes(request.method()) {
        !is_from(headers, allowed, client)
    } else {
        allowed.is_empty() && is_embedded_elsewhere(headers)
    };
    if is_refused {
        return ApiError::new(
            StatusCode::FORBIDDEN,
            "the request comes from a page of another site",
        )
        .into_response();
    }
    next.run(request).await
}

/// Whether a browser says that a page of another site asks, and not a user who follows a link.
fn is_embedded_elsewhere(headers: &HeaderMap) -> bool {
    let is = |name: &str, text: &str| headers.get(name).is_some_and(|value| value == text);
    is("sec-fetch-site", "cross-site") && !is("sec-fetch-mode", "navigate")
}

/// Browsers name the origin of a page with every request that is not a plain read; programs
/// name none.
fn is_from(headers: &HeaderMap, allowed: &[HeaderValue], client: Client) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(origin) = headers.get(header::ORIGIN) else {
        return true;
    };
    if allowed.contains(origin) {
        return true;
    }
    let parts = origin
        .to_str()
        .ok()
        .and_then(|origin| origin.split_once("://"));
    parts.is_some_and(|(scheme, host)| {
        // A proxy that adds TLS may not be known as one.
        let is_ours = scheme == "https" || (scheme == "http" && !client.is_tls);
        is_ours && Some(host) == text(header::HOST)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_and_scheme_of_the_page_must_be_ours() {
        let is_from = |origin: &'static str, is_tls| {
            let headers = [
                (header::HOST, HeaderValue::from_static("example.org")),
                (header::ORIGIN, HeaderValue::from_static(origin)),
            ];
            let headers = headers.into_iter().collect();
            let client = Client {
                address: None,
                is_tls,
            };
            is_from(&headers, &[], client)
        };
        for is_tls in [false, true] {
            assert!(is_from("https://example.org", is_tls));
            assert_eq!(is_from("http://example.org", is_tls), !is_tls);
            for other in [
                "https://evil.example",
                "https://example.org.evil.example",
                "https://example.org:81",
                "chrome-extension://example.org",
                "null",
                "example.org",
            ] {
                assert!(!is_from(other, is_tls), "{other}");
            }
        }
    }
}
