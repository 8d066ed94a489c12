//! What a download as a whole can fail with. What fails for one row is in the log and the report.

use std::path::{Path, PathBuf};

use lookalike_tables::TableError;

/// A download, or the reading of its log, that can't go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DownloadError {
    /// A file or folder of this machine can't be read or written.
    #[error("can't {action} {}: {source}", .path.display())]
    Io {
        /// What was tried, such as `read`.
        action: &'static str,
        /// With which file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The table of addresses can't be read.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A file in the log's place is none, or was damaged.
    #[error("{}, line {line}: not an entry of a download log: {reason}", .path.display())]
    BadLog {
        /// The log.
        path: PathBuf,
        /// Counted from 1.
        line: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// Another process writes to the same folder.
    #[error(
        "another download writes to {}; wait for it or choose another folder",
        .directory.display()
    )]
    Busy {
        /// The folder.
        directory: PathBuf,
    },
}

/// For `map_err` behind an operation on a file.
pub(super) fn io_error(
    action: &'static str,
    path: &Path,
) -> impl FnOnce(std::io::Error) -> DownloadError {
    let path = path.to_owned();
    move |source| DownloadError::Io {
        action,
        path,
        source,
    }
}
