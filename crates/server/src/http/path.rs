//! Parts of paths, with the envelope for those that are wrong.

use axum::extract::{FromRequestParts, Path as AnyPath};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::http::envelope::ApiError;

/// The parts of a request's path that its pattern names.
pub(crate) struct Path<T>(pub(crate) T);

impl<T, S> FromRequestParts<S> for Path<T>
where
    T: DeserializeOwned + Send,
    S: Send + Sync,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match AnyPath::from_request_parts(parts, state).await {
            Ok(AnyPath(path)) => Ok(Self(path)),
            Err(error) => Err(ApiError::invalid(format!(
                "the address can't be read: {}",
                error.body_text()
            ))),
        }
    }
}
