//! The envelope of every answer, and what errors become in it.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::Json;
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use lookalike_accounts::{AccountError, AccountErrorKind};
use lookalike_engine::{EngineError, ErrorKind};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::hints;

/// Characters of a cause in the log: a failed statement may be as long as the request that made it.
const LOGGED_CHARACTERS: usize = 2_000;

/// Seconds after which a refused client may try again, where nothing better is known.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("1");

/// What every successful answer in JSON looks like.
#[derive(Serialize, ToSchema)]
pub(crate) struct Envelope<T> {
    /// 0.
    code: u16,
    /// `success`.
    message: String,
    /// What was asked for.
    data: T,
}

/// What every failure looks like.
#[derive(Serialize, ToSchema)]
pub(crate) struct Failure {
    /// The HTTP status again.
    code: u16,
    /// What happened, and what to do.
    message: String,
    /// Null.
    #[schema(value_type = Option<Object>)]
    data: (),
}

/// A successful answer.
pub(crate) struct Success<T>(pub(crate) T);

impl<T: Serialize> IntoResponse for Success<T> {
    fn into_response(self) -> Response {
        Json(Envelope {
            code: 0,
            message: "success".to_owned(),
            data: self.0,
        })
        .into_response()
    }
}

/// The answer to a change that has nothing to return.
#[derive(Serialize, ToSchema)]
pub(crate) struct Done {}

/// A failed request: `code` is the HTTP status.
#[derive(Debug)]
pub(crate) struct ApiError {
    status: StatusCode,
    message: String,
    retry_after_seconds: Option<u64>,
}

impl ApiError {
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            retry_after_seconds: None,
        }
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    pub(crate) fn busy() -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too many requests are waiting; try again in a moment",
        )
    }

    /// A client makes more requests than it may.
    pub(crate) fn too_many(wait: std::time::Duration) -> Self {
        let seconds = wait.as_secs_f64().ceil().max(1.0) as u64;
        Self {
            retry_after_seconds: Some(seconds),
            ..Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                format!("too many requests; try again in {seconds} s"),
            )
        }
    }

    /// Logs the cause under a number, and gives away only the number.
    pub(crate) fn internal(error: &dyn std::error::Error) -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(1);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let mut causes = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            causes.push_str(": ");
            causes.push_str(&cause.to_string());
            source = cause.source();
        }
        tracing::error!(number, "{}", cut(&causes));
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            format!("something went wrong on the server; its log has it as error number {number}"),
        )
    }
}

/// As much of a cause as the log takes.
fn cut(causes: &str) -> String {
    match causes.char_indices().nth(LOGGED_CHARACTERS) {
        Some((end, _)) => format!("{} .. ({} bytes)", &causes[..end], causes.len()),
        None => causes.to_owned(),
    }
}

impl From<EngineError> for ApiError {
    fn from(error: EngineError) -> Self {
        let status = match error.kind() {
            ErrorKind::InvalidInput => StatusCode::BAD_REQUEST,
            ErrorKind::NotFound => StatusCode::NOT_FOUND,
            ErrorKind::Forbidden => StatusCode::FORBIDDEN,
            ErrorKind::Conflict => StatusCode::CONFLICT,
            ErrorKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            ErrorKind::UnsupportedMedia => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            ErrorKind::Unprocessable => StatusCode::UNPROCESSABLE_ENTITY,
            ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            _ => return Self::internal(&error),
        };
        let message = match error.hint() {
            Some(hint) => format!("{error}; {}", hints::hint(hint)),
            None => error.to_string(),
        };
        Self {
            retry_after_seconds: error.retry_after_seconds(),
            ..Self::new(status, message)
        }
    }
}

impl From<AccountError> for ApiError {
    fn from(error: AccountError) -> Self {
        let status = match error.kind() {
            AccountErrorKind::InvalidInput => StatusCode::BAD_REQUEST,
            AccountErrorKind::Unauthenticated => StatusCode::UNAUTHORIZED,
            AccountErrorKind::Forbidden => StatusCode::FORBIDDEN,
            AccountErrorKind::Throttled => StatusCode::TOO_MANY_REQUESTS,
            AccountErrorKind::NotFound => StatusCode::NOT_FOUND,
            AccountErrorKind::Conflict => StatusCode::CONFLICT,
            _ => return Self::internal(&error),
        };
        Self {
            retry_after_seconds: error.retry_after_seconds(),
            ..Self::new(status, error.to_string())
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let failure = Failure {
            code: self.status.as_u16(),
            message: self.message,
            data: (),
        };
        let mut response = (self.status, Json(failure)).into_response();
        let again = [
            StatusCode::TOO_MANY_REQUESTS,
            StatusCode::SERVICE_UNAVAILABLE,
        ];
        let headers = response.headers_mut();
        if again.contains(&self.status) {
            let seconds = self.retry_after_seconds.map(HeaderValue::from);
            headers.insert(header::RETRY_AFTER, seconds.unwrap_or(RETRY_AFTER));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            // Bearer alone: browsers would ask for a password by themselves otherwise.
            headers.insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer realm=\"lookalike\""),
            );
        }
        response
    }
}

pub(crate) fn no_such_endpoint(uri: &Uri) -> ApiError {
    ApiError::new(
        StatusCode::NOT_FOUND,
        format!("there is nothing at {}", uri.path()),
    )
}

pub(crate) async fn wrong_method(method: Method, uri: Uri) -> ApiError {
    ApiError::new(
        StatusCode::METHOD_NOT_ALLOWED,
        match method.as_str() {
            word if word.len() <= 16 => format!("{} does not take {word}", uri.path()),
            _ => format!("{} does not take this method", uri.path()),
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_are_cut_at_a_whole_character() {
        assert_eq!(cut("short"), "short");
        let long = cut(&"é".repeat(1_000_000));
        assert_eq!(
            long.chars().filter(|one| *one == 'é').count(),
            LOGGED_CHARACTERS
        );
        assert!(long.ends_with(".. (2000000 bytes)"), "{long}");
    }
}
