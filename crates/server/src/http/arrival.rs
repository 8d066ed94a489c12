//! The pace of large uploads: they may take long, but not forever.

use std::ops::Deref;
use std::time::Duration;

use axum::extract::multipart::{Field, MultipartError};
use axum::http::StatusCode;
use tokio::time::{Instant, timeout_at};

use crate::http::envelope::ApiError;
use crate::http::upload::broken;

/// Slower clients are cut off, so that none keeps the others from uploading. In bytes a second,
/// since the upload began.
const SLOWEST: u64 = 1 << 10;

/// The pace of an upload.
pub(crate) struct Arrival {
    begun: Instant,
    bytes: u64,
    /// The longest pause, and how far a client may lag behind [`SLOWEST`].
    patience: Duration,
}

impl Arrival {
    pub(crate) fn begin(patience: Duration) -> Self {
        Self {
            begun: Instant::now(),
            bytes: 0,
            patience,
        }
    }

    /// The next piece, if it arrives in time.
    pub(crate) async fn next<T>(
        &self,
        part: impl Future<Output = Result<T, MultipartError>>,
    ) -> Result<T, ApiError> {
        let earned = Duration::from_secs(self.bytes / SLOWEST);
        let end = self.begun + self.patience + earned;
        let end = end.min(Instant::now() + self.patience);
        match timeout_at(end, part).await {
            Ok(part) => part.map_err(broken),
            Err(_) => Err(ApiError::new(
                StatusCode::REQUEST_TIMEOUT,
                format!(
                    "nothing more of the upload came for {} s, or it is slower than {SLOWEST} \
                     bytes a second; send it again over a better line",
                    self.patience.as_secs()
                ),
            )),
        }
    }

    /// The next piece of a field; none at its end.
    pub(crate) async fn chunk(
        &mut self,
        field: &mut Field<'_>,
    ) -> Result<Option<impl Deref<Target = [u8]> + use<>>, ApiError> {
        let chunk = self.next(field.chunk()).await?;
        self.bytes += chunk.as_ref().map_or(0, |chunk| chunk.len() as u64);
        Ok(chunk)
    }
}
