//! What a table as a whole can fail with. What is wrong with one row is in the row.

use std::path::{Path, PathBuf};

/// A table that can't be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TableError {
    /// The file can't be read.
    #[error("can't read {}: {source}", .path.display())]
    Io {
        /// The table.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// It has no header line that can be read.
    #[error("{} is not a table: {reason}", .path.display())]
    NoTable {
        /// The table.
        path: PathBuf,
        /// What is wrong, and what to do.
        reason: String,
    },
    /// It lacks the column that was asked for.
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
    /// Somebody wrote to it while it was read.
    #[error("{} changed while it was read; start again", .path.display())]
    Changed {
        /// The table.
        path: PathBuf,
    },
}

/// For `map_err` behind reading.
pub(crate) fn io_error(path: &Path) -> impl FnOnce(std::io::Error) -> TableError {
    let path = path.to_owned();
    move |source| TableError::Io { path, source }
}

fn quoted(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}
