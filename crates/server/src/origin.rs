//! Requests that a page of another site makes in a user's browser are refused where they would
//! change something. Reading is the browser's business: without permission by us (CORS) it gives
//! the page no answer.

use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::envelope::ApiError;

pub(crate) async fn refuse_others(request: Request, next: Next) -> Response {
    let changes = !matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    if changes && !is_own(request.headers()) {
        return ApiError::new(
            StatusCode::FORBIDDEN,
            "the request comes from a page of another site",
        )
        .into_response();
    }
    next.run(request).await
}

/// Browsers name the origin of a page with every request that is no plain reading; programs
/// name none.
fn is_own(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(origin) = headers.get(header::ORIGIN) else {
        return true;
    };
    let host = origin
        .to_str()
        .ok()
        .and_then(|origin| origin.split_once("://"));
    host.is_some_and(|(_, host)| Some(host) == text(header::HOST))
}
