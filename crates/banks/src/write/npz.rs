//! NumPy archives.
//!
//! Numbers are stored as they are, since floats hardly shrink; texts are deflated, since NumPy
//! pads each to the longest with four bytes a character.

use std::io::{self, Seek, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::TextColumn;

/// A `.npz` that is being written, member by member.
pub struct NpzWriter<W: Write + Seek> {
    zip: ZipWriter<W>,
}

impl<W: Write + Seek> NpzWriter<W> {
    /// An archive without members at the start of `out`.
    pub fn new(out: W) -> Self {
        Self {
            zip: ZipWriter::new(out),
        }
    }

    /// Starts an array of numbers, stored as it is; its header and data are the caller's to write.
    ///
    /// # Errors
    /// The file can't be written.
    pub fn numbers(&mut self, name: &str) -> io::Result<&mut impl Write> {
        self.start(name, stored())?;
        Ok(&mut self.zip)
    }

    /// Writes an array of identifiers.
    ///
    /// # Errors
    /// The file can't be written.
    pub fn ids(&mut self, name: &str, ids: &[u64]) -> io::Result<()> {
        self.start(name, stored())?;
        lookalike_npy::write_header(&mut self.zip, "<i8", &[ids.len()])?;
        ids.iter()
            .try_for_each(|id| self.zip.write_all(&id.to_le_bytes()))
    }

    /// Writes an array of texts, deflated.
    ///
    /// # Errors
    /// The file can't be written, or padding would make the texts larger than can be read again.
    pub fn texts(&mut self, name: &str, column: TextColumn) -> io::Result<()> {
        let deflated = stored()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(1));
        self.start(name, deflated)?;
        column.write(&mut self.zip)
    }

    /// Writes an array that holds a single text and has no dimension.
    ///
    /// # Errors
    /// The file can't be written.
    pub fn text(&mut self, name: &str, text: &str) -> io::Result<()> {
        self.start(name, stored())?;
        let width = text.chars().count();
        lookalike_npy::write_header(&mut self.zip, &format!("<U{width}"), &[])?;
        lookalike_npy::write_text(&mut self.zip, text, width)
    }

    /// Writes the directory of members.
    ///
    /// # Errors
    /// The file can't be written.
    pub fn finish(self) -> io::Result<()> {
        self.zip.finish()?.flush()
    }

    fn start(&mut self, name: &str, options: SimpleFileOptions) -> io::Result<()> {
        self.zip.start_file(format!("{name}.npy"), options)?;
        Ok(())
    }
}

/// Members above 4 GiB need what NumPy writes for all of them.
fn stored() -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .large_file(true)
}
