//! Why a file, a folder or an archive could not be read.

use std::io;

use thiserror::Error;

/// A file, folder or archive that could not be read, and why.
#[derive(Debug, Error)]
#[error("{path}: {reason}")]
pub struct SourceError {
    /// Where it lies, written as by [`SourceFile::path`](super::SourceFile::path).
    pub path: String,
    /// What kind of trouble it is.
    pub kind: SourceErrorKind,
    /// What is wrong, and what to do about it.
    pub reason: String,
    /// What the operating system said.
    pub source: Option<io::Error>,
}

/// Kinds of [`SourceError`].
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SourceErrorKind {
    /// The operating system refused.
    Io,
    /// There is no such file or entry.
    NotFound,
    /// The archive is not the one that was listed.
    Changed,
    /// The file ended before its contents did, or contradicts itself.
    Malformed,
    /// Above a limit, or made to be.
    TooLarge,
    /// Encrypted, compressed in a way that is not read, or of a kind that is not imported.
    Unsupported,
    /// A name that leads out of its archive.
    UnsafeName,
}

/// A [`SourceError`] that does not know yet which file it concerns.
#[derive(Debug)]
pub(super) struct Fault {
    kind: SourceErrorKind,
    reason: String,
    source: Option<io::Error>,
}

impl Fault {
    pub(super) fn new(kind: SourceErrorKind, reason: impl Into<String>) -> Self {
        Self {
            kind,
            reason: reason.into(),
            source: None,
        }
    }

    /// For readers, whose errors are those of the operating system.
    pub(super) fn into_io(self) -> io::Error {
        let kind = match self.kind {
            SourceErrorKind::NotFound => io::ErrorKind::NotFound,
            SourceErrorKind::Malformed => io::ErrorKind::InvalidData,
            _ => io::ErrorKind::Other,
        };
        io::Error::new(kind, self.reason)
    }

    pub(super) fn at(self, path: impl Into<String>) -> SourceError {
        SourceError {
            path: path.into(),
            kind: self.kind,
            reason: self.reason,
            source: self.source,
        }
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        let kind = match error.kind() {
            io::ErrorKind::NotFound => SourceErrorKind::NotFound,
            // Decompression reports damage so.
            io::ErrorKind::InvalidInput
            | io::ErrorKind::InvalidData
            | io::ErrorKind::UnexpectedEof => SourceErrorKind::Malformed,
            _ => SourceErrorKind::Io,
        };
        Self {
            kind,
            reason: error.to_string(),
            source: Some(error),
        }
    }
}
