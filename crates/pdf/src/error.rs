//! Why a PDF, or a page of it, could not be read.

use lookalike_imaging::{DecodeError, DecodeErrorKind};
use thiserror::Error;

/// What kind of trouble it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PdfErrorKind {
    /// The file is no PDF.
    NotAPdf,
    /// The file is encrypted.
    Encrypted,
    /// The file contradicts its format, or itself, or ends too early.
    Malformed,
    /// Reading it would exceed a limit.
    TooLarge,
    /// The page has more than one image on it, or something drawn: it would
    /// have to be rendered, which is not done here.
    NeedsRendering,
    /// The page's image is of a kind that is not read.
    Unsupported,
    /// There is no page of that number.
    NoSuchPage,
}

/// A PDF, or a page of it, that could not be read. Displays as a lower-case
/// reason that says what to do, where something can be done.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("pdf: {reason}")]
pub struct PdfError {
    /// What kind of trouble it is.
    pub kind: PdfErrorKind,
    /// The reason, without the format's name.
    pub reason: String,
}

impl PdfError {
    pub(crate) fn new(kind: PdfErrorKind, reason: impl Into<String>) -> Self {
        Self {
            kind,
            reason: reason.into(),
        }
    }

    pub(crate) fn malformed(reason: impl Into<String>) -> Self {
        Self::new(PdfErrorKind::Malformed, reason)
    }

    pub(crate) fn unsupported(reason: impl Into<String>) -> Self {
        Self::new(PdfErrorKind::Unsupported, reason)
    }

    /// The trouble that a page's image made.
    pub(crate) fn of_image(error: &DecodeError) -> Self {
        let kind = match error.kind() {
            DecodeErrorKind::TooLarge => PdfErrorKind::TooLarge,
            DecodeErrorKind::Unsupported => PdfErrorKind::Unsupported,
            _ => PdfErrorKind::Malformed,
        };
        let reason = error.to_string();
        // The image is handed on as a TIFF; nobody has to know.
        let reason = reason.strip_prefix("tiff: ").unwrap_or(&reason);
        Self::new(kind, format!("its page image: {reason}"))
    }
}
