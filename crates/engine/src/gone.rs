//! Whether a recorded file is surely no longer there.

use std::fs;
use std::io;
use std::path::Path;

use lookalike_patents::without_page;

/// Whether a path as the catalogue records it leads to nothing. An archive's entries are there
/// as long as it is.
#[must_use]
pub fn is_gone(path: &str) -> bool {
    is_file_gone(path) && is_file_gone(without_page(path))
}

fn is_file_gone(path: &str) -> bool {
    let mut archives = path.match_indices("!/").map(|(end, _)| &path[..end]);
    is_absent(path) && !archives.any(|archive| !is_absent(archive) && !Path::new(archive).is_dir())
}

fn is_absent(path: &str) -> bool {
    fs::metadata(path).is_err_and(|error| says_gone(error.kind()))
}

/// Whether this error means that there is no such file. A file that may not be seen, or on a
/// drive that does not answer, is not a deleted one.
#[must_use]
pub fn says_gone(kind: io::ErrorKind) -> bool {
    matches!(kind, io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}
