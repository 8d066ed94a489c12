//! What a request can fail with, sorted by what helps.

use std::fmt;
use std::time::Duration;

use lookalike_storage::blob::{BlobError, BlobKey};
use ureq::http::StatusCode;

use crate::answers::Complaint;
use crate::retry::COME_AGAIN;

/// A request that was not done.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// It may be done if it is repeated.
    Passing {
        reason: String,
        /// What the server asked for.
        wait: Option<Duration>,
    },
    /// Somebody has to change something first, here or at the server.
    Refused(String),
    /// This request alone can't be done.
    Failed(String),
}

impl Trouble {
    pub(crate) fn passing(reason: &dyn fmt::Display) -> Self {
        Self::Passing {
            reason: reason.to_string(),
            wait: None,
        }
    }

    /// What a request ended with that got no answer.
    pub(crate) fn of_transport(error: ureq::Error) -> Self {
        match error {
            ureq::Error::Http(_) | ureq::Error::BadUri(_) => Self::Failed(error.to_string()),
            ureq::Error::Tls(_) | ureq::Error::Pem(_) | ureq::Error::Rustls(_) => {
                Self::Refused(format!("its certificate is not trusted: {error}"))
            }
            ureq::Error::HostNotFound => Self::passing(&"its name is not known"),
            ureq::Error::Io(error) => Self::passing(&error),
            error => Self::passing(&error),
        }
    }

    /// What an answer means that is no success.
    pub(crate) fn of_answer(
        status: StatusCode,
        complaint: &Complaint,
        region: Option<&str>,
        wait: Option<Duration>,
    ) -> Self {
        let said = complaint.said(status);
        match (status.as_u16(), complaint.code.as_str()) {
            (_, "NoSuchBucket") => {
                Self::Refused("there is no such bucket; create it, or name another".to_owned())
            }
            (_, "RequestTimeTooSkewed") => Self::Refused(
                "it says that the time of this machine is wrong; set the clock".to_owned(),
            ),
            (301 | 307, _) | (_, "AuthorizationHeaderMalformed" | "PermanentRedirect") => {
                let region = region.map_or_else(String::new, |region| format!(", `{region}`"));
                Self::Refused(format!(
                    "the bucket is in another region{region}; set the region ({said})"
                ))
            }
            (401 | 403, "AccessDenied") => Self::Refused(format!(
                "these credentials may not do that in this bucket ({said})"
            )),
            (401 | 403, _) => Self::Refused(format!(
                "it refuses the credentials; check key, secret and endpoint ({said})"
            )),
            (507, _) | (_, "QuotaExceeded" | "XMinioStorageFull") => {
                Self::Refused(format!("it has no room left ({said})"))
            }
            (408 | 429 | 500 | 502 | 503 | 504, _)
            | (
                _,
                "RequestTimeout" | "SlowDown" | "OperationAborted" | "ConditionalRequestConflict",
            ) => Self::Passing { reason: said, wait },
            _ => Self::Failed(said),
        }
    }

    /// The same for callers of a store.
    pub(crate) fn into_error(self, store: &str, action: &'static str, subject: &str) -> BlobError {
        let unavailable = |reason, retry_after| BlobError::Unavailable {
            store: store.to_owned(),
            reason,
            retry_after,
        };
        match self {
            Self::Passing { reason, wait } => unavailable(reason, Some(wait.unwrap_or(COME_AGAIN))),
            Self::Refused(reason) => unavailable(reason, None),
            Self::Failed(reason) => BlobError::Failed {
                action,
                subject: subject.to_owned(),
                source: reason.into(),
            },
        }
    }

    /// An answer that no server that speaks S3 gives.
    pub(crate) fn odd(what: &str) -> Self {
        Self::Failed(format!("the answer of the object store has {what}"))
    }
}

/// A key of the store's own under that of the bucket.
pub(crate) fn own_key(prefix: &str, key: &BlobKey) -> String {
    format!("{prefix}{key}")
}
