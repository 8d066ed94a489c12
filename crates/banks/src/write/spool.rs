//! A column of texts, kept on disk until the longest of them is known.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::path::Path;

use lookalike_npy as npy;

use crate::archive::MAX_INFLATED;

/// Texts in a file without a name, each behind its length in bytes.
pub struct TextColumn {
    file: BufWriter<File>,
    /// Characters of the longest.
    width: usize,
    count: usize,
}

impl TextColumn {
    /// No texts yet, on the disk that holds `folder`.
    ///
    /// # Errors
    /// No file can be made there.
    pub fn new(folder: &Path) -> io::Result<Self> {
        Ok(Self {
            file: BufWriter::new(tempfile::tempfile_in(folder)?),
            // NumPy's own arrays of texts are never narrower.
            width: 1,
            count: 0,
        })
    }

    /// Adds a text.
    ///
    /// # Errors
    /// The disk is full.
    pub fn push(&mut self, text: &str) -> io::Result<()> {
        self.count += 1;
        self.width = self.width.max(text.chars().count());
        self.file.write_all(&(text.len() as u64).to_le_bytes())?;
        self.file.write_all(text.as_bytes())
    }

    /// Writes the texts as an array.
    pub(crate) fn write(self, out: &mut impl Write) -> io::Result<()> {
        let count = self.count;
        let size = (self.width as u64 * 4).saturating_mul(count as u64);
        if size > MAX_INFLATED {
            return Err(io::Error::other(format!(
                "NumPy pads {count} texts to the longest, of {} characters, which makes {} GB; \
                 write the bank in the layout `npy`",
                self.width,
                size >> 30
            )));
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_would_fill_the_disk_are_refused() {
        let mut spool = TextColumn::new(&std::env::temp_dir()).unwrap();
        spool.push(&"x".repeat(100_000)).unwrap();
        spool.count = 1_000_000;
        let error = spool.write(&mut Vec::new()).unwrap_err();
        assert!(error.to_string().contains("layout `npy`"), "{error}");
    }
}
