//! Texts kept on disk until the longest of them is known.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::path::Path;

use crate::npy;

/// Texts in a file without a name, each behind its length in bytes.
pub(super) struct Spool {
    file: BufWriter<File>,
    /// Characters of the longest.
    width: usize,
}

impl Spool {
    /// An empty spool on the disk that holds `folder`.
    pub(super) fn new(folder: &Path) -> io::Result<Self> {
        Ok(Self {
            file: BufWriter::new(tempfile::tempfile_in(folder)?),
            // NumPy's own arrays of texts are never narrower.
            width: 1,
        })
    }

    pub(super) fn push(&mut self, text: &str) -> io::Result<()> {
        self.width = self.width.max(text.chars().count());
        self.file.write_all(&(text.len() as u64).to_le_bytes())?;
        self.file.write_all(text.as_bytes())
    }

    /// Writes the `count` texts as an array.
    pub(super) fn write(self, out: &mut impl Write, count: usize) -> io::Result<()> {
        let mut file = self.file.into_inner()?;
        file.rewind()?;
        let mut file = BufReader::new(file);
        npy::write_header(out, &format!("<U{}", self.width), &[count])?;
        let mut text = String::new();
        for _ in 0..count {
            let mut length = [0; 8];
            file.read_exact(&mut length)?;
            text.clear();
            (&mut file)
                .take(u64::from_le_bytes(length))
                .read_to_string(&mut text)?;
            npy::write_text(out, &text, self.width)?;
        }
        Ok(())
    }
}
