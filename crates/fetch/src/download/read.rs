//! What import takes from the log of a download.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::File;
use std::io;
use std::path::{Component, Path, PathBuf};

use lookalike_tables::unite;
use serde_json::{Map, Value};

use super::error::{DownloadError, io_error};
use super::log::{Lines, LogEntry, Status, key};

/// A picture that was downloaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedImage {
    /// Its absolute path.
    pub file: PathBuf,
    /// Where it came from.
    pub url: String,
    /// The other columns of its row, all of them text. Where rows share an address and a column
    /// differs, a list of what they say.
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

/// The pictures of a log, each file once, in the order of the log. Of every row the last entry
/// that was saved counts; what rows say of the same file is put together. Half a last line, as a
/// killed process leaves it, is passed over.
///
/// Reads the file twice, three times where rows share files, each time as `open` opens it; takes about 60 bytes of memory a row, and
/// what rows say that share their file with others.
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
    let mut last: HashMap<u64, (u64, u128)> = HashMap::new();
    let mut lines = open()?;
    while let Some((offset, entry)) = lines.next_entry()? {
        if entry.status == Status::Ok {
            last.insert(entry.row, (offset, file_key(&entry)));
        }
    }
    let mut shared = said_together(&last, open()?)?;
    let mut lines = open()?;
    Ok(Box::new(std::iter::from_fn(move || {
        loop {
            let (offset, entry) = match lines.next_entry() {
                Ok(next) => next?,
                Err(error) => return Some(Err(error)),
            };
            let Some(&(counts, file)) = last.get(&entry.row) else {
                continue;
            };
            if counts != offset {
                continue;
            }
            let attributes = match shared.get_mut(&file) {
                None => entry.attributes,
                Some(together) => match together.take() {
                    Some(attributes) => attributes,
                    // It was given with the first of its rows.
                    None => continue,
                },
            };
            let file = entry.saved.map(|saved| PathBuf::from(saved.file));
            return Some(match file.filter(|file| stays_inside(file)) {
                Some(file) => Ok(LoggedImage {
                    file: directory.join(file),
                    url: entry.url,
                    attributes,
                }),
                None => Err(lines.bad_entry("its file is not in the folder of the log")),
            });
        }
    })))
}

/// What rows say of files that several of them share.
fn said_together(
    last: &HashMap<u64, (u64, u128)>,
    mut lines: Lines,
) -> Result<HashMap<u128, Option<Map<String, Value>>>, DownloadError> {
    let mut seen = HashSet::new();
    let mut shared: HashMap<u128, BTreeMap<u64, Map<String, Value>>> = HashMap::new();
    for (_, file) in last.values() {
        if !seen.insert(*file) {
            shared.insert(*file, BTreeMap::new());
        }
    }
    if shared.is_empty() {
        return Ok(HashMap::new());
    }
    while let Some((offset, entry)) = lines.next_entry()? {
        if let Some((counts, file)) = last.get(&entry.row)
            && *counts == offset
            && let Some(rows) = shared.get_mut(file)
        {
            rows.insert(entry.row, entry.attributes);
        }
    }
    let together = shared.into_iter().map(|(file, rows)| {
        let mut all = Map::new();
        // In the order of the table, whichever came first over the network.
        rows.into_values().for_each(|row| unite(&mut all, row));
        (file, Some(all))
    });
    Ok(together.collect())
}

/// Of an entry that says that something was saved.
fn file_key(entry: &LogEntry) -> u128 {
    key(&[entry.saved.as_ref().map_or("", |saved| &saved.file)])
}

/// Logs travel with their folder: no log may name files elsewhere.
fn stays_inside(file: &Path) -> bool {
    file.components().next().is_some()
        && file
            .components()
            .all(|component| matches!(component, Component::Normal(_)))
}
