//! Why a file could not be read, in words that go to users as they are.

use crate::Format;

/// What kind of trouble a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DecodeErrorKind {
    /// There are no bytes.
    Empty,
    /// The bytes begin like no format we know.
    UnknownFormat,
    /// A sound file that uses something we do not read.
    Unsupported,
    /// The file contradicts its format, or itself.
    Malformed,
    /// The file ends, or a compressed part ends, before the picture does.
    Truncated,
    /// Reading it would exceed a limit.
    TooLarge,
    /// The file has no page of the number asked for.
    NoSuchPage,
}

/// A file that could not be read.
///
/// Displays as a lower-case reason that begins with the format, such as `tiff:
/// 60000 x 60000 = 3600 megapixels is above the limit of 200`.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}{reason}", prefix(*.format))]
pub struct DecodeError {
    kind: DecodeErrorKind,
    format: Option<Format>,
    reason: String,
}

impl DecodeError {
    pub(crate) fn new(
        kind: DecodeErrorKind,
        format: impl Into<Option<Format>>,
        reason: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            format: format.into(),
            reason: reason.into(),
        }
    }

    /// What kind of trouble it is.
    pub fn kind(&self) -> DecodeErrorKind {
        self.kind
    }

    /// The format that the file began like, if any.
    pub fn format(&self) -> Option<Format> {
        self.format
    }
}

fn prefix(format: Option<Format>) -> String {
    format
        .map(|format| format!("{format}: "))
        .unwrap_or_default()
}

/// What is wrong, before it is known which file it is wrong with: part of a
/// strip, or a JPEG stream that may stand alone or in a TIFF.
#[derive(Clone, Debug)]
pub(crate) struct Trouble {
    pub(crate) kind: DecodeErrorKind,
    pub(crate) reason: String,
}

impl Trouble {
    pub(crate) fn new(kind: DecodeErrorKind, reason: impl Into<String>) -> Self {
        Self {
            kind,
            reason: reason.into(),
        }
    }

    pub(crate) fn malformed(reason: impl Into<String>) -> Self {
        Self::new(DecodeErrorKind::Malformed, reason)
    }

    pub(crate) fn truncated(reason: impl Into<String>) -> Self {
        Self::new(DecodeErrorKind::Truncated, reason)
    }

    pub(crate) fn unsupported(reason: impl Into<String>) -> Self {
        Self::new(DecodeErrorKind::Unsupported, reason)
    }

    pub(crate) fn of(self, format: Format) -> DecodeError {
        DecodeError::new(self.kind, format, self.reason)
    }
}
