//! What is wrong with a bank, as errors that name the file.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::names::{IMAGE_EMBEDDINGS, IMAGE_INDEX};

/// Why a bank could not be read or written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BankError {
    /// The file could not be read, or ends early.
    #[error("can't read {}: {}", .path.display(), why(.source))]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system or the format's reader says.
        source: io::Error,
    },
    /// The file says what it can't mean.
    #[error("{}: {reason}", .path.display())]
    Malformed {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Not a bank in any form that is known.
    #[error(
        "{} is not a feature bank; expected a .npz, a .npy (with a .jsonl beside it), a folder of \
         .npy files, or {IMAGE_INDEX} with {IMAGE_EMBEDDINGS}",
        .path.display()
    )]
    Unknown {
        /// What was named.
        path: PathBuf,
    },
    /// A file of many vectors in the place of one of a single vector.
    #[error(
        "{} holds {rows} vectors, where one was expected; import the file by its own name",
        .path.display()
    )]
    NotOneVector {
        /// The file.
        path: PathBuf,
        /// Vectors in it.
        rows: u64,
    },
}

pub(crate) fn reading(path: &Path, source: io::Error) -> BankError {
    BankError::Read {
        path: path.to_owned(),
        source,
    }
}

pub(crate) fn malformed(path: &Path, what: impl fmt::Display) -> BankError {
    BankError::Malformed {
        path: path.to_owned(),
        reason: what.to_string(),
    }
}

fn why(error: &io::Error) -> String {
    if error.kind() == io::ErrorKind::UnexpectedEof {
        "it is cut off or damaged".to_owned()
    } else {
        error.to_string()
    }
}
