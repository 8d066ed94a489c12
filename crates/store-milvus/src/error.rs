//! What can go wrong between Milvus and us.

use std::time::Duration;

use lookalike_storage::{CatalogError, VectorError};
use thiserror::Error;
use tonic::Code;

use crate::wire::Status;

/// After how long a Milvus that is away may be asked again: it takes some seconds to start.
const RETRY_AFTER: Duration = Duration::from_secs(5);

/// Codes of a collection that is not there: of releases from 2.3, and before.
const NO_COLLECTION: [(i32, i32); 2] = [(100, 0), (0, 4)];

/// The code of a collection that is there and not loaded, from 2.3 on.
const NOT_LOADED: i32 = 101;

/// Codes that ask for patience: not ready, unavailable, too many requests, a limit of their rate.
const BUSY: [i32; 4] = [1, 2, 4, 8];

/// A request failed.
#[derive(Debug, Error)]
pub(crate) enum MilvusError {
    /// It did not arrive, or no answer came in time.
    #[error("{0}")]
    Away(String),
    /// Milvus does not know us.
    #[error("it refuses the user or the token: {0}")]
    Denied(String),
    /// Milvus refused to carry it out.
    #[error("{method}: {} (code {})", status.reason, status.code.max(status.error_code))]
    Refused {
        method: &'static str,
        status: Status,
    },
    /// Milvus answers in a way that this program does not understand.
    #[error("{0}")]
    Odd(String),
    /// What somebody has to set right.
    #[error("{0}")]
    Wrong(String),
    /// Not Milvus's fault.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// Not Milvus's fault either.
    #[error(transparent)]
    Vectors(#[from] VectorError),
}

impl MilvusError {
    pub(crate) fn of_transport(method: &'static str, status: &tonic::Status) -> Self {
        let mut message = format!("{method}: {}", status.message());
        let mut source = std::error::Error::source(status);
        while let Some(cause) = source {
            message = format!("{message}: {cause}");
            source = cause.source();
        }
        match status.code() {
            Code::Unauthenticated | Code::PermissionDenied => Self::Denied(message),
            Code::Unimplemented | Code::InvalidArgument | Code::OutOfRange => Self::Odd(message),
            _ => Self::Away(message),
        }
    }

    /// Whether the collection that was named is not there.
    pub(crate) fn is_no_collection(&self) -> bool {
        let Self::Refused { status, .. } = self else {
            return false;
        };
        NO_COLLECTION.contains(&(status.code, 0))
            || NO_COLLECTION.contains(&(0, status.error_code)) && status.code == 0
            // Release 2.3 has described missing collections by the code of anything unexpected.
            || status.reason.contains("can't find collection")
            || status.reason.contains("collection not found")
    }

    pub(crate) fn is_not_loaded(&self) -> bool {
        matches!(self, Self::Refused { status, .. } if status.code == NOT_LOADED
            || status.reason.contains("not loaded"))
    }

    /// Whether the same request may do better a little later.
    pub(crate) fn passes(&self) -> bool {
        match self {
            Self::Away(_) => true,
            Self::Refused { status, .. } => status.retriable || BUSY.contains(&status.code),
            _ => false,
        }
    }

    /// For whoever uses the store; `address` says which Milvus it is.
    pub(crate) fn into_vector_error(self, address: &str) -> VectorError {
        let retry_after = match &self {
            Self::Denied(_) | Self::Odd(_) | Self::Wrong(_) => None,
            _ => Some(RETRY_AFTER),
        };
        match self {
            Self::Catalog(error) => error.into(),
            Self::Vectors(error) => error,
            other => VectorError::Unavailable {
                store: format!("Milvus at {address}"),
                retry_after,
                source: Box::new(other),
            },
        }
    }
}

/// Milvus lacks more of a collection than can be compared without it.
#[derive(Debug, Error)]
#[error(
    "most of collection `{collection}` is not copied to it yet, which the process that writes does by \
     itself, or `lookalike collections rebuild-index {collection}`"
)]
pub(crate) struct FarBehind {
    collection: String,
}

impl FarBehind {
    pub(crate) fn error(collection: &str, address: &str) -> MilvusError {
        MilvusError::Vectors(VectorError::Unavailable {
            store: format!("Milvus at {address}"),
            retry_after: Some(RETRY_AFTER),
            source: Box::new(Self {
                collection: collection.to_owned(),
            }),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(code: i32, error_code: i32, reason: &str) -> MilvusError {
        MilvusError::Refused {
            method: "Search",
            status: Status {
                code,
                error_code,
                reason: reason.into(),
                retriable: false,
            },
        }
    }

    #[test]
    fn kinds_of_failures_are_told_apart() {
        assert!(refused(100, 4, "x").is_no_collection());
        assert!(refused(0, 4, "x").is_no_collection());
        assert!(!refused(65535, 1, "something else").is_no_collection());
        assert!(refused(101, 0, "x").is_not_loaded());
        assert!(refused(8, 49, "slow down").passes());
        assert!(!refused(1100, 5, "wrong").passes());
        let seconds = |error: MilvusError| match error.into_vector_error("h:1") {
            VectorError::Unavailable { retry_after, .. } => retry_after,
            other => panic!("{other}"),
        };
        assert_eq!(seconds(MilvusError::Away("gone".into())), Some(RETRY_AFTER));
        assert_eq!(seconds(MilvusError::Denied("who?".into())), None);
        let status = tonic::Status::unauthenticated("no");
        let denied = MilvusError::of_transport("Search", &status);
        assert!(matches!(denied, MilvusError::Denied(_)));
    }
}
