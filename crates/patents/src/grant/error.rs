//! Why a document is not taken.

use thiserror::Error;

/// Why a document is not a design grant that can be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{}{reason}{}", subject_prefix(.subject), at(.offset))]
pub struct GrantError {
    /// What kind of fault it is.
    pub kind: GrantErrorKind,
    /// The document's own `file` attribute or patent number, when already known.
    pub subject: Option<String>,
    /// What is wrong, with the values, and what was expected.
    pub reason: String,
    /// Bytes from the start of the document (after decoding to UTF-8).
    pub offset: Option<u64>,
}

/// Kinds of [`GrantError`].
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GrantErrorKind {
    /// Not XML, or broken or cut off.
    Malformed,
    /// Entities that nest or grow without measure.
    EntityBomb,
    /// A grant, but of a utility, plant or other patent.
    NotADesign,
    /// XML, but neither a grant nor one of its predecessors.
    NotAGrant,
    /// ST.32 (2002 to 2004) or the plain-text formats before it.
    OldFormat,
    /// Over the limit of size or of nesting.
    TooLarge,
    /// Text in an encoding that is not read.
    Encoding,
    /// A grant without a usable patent number.
    NoNumber,
}

impl GrantError {
    pub(super) fn new(kind: GrantErrorKind, reason: String) -> Self {
        Self {
            kind,
            subject: None,
            reason,
            offset: None,
        }
    }

    pub(super) fn at(self, offset: u64) -> Self {
        Self {
            offset: Some(offset),
            ..self
        }
    }
}

fn subject_prefix(subject: &Option<String>) -> String {
    subject
        .as_ref()
        .map(|subject| format!("{subject}: "))
        .unwrap_or_default()
}

fn at(offset: &Option<u64>) -> String {
    offset
        .map(|offset| format!(" (at byte {offset})"))
        .unwrap_or_default()
}
