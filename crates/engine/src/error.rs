//! What a use case can fail with, sorted by whose fault it is.

use std::error::Error;
use std::fmt;
use std::io;

use lookalike_catalog::CatalogError;
use lookalike_fetch::models::ModelError;
use lookalike_imaging::{DecodeError, DecodeErrorKind};
use lookalike_storage::blob::BlobError;
use lookalike_storage::{IndexError, VectorError};

use crate::hint::Hint;

/// Whose fault an error is, and so what a caller can do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A parameter is wrong.
    InvalidInput,
    /// What was asked for does not exist.
    NotFound,
    /// It contradicts what is there, or another process is using it.
    Conflict,
    /// The caller may not do it.
    Forbidden,
    /// The input is above a limit.
    TooLarge,
    /// The input's type is not one that can be read.
    UnsupportedMedia,
    /// The input's type is right, its content is damaged.
    Unprocessable,
    /// Something needed is not there now.
    Unavailable,
    /// Our fault, or the machine's.
    Internal,
}

/// A failed use case. The message is for users: what happened, and where. What to do is in it
/// too, unless that has other names for users of the command line than for those of the API: then
/// it is a [`Hint`].
#[derive(Debug)]
pub struct EngineError {
    kind: ErrorKind,
    message: String,
    hint: Option<Box<Hint>>,
    retry_after_seconds: Option<u64>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl EngineError {
    /// An error of `kind` that says `message`.
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            hint: None,
            retry_after_seconds: None,
            source: None,
        }
    }

    /// A wrong parameter.
    #[must_use]
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidInput, message)
    }

    /// The same error with what can be done about it.
    #[must_use]
    pub fn with_hint(mut self, hint: Hint) -> Self {
        self.hint = Some(Box::new(hint));
        self
    }

    /// The same error with its cause, for logs.
    #[must_use]
    pub fn because(mut self, source: impl Error + Send + Sync + 'static) -> Self {
        self.source = Some(Box::new(source));
        self
    }

    fn out_of_room(error: impl Error + Send + Sync + 'static) -> Self {
        Self::new(
            ErrorKind::Unavailable,
            "there is no room left on the disk of the data directory; make some, and try again",
        )
        .because(error)
    }

    /// The same for another who is concerned; the cause stays with the first.
    pub(crate) fn repeated(&self) -> Self {
        Self {
            hint: self.hint.clone(),
            retry_after_seconds: self.retry_after_seconds,
            ..Self::new(self.kind, self.message.clone())
        }
    }

    /// Whose fault it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// What can be done about it, where the message does not say.
    #[must_use]
    pub fn hint(&self) -> Option<&Hint> {
        self.hint.as_deref()
    }

    /// Seconds after which it may be tried again, where that is known.
    #[must_use]
    pub fn retry_after_seconds(&self) -> Option<u64> {
        self.retry_after_seconds
    }
}

impl fmt::Display for EngineError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl Error for EngineError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source
            .as_deref()
            .map(|source| source as &(dyn Error + 'static))
    }
}

impl From<CatalogError> for EngineError {
    fn from(error: CatalogError) -> Self {
        // Where it lies is no business of those who ask over the network.
        if let CatalogError::Locked { owner, .. } = &error {
            let owner = owner.as_ref().map(|owner| format!(" ({owner})"));
            let message = format!(
                "the data directory is being written by another process{}; wait for it to end or stop \
                 it, then try again",
                owner.unwrap_or_default()
            );
            return Self::new(ErrorKind::Conflict, message).because(error);
        }
        let kind = match &error {
            CatalogError::Missing { .. } | CatalogError::NoCollection { .. } => ErrorKind::NotFound,
            CatalogError::CollectionExists { .. } | CatalogError::UserExists { .. } => {
                ErrorKind::Conflict
            }
            CatalogError::BadCollectionName { .. } | CatalogError::WrongDimension { .. } => {
                ErrorKind::InvalidInput
            }
            _ if error.is_out_of_room() => return Self::out_of_room(error),
            _ => ErrorKind::Internal,
        };
        let hint = matches!(error, CatalogError::NoCollection { .. });
        Self {
            hint: hint.then(|| Box::new(Hint::ListCollections)),
            ..Self::new(kind, error.to_string())
        }
        .because(error)
    }
}

impl From<lookalike_evidence::FileError> for EngineError {
    fn from(error: lookalike_evidence::FileError) -> Self {
        Self::new(ErrorKind::Internal, error.to_string()).because(error)
    }
}

impl From<VectorError> for EngineError {
    fn from(error: VectorError) -> Self {
        match error {
            VectorError::Catalog(error) => error.into(),
            VectorError::Index(error) => error.into(),
            VectorError::Unavailable { retry_after, .. } => Self {
                retry_after_seconds: retry_after.map(|wait| wait.as_secs().max(1)),
                ..Self::new(ErrorKind::Unavailable, error.to_string())
            }
            .because(error),
            other => Self::new(ErrorKind::Internal, other.to_string()).because(other),
        }
    }
}

impl From<IndexError> for EngineError {
    fn from(error: IndexError) -> Self {
        let kind = match &error {
            // Made again from the stored embeddings; there is room again after a rebuild.
            IndexError::Damaged { .. } | IndexError::Full { .. } => ErrorKind::Unavailable,
            // Of vectors that are stored already: a caller's are checked before.
            IndexError::WrongLength { .. }
            | IndexError::NoIds { .. }
            | IndexError::NonFinite { .. }
            | IndexError::NoDimension => ErrorKind::Internal,
            _ => ErrorKind::InvalidInput,
        };
        Self::new(kind, error.to_string()).because(error)
    }
}

impl From<BlobError> for EngineError {
    fn from(error: BlobError) -> Self {
        match &error {
            // Where it is, is for logs.
            BlobError::Unavailable {
                reason,
                retry_after,
                ..
            } => Self {
                retry_after_seconds: retry_after.map(|wait| wait.as_secs().max(1)),
                ..Self::new(
                    ErrorKind::Unavailable,
                    format!("the object store is not available: {reason}"),
                )
            }
            .because(error),
            BlobError::Failed { source, .. } if is_out_of_room(&**source) => {
                Self::out_of_room(error)
            }
            _ => Self::new(ErrorKind::Internal, error.to_string()).because(error),
        }
    }
}

/// Whether the system refused for want of room.
fn is_out_of_room(error: &(dyn Error + 'static)) -> bool {
    let kind = error.downcast_ref::<io::Error>().map(io::Error::kind);
    matches!(
        kind,
        Some(io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
    )
}

impl From<DecodeError> for EngineError {
    fn from(error: DecodeError) -> Self {
        let kind = match error.kind() {
            DecodeErrorKind::UnknownFormat | DecodeErrorKind::Unsupported => {
                ErrorKind::UnsupportedMedia
            }
            DecodeErrorKind::TooLarge => ErrorKind::TooLarge,
            _ => ErrorKind::Unprocessable,
        };
        Self::new(kind, error.to_string()).because(error)
    }
}

impl From<ModelError> for EngineError {
    fn from(error: ModelError) -> Self {
        // Where models lie is nobody's business who asks over the network.
        if let ModelError::NoCopy {
            name,
            repository,
            endpoint,
            target,
            reason,
        } = error
        {
            let message =
                format!("model `{name}` is not on this machine and was not downloaded: {reason}");
            return Self::new(ErrorKind::Unavailable, message).with_hint(Hint::BringModel {
                endpoint,
                repository,
                folder: target,
            });
        }
        if matches!(error, ModelError::Busy { .. }) {
            let message = "another process is downloading the model; wait for it, or stop it";
            return Self::new(ErrorKind::Conflict, message).because(error);
        }
        let kind = match &error {
            ModelError::Unknown { .. } | ModelError::BadPath { .. } => ErrorKind::InvalidInput,
            ModelError::NotOnHub { .. } => ErrorKind::NotFound,
            ModelError::Denied { .. }
            | ModelError::Checksum { .. }
            | ModelError::Transfer { .. } => ErrorKind::Unavailable,
            _ => ErrorKind::Internal,
        };
        Self::new(kind, error.to_string()).because(error)
    }
}
