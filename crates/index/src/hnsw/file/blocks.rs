//! A stream of bytes in blocks, each with its length and a checksum of number, length and
//! content; an empty one ends it. Nothing of a block is handed out before its checksum is right.

use std::io::{self, Write};

use crate::IndexError;

/// Bytes of content in a full block.
const BLOCK_BYTES: usize = 256 << 10;

/// Writes blocks.
pub(super) struct BlockWriter<'a, W> {
    out: &'a mut W,
    content: Vec<u8>,
    number: u32,
}

impl<'a, W: Write> BlockWriter<'a, W> {
    pub(super) fn new(out: &'a mut W) -> Self {
        Self {
            out,
            content: Vec::with_capacity(BLOCK_BYTES),
            number: 0,
        }
    }

    pub(super) fn put(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let room = BLOCK_BYTES - self.content.len();
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.content.extend_from_slice(now);
            if self.content.len() == BLOCK_BYTES {
                self.write_block()?;
            }
            bytes = later;
        }
        Ok(())
    }

    /// Writes what is left and the block that ends the stream.
    pub(super) fn finish(mut self) -> io::Result<()> {
        if !self.content.is_empty() {
            self.write_block()?;
        }
        self.write_block()
    }

    fn write_block(&mut self) -> io::Result<()> {
        let length = self.content.len() as u32;
        self.out.write_all(&length.to_le_bytes())?;
        self.out.write_all(&self.content)?;
        let checksum = checksum(self.number, &self.content);
        self.out.write_all(&checksum.to_le_bytes())?;
        self.content.clear();
        self.number += 1;
        Ok(())
    }
}

/// Reads blocks.
pub(super) struct BlockReader<'a> {
    /// From the next block on.
    bytes: &'a [u8],
    /// What is left of the block that was checked last.
    content: &'a [u8],
    number: u32,
}

impl<'a> BlockReader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            content: &[],
            number: 0,
        }
    }

    /// Fills `target` with the next bytes.
    ///
    /// # Errors
    /// [`IndexError::Damaged`] if a block is, or the stream ends before.
    pub(super) fn read(&mut self, mut target: &mut [u8]) -> Result<(), IndexError> {
        while !target.is_empty() {
            if self.content.is_empty() {
                self.content = self.next_block()?;
                if self.content.is_empty() {
                    return Err(damaged("it ends too early"));
                }
            }
            let count = target.len().min(self.content.len());
            let (now, later) = self.content.split_at(count);
            let (filled, rest) = target.split_at_mut(count);
            filled.copy_from_slice(now);
            (self.content, target) = (later, rest);
        }
        Ok(())
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], IndexError> {
        let mut array = [0; N];
        self.read(&mut array)?;
        Ok(array)
    }

    pub(super) fn number(&mut self) -> Result<u32, IndexError> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    /// Makes sure that nothing follows.
    pub(super) fn finish(mut self) -> Result<(), IndexError> {
        let has_content = !self.content.is_empty() || !self.next_block()?.is_empty();
        if has_content || !self.bytes.is_empty() {
            return Err(damaged("it is longer than it should be"));
        }
        Ok(())
    }

    fn next_block(&mut self) -> Result<&'a [u8], IndexError> {
        let cut_off = || damaged("it is cut off");
        let (length, bytes) = self.bytes.split_first_chunk().ok_or_else(cut_off)?;
        let length = u32::from_le_bytes(*length) as usize;
        let (content, bytes) = bytes.split_at_checked(length).ok_or_else(cut_off)?;
        let (expected, bytes) = bytes.split_first_chunk().ok_or_else(cut_off)?;
        if checksum(self.number, content) != u32::from_le_bytes(*expected) {
            return Err(IndexError::Damaged {
                reason: format!("the checksum of block {} is wrong", self.number),
            });
        }
        self.bytes = bytes;
        self.number += 1;
        Ok(content)
    }
}

pub(super) fn damaged(reason: &str) -> IndexError {
    IndexError::Damaged {
        reason: reason.into(),
    }
}

fn checksum(number: u32, content: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&number.to_le_bytes());
    hasher.update(&(content.len() as u32).to_le_bytes());
    hasher.update(content);
    hasher.finalize()
}
