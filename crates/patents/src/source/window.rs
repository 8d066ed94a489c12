//! A stretch of bytes that an archive or one of its entries occupies, and reading in it.
//!
//! A window holds no open file: an import lists tens of thousands of archives before it reads them,
//! and a process may have about a thousand files open. Each reader opens its own, which also lets
//! threads read at the same time without a lock.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::Arc;

use super::error::{Fault, SourceErrorKind};
use super::gzip::{Gzip, GzipReader};
use super::inflated::Inflated;
use super::reach::Reach;
use super::stamp::Stamp;

/// `length` bytes from `start` on.
#[derive(Clone, Debug)]
pub(super) struct Window {
    storage: Arc<Storage>,
    start: u64,
    length: u64,
}

/// What holds the bytes.
#[derive(Debug)]
pub(super) enum Storage {
    Disk {
        path: PathBuf,
        reach: Reach,
        stamp: Stamp,
    },
    Inflated(Inflated),
    /// Decompressed as it is read; where it ends shows there.
    Gzip(Arc<Gzip>),
}

/// Reads a window from its beginning or from where it was told to.
#[derive(Debug)]
pub(super) struct WindowReader {
    bytes: Bytes,
    start: u64,
    length: u64,
    /// From the window's start.
    position: u64,
}

#[derive(Debug)]
enum Bytes {
    /// Its cursor stands at the reader's position.
    File(File),
    Memory(Arc<Vec<u8>>),
    Gzip(GzipReader),
}

impl Window {
    pub(super) fn whole(storage: Storage, length: u64) -> Self {
        Self {
            storage: Arc::new(storage),
            start: 0,
            length,
        }
    }

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Whether any place in it is reached at once.
    pub(super) fn is_seekable(&self) -> bool {
        !matches!(*self.storage, Storage::Gzip(_))
    }

    /// A part of this window; `None` when it reaches beyond.
    pub(super) fn part(&self, start: u64, length: u64) -> Option<Self> {
        if start.checked_add(length)? > self.length {
            return None;
        }
        Some(Self {
            storage: Arc::clone(&self.storage),
            start: self.start.checked_add(start)?,
            length,
        })
    }

    /// # Errors
    /// When the file cannot be opened, or is no longer the one that was listed: offsets into
    /// another file would yield wrong bytes.
    pub(super) fn reader(&self) -> Result<WindowReader, Fault> {
        let bytes = match &*self.storage {
            Storage::Disk { path, reach, stamp } => {
                let file = reach.open(path)?;
                if Stamp::of(&file.metadata()?) != *stamp {
                    return Err(Fault::new(
                        SourceErrorKind::Changed,
                        "the archive has changed since it was listed; import it again",
                    ));
                }
                Bytes::File(file)
            }
            Storage::Inflated(inflated) => Bytes::Memory(inflated.bytes()?),
            Storage::Gzip(gzip) => Bytes::Gzip(GzipReader::new(Arc::clone(gzip))),
        };
        let mut reader = WindowReader {
            bytes,
            start: self.start,
            length: self.length,
            position: 0,
        };
        reader.seek_to(0)?;
        Ok(reader)
    }
}

impl WindowReader {
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Goes on reading `position` bytes after the window's start; beyond its end nothing is read.
    pub(super) fn seek_to(&mut self, position: u64) -> io::Result<()> {
        self.position = position.min(self.length);
        if let Bytes::File(file) = &mut self.bytes {
            file.seek(SeekFrom::Start(self.start + self.position))?;
        }
        Ok(())
    }

    /// Fills `buffer` from `position` on.
    pub(super) fn read_exact_at(&mut self, position: u64, buffer: &mut [u8]) -> io::Result<()> {
        self.seek_to(position)?;
        self.read_exact(buffer)
    }
}

impl Read for WindowReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.length - self.position;
        let wanted = usize::try_from(left).map_or(buffer.len(), |left| left.min(buffer.len()));
        let buffer = &mut buffer[..wanted];
        let count = match &mut self.bytes {
            Bytes::File(file) => file.read(buffer)?,
            Bytes::Memory(bytes) => {
                // Windows over memory lie within it, so the offset fits.
                let from = usize::try_from(self.start + self.position).unwrap_or(usize::MAX);
                bytes.get(from..).unwrap_or_default().read(buffer)?
            }
            Bytes::Gzip(reader) => reader.read_at(self.start + self.position, buffer)?,
        };
        self.position += count as u64;
        Ok(count)
    }
}
