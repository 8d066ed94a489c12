//! What goes wrong with a bank that is read or written, as errors that name the file.

use std::io;
use std::path::Path;

use lookalike_banks::BankError;
use lookalike_engine::{EngineError, ErrorKind};

pub(crate) fn writing(path: &Path, error: io::Error) -> EngineError {
    EngineError::new(
        ErrorKind::Internal,
        format!("can't write {}: {error}", path.display()),
    )
    .because(error)
}

pub(crate) fn unreadable(error: BankError) -> EngineError {
    let kind = match &error {
        BankError::Read { source, .. } => match source.kind() {
            io::ErrorKind::NotFound => ErrorKind::NotFound,
            io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => ErrorKind::Unprocessable,
            _ => ErrorKind::Internal,
        },
        BankError::Malformed { .. } | BankError::NotOneVector { .. } => ErrorKind::Unprocessable,
        BankError::Unknown { .. } => ErrorKind::UnsupportedMedia,
        _ => ErrorKind::Internal,
    };
    EngineError::new(kind, error.to_string()).because(error)
}
