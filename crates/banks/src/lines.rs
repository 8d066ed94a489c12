//! JSON Lines: one object per line, blank lines left out.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::BankError;
use crate::error;

/// Longest line in bytes. A line describes one image.
const MAX_LINE: u64 = 16 << 20;

/// The object on a line, or why there is none.
pub(crate) type Line = Result<Map<String, Value>, String>;

/// The lines of a file, read one by one.
pub(crate) struct JsonLines {
    path: PathBuf,
    reader: BufReader<File>,
    line: Vec<u8>,
}

impl JsonLines {
    /// # Errors
    /// The file can't be read.
    pub(crate) fn open(path: &Path) -> Result<Self, BankError> {
        let file = File::open(path).map_err(|error| error::reading(path, error))?;
        Ok(Self {
            path: path.to_path_buf(),
            reader: BufReader::new(file),
            line: Vec::new(),
        })
    }

    /// How many lines a file has.
    ///
    /// # Errors
    /// It can't be read, or a line is too long.
    pub(crate) fn count(path: &Path) -> Result<u64, BankError> {
        let mut lines = Self::open(path)?;
        let mut count = 0;
        while lines.advance()? {
            count += 1;
        }
        Ok(count)
    }

    /// The next line, or why it is no JSON object; `None` at the end.
    ///
    /// # Errors
    /// The file can't be read any more.
    pub(crate) fn next_record(&mut self) -> Result<Option<Line>, BankError> {
        if !self.advance()? {
            return Ok(None);
        }
        Ok(Some(match serde_json::from_slice(&self.line) {
            Ok(Value::Object(record)) => Ok(record),
            Ok(_) => Err("its line is no JSON object".to_owned()),
            Err(error) => Err(format!("its line is no JSON: {error}")),
        }))
    }

    fn advance(&mut self) -> Result<bool, BankError> {
        loop {
            self.line.clear();
            let read = (&mut self.reader)
                .take(MAX_LINE)
                .read_until(b'\n', &mut self.line)
                .map_err(|error: io::Error| error::reading(&self.path, error))?;
            if read as u64 == MAX_LINE && !self.line.ends_with(b"\n") {
                let what = format!("a line is longer than {} MB", MAX_LINE >> 20);
                return Err(error::malformed(&self.path, what));
            }
            if read == 0 || !self.line.trim_ascii().is_empty() {
                return Ok(read > 0);
            }
        }
    }
}
