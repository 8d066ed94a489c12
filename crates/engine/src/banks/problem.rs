//! What goes wrong with a bank that is written, as errors that name the file.

use std::io;
use std::path::Path;

use crate::{EngineError, ErrorKind};

pub(super) fn writing(path: &Path, error: io::Error) -> EngineError {
    EngineError::new(
        ErrorKind::Internal,
        format!("can't write {}: {error}", path.display()),
    )
    .because(error)
}
