//! Bytes at positions, in a file or in memory.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes that can be read from any position by several threads.
#[derive(Clone)]
pub(crate) struct Source {
    content: Arc<Content>,
    length: u64,
}

enum Content {
    /// Positioned reads are not portable, so threads take turns at the file's cursor.
    File(Mutex<File>),
    Memory(Cow<'static, [u8]>),
}

impl Source {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "not a regular file",
            ));
        }
        let length = metadata.len();
        Ok(Self {
            content: Arc::new(Content::File(Mutex::new(file))),
            length,
        })
    }

    pub(crate) fn memory(bytes: impl Into<Cow<'static, [u8]>>) -> Self {
        let bytes = bytes.into();
        let length = bytes.len() as u64;
        Self {
            content: Arc::new(Content::Memory(bytes)),
            length,
        }
    }

    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// Fills `out` from `offset` on.
    pub(crate) fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        match &*self.content {
            Content::File(file) => {
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                file.seek(SeekFrom::Start(offset))?;
                file.read_exact(out)
            }
            Content::Memory(bytes) => {
                let part = usize::try_from(offset)
                    .ok()
                    .and_then(|start| bytes.get(start..start.checked_add(out.len())?));
                out.copy_from_slice(part.ok_or(io::ErrorKind::UnexpectedEof)?);
                Ok(())
            }
        }
    }
}

/// A cursor over a [`Source`], for readers of archives.
#[derive(Clone)]
pub(super) struct Cursor {
    source: Source,
    position: u64,
}

impl Cursor {
    pub(super) fn new(source: Source) -> Self {
        Self {
            source,
            position: 0,
        }
    }
}

impl Read for Cursor {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let left = self.source.length.saturating_sub(self.position);
        let count = usize::try_from(left).unwrap_or(usize::MAX).min(out.len());
        self.source.read_at(self.position, &mut out[..count])?;
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for Cursor {
    fn seek(&mut self, target: SeekFrom) -> io::Result<u64> {
        let position = match target {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.source.length.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}
