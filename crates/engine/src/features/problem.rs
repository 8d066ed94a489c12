//! What is wrong with a bank, as errors that name the file.

use std::io;
use std::path::Path;

use crate::{EngineError, ErrorKind};

/// The file can't be read.
pub(super) fn reading(path: &Path, error: io::Error) -> EngineError {
    let kind = match error.kind() {
        io::ErrorKind::NotFound => ErrorKind::NotFound,
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => ErrorKind::Unprocessable,
        _ => ErrorKind::Internal,
    };
    let why = match error.kind() {
        io::ErrorKind::UnexpectedEof => "it is cut off or damaged".to_owned(),
        _ => error.to_string(),
    };
    EngineError::new(kind, format!("can't read {}: {why}", path.display())).because(error)
}

/// The file was read, and is not what it should be.
pub(super) fn malformed(path: &Path, what: impl std::fmt::Display) -> EngineError {
    EngineError::new(
        ErrorKind::Unprocessable,
        format!("{}: {what}", path.display()),
    )
}

/// The file can't be written.
pub(super) fn writing(path: &Path, error: io::Error) -> EngineError {
    EngineError::new(
        ErrorKind::Internal,
        format!("can't write {}: {error}", path.display()),
    )
    .because(error)
}
