//! What import takes from the log of a download.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::path::{Component, Path, PathBuf};

use serde_json::{Map, Value};

use super::error::{DownloadError, io_error};
use super::log::{Lines, Status};

/// A picture that was downloaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedImage {
    /// Its absolute path.
    pub file: PathBuf,
    /// Where it came from.
    pub url: String,
    /// The other columns of its row, all of them text.
    pub attributes: Map<String, Value>,
}

/// The pictures of a log, one after the other.
pub type Logged = Box<dyn Iterator<Item = Result<LoggedImage, DownloadError>>>;

/// Whether an opened file is the log of a download, by its first line. One that can't be read is
/// none.
#[must_use]
pub fn is_log(path: &Path, file: File) -> bool {
    let first = Lines::new(path, file).next_entry();
    first.is_ok_and(|entry| entry.is_some())
}

/// The pictures of a log: of every row the last one that was saved, in the order of the log.
/// Half a last line, as a killed process leaves it, is passed over.
///
/// Reads the file twice, each time as `open` opens it; takes about 30 bytes of memory a row.
///
/// # Errors
/// The file can't be read or a line is not an entry; for a single entry also: its file lies
/// outside of the log's folder.
pub fn read_log(path: &Path, open: impl Fn() -> io::Result<File>) -> Result<Logged, DownloadError> {
    let open = || {
        let file = open().map_err(io_error("read", path))?;
        Ok::<_, DownloadError>(Lines::new(path, file))
    };
    let absolute = std::path::absolute(path).map_err(io_error("find", path))?;
    let directory = absolute.parent().unwrap_or(Path::new("/")).to_owned();
    let mut last: HashMap<u64, u64> = HashMap::new();
    let mut lines = open()?;
    while let Some((offset, entry)) = lines.next_entry()? {
        if entry.status == Status::Ok {
            last.insert(entry.row, offset);
        }
    }
    let mut lines = open()?;
    Ok(Box::new(std::iter::from_fn(move || {
        loop {
            let (offset, entry) = match lines.next_entry() {
                Ok(next) => next?,
                Err(error) => return Some(Err(error)),
            };
            if last.get(&entry.row) != Some(&offset) {
                continue;
            }
            let file = entry.saved.map(|saved| PathBuf::from(saved.file));
            return Some(match file.filter(|file| stays_inside(file)) {
                Some(file) => Ok(LoggedImage {
                    file: directory.join(file),
                    url: entry.url,
                    attributes: entry.attributes,
                }),
                None => Err(lines.bad_entry("its file is not in the folder of the log")),
            });
        }
    })))
}

/// Logs travel with their folder: no log may name files elsewhere.
fn stays_inside(file: &Path) -> bool {
    file.components().next().is_some()
        && file
            .components()
            .all(|component| matches!(component, Component::Normal(_)))
}
