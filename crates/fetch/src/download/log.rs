//! The log of a download: a JSON object a line, for people, for the next run, and for import.
//!
//! It is the only record of what is done, so a line is written in one go, as its row ends; a
//! process that is killed leaves at worst half of the last line, which the next run cuts off.

use std::collections::{HashMap, HashSet};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use md5::{Digest, Md5};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::error::{DownloadError, io_error};

/// Name of the log in its folder.
pub const LOG_FILE: &str = "download.jsonl";

/// How a row ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    Ok,
    Failed,
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct LogEntry {
    /// As it is in the table.
    pub(super) url: String,
    /// Counted from 1, the header left out.
    pub(super) row: u64,
    pub(super) status: Status,
    /// What was saved, if anything.
    #[serde(flatten)]
    pub(super) saved: Option<SavedFile>,
    /// Of the last answer, if any came.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(super) http_status: Option<u16>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(super) reason: Option<String>,
    /// The row's other columns.
    #[serde(default)]
    pub(super) attributes: Map<String, Value>,
    /// When it ended, ISO 8601.
    pub(super) time: String,
}

/// A picture on disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SavedFile {
    /// Path from the log's folder, with slashes.
    pub(super) file: String,
    /// In lower-case hex.
    pub(super) md5: String,
    pub(super) size_bytes: u64,
    pub(super) format: String,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// A log that is open for writing, with what it says. Takes at most 160 bytes of memory
/// for every row that is done.
pub(super) struct Log {
    path: PathBuf,
    file: File,
    length: u64,
    /// Where a saved address has its entry; addresses by their hash.
    saved: HashMap<u128, u64>,
    /// Hashes of the address and attributes that a row is logged with.
    rows: HashMap<u64, u128>,
    /// Hashes of the file names that are in use.
    names: HashSet<u128>,
}

impl Log {
    /// Opens or makes the log of a folder, locked against other processes, and mends it.
    pub(super) fn open(directory: &Path) -> Result<Self, DownloadError> {
        let path = directory.join(LOG_FILE);
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(io_error("open", &path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let directory = directory.to_owned();
                return Err(DownloadError::Busy { directory });
            }
            // Some network file systems have no locks.
            Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => {}
            Err(TryLockError::Error(error)) => return Err(io_error("lock", &path)(error)),
        }
        let mut log = Self {
            path,
            file,
            length: 0,
            saved: HashMap::new(),
            rows: HashMap::new(),
            names: HashSet::new(),
        };
        log.read()?;
        let io = io_error("repair", &log.path);
        let mended = log.file.set_len(log.length);
        mended
            .and_then(|()| log.file.seek(SeekFrom::End(0)))
            .map_err(io)?;
        Ok(log)
    }

    /// Takes in all whole lines.
    fn read(&mut self) -> Result<(), DownloadError> {
        let file = self
            .file
            .try_clone()
            .map_err(io_error("read", &self.path))?;
        let mut lines = Lines::new(&self.path, file);
        while let Some((offset, entry)) = lines.next_entry()? {
            self.remember(&entry, offset);
            self.length = lines.offset;
        }
        Ok(())
    }

    fn remember(&mut self, entry: &LogEntry, offset: u64) {
        let Some(saved) = &entry.saved else { return };
        self.saved.insert(key(&[&entry.url]), offset);
        self.rows.insert(entry.row, row_key(entry));
        self.names.insert(key(&[&saved.file]));
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Adds a line.
    pub(super) fn append(&mut self, entry: &LogEntry) -> Result<(), DownloadError> {
        let io = io_error("write", &self.path);
        let mut line = match serde_json::to_vec(entry) {
            Ok(line) => line,
            Err(error) => return Err(io(error.into())),
        };
        line.push(b'\n');
        self.file.write_all(&line).map_err(io)?;
        self.remember(entry, self.length);
        self.length += line.len() as u64;
        Ok(())
    }

    /// The last entry of an address that was saved.
    pub(super) fn saved(&mut self, url: &str) -> Result<Option<LogEntry>, DownloadError> {
        let Some(&offset) = self.saved.get(&key(&[url])) else {
            return Ok(None);
        };
        let io = || io_error("read", &self.path);
        self.file.seek(SeekFrom::Start(offset)).map_err(io())?;
        let mut line = Vec::new();
        let read = BufReader::new(&self.file).read_until(b'\n', &mut line);
        read.map_err(io())?;
        self.file.seek(SeekFrom::End(0)).map_err(io())?;
        // Two addresses of the same hash would be a first in history, and still only a
        // needless download.
        let entry = serde_json::from_slice::<LogEntry>(&line).ok();
        Ok(entry.filter(|entry| entry.url == url))
    }

    /// Whether the last entry of its row says the same.
    pub(super) fn says(&self, entry: &LogEntry) -> bool {
        self.rows.get(&entry.row) == Some(&row_key(entry))
    }

    /// Gives up an entry whose file is gone; its name can be used again.
    pub(super) fn forget(&mut self, entry: &LogEntry) {
        self.saved.remove(&key(&[&entry.url]));
        self.rows.remove(&entry.row);
        if let Some(saved) = &entry.saved {
            self.names.remove(&key(&[&saved.file]));
        }
    }

    /// Takes a file name, unless it is in use.
    pub(super) fn claim(&mut self, name: &str) -> bool {
        self.names.insert(key(&[name]))
    }
}

/// 128 bits of hash: none of a billion addresses is mistaken for another.
pub(super) fn key(parts: &[&str]) -> u128 {
    let mut hash = Md5::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    u128::from_le_bytes(hash.finalize().into())
}

fn row_key(entry: &LogEntry) -> u128 {
    key(&[
        &entry.url,
        &Value::from(entry.attributes.clone()).to_string(),
        entry.saved.as_ref().map_or("", |saved| &saved.file),
    ])
}

/// Entries one after the other; ends in front of half a line.
pub(super) struct Lines {
    path: PathBuf,
    reader: BufReader<File>,
    /// Where the next line begins.
    offset: u64,
    number: u64,
}

impl Lines {
    pub(super) fn new(path: &Path, file: File) -> Self {
        Self {
            path: path.to_owned(),
            reader: BufReader::new(file),
            offset: 0,
            number: 0,
        }
    }

    /// The next entry and the offset of its line.
    pub(super) fn next_entry(&mut self) -> Result<Option<(u64, LogEntry)>, DownloadError> {
        let mut line = Vec::new();
        // Nobody writes longer lines; another kind of file may have them.
        let mut limited = (&mut self.reader).take(MAX_LINE_BYTES);
        let read = limited.read_until(b'\n', &mut line);
        read.map_err(io_error("read", &self.path))?;
        let whole = line.last() == Some(&b'\n');
        let begins = line.len().min(BEGINNING.len());
        if !whole && line[..begins] == BEGINNING[..begins] {
            return Ok(None);
        }
        let offset = self.offset;
        self.offset += line.len() as u64;
        self.number += 1;
        match serde_json::from_slice(&line) {
            Ok(entry) => Ok(Some((offset, entry))),
            Err(error) => Err(self.bad_entry(&error.to_string())),
        }
    }

    /// The error for the entry that was read last.
    pub(super) fn bad_entry(&self, reason: &str) -> DownloadError {
        DownloadError::BadLog {
            path: self.path.clone(),
            line: self.number,
            reason: reason.to_owned(),
        }
    }
}

/// What every entry begins with. Half a line that begins otherwise is somebody else's text,
/// not to be cut off.
const BEGINNING: &[u8] = b"{\"url\":";

/// Rows of the table have at most a megabyte; JSON may write six letters for one.
const MAX_LINE_BYTES: u64 = 8 << 20;
