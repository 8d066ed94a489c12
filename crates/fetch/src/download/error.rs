//! What a download as a whole can fail with. What fails for one row is in the log and the report.

use std::path::{Path, PathBuf};

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
    /// The table has no header line that can be read.
    #[error("{} is not a table of addresses: {reason}", .path.display())]
    NoTable {
        /// The table.
        path: PathBuf,
        /// What is wrong, and what to do.
        reason: String,
    },
    /// The table lacks the column that was asked for.
    #[error(
        "{} has no column `{column}`, but {}",
        .path.display(),
        quoted(.columns)
    )]
    NoColumn {
        /// The table.
        path: PathBuf,
        /// The column that was asked for.
        column: String,
        /// Those that are there.
        columns: Vec<String>,
    },
    /// Somebody wrote to the table while it was read.
    #[error("{} changed while it was downloaded; start again", .path.display())]
    Changed {
        /// The table.
        path: PathBuf,
    },
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

fn quoted(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}
