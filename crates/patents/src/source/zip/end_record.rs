//! The record at the very end of a ZIP, which tells where its directory lies.

use super::super::error::Fault;
use super::super::window::WindowReader;
use super::{DIRECTORY_ENTRY, STARTS, malformed, u16_at, u32_at, u64_at};

const END_RECORD: &[u8] = b"PK\x05\x06";
const END_RECORD_BYTES: usize = 22;
const END_RECORD_64: &[u8] = b"PK\x06\x06";
const END_RECORD_64_BYTES: usize = 56;
const LOCATOR_64: &[u8] = b"PK\x06\x07";
const LOCATOR_64_BYTES: usize = 20;

/// What the end of the archive says of its directory.
#[derive(Clone, Copy, Debug)]
pub(super) struct EndRecord {
    pub(super) entries: u64,
    /// As written: from the first byte of the first entry.
    pub(super) directory_offset: u64,
    pub(super) directory_bytes: u64,
    /// The directory ends at or before this byte of the archive.
    position: u64,
    /// Number of the part of a split archive, 0 when it was not split.
    pub(super) part: u32,
}

impl EndRecord {
    /// Where the directory begins in the archive.
    pub(super) fn directory_start(&self, reader: &mut WindowReader) -> Result<u64, Fault> {
        let is_directory = |reader: &mut WindowReader, start: u64| {
            let mut signature = [0; 4];
            let fits = start
                .checked_add(self.directory_bytes)
                .is_some_and(|directory_end| directory_end <= self.position);
            fits && (self.directory_bytes == 0
                || (reader.read_exact_at(start, &mut signature).is_ok()
                    && signature == *DIRECTORY_ENTRY))
        };
        if is_directory(reader, self.directory_offset) {
            return Ok(self.directory_offset);
        }
        // Else the offsets begin after a program. An archive that begins with an entry has none:
        // there the record found is that of a ZIP within a ZIP that was cut off.
        let mut first = [0; 4];
        reader.read_exact_at(0, &mut first)?;
        let start = self.position.checked_sub(self.directory_bytes);
        match start {
            Some(start)
                if start >= self.directory_offset
                    && !STARTS.contains(&&first[..])
                    && is_directory(reader, start) =>
            {
                Ok(start)
            }
            _ => Err(malformed(
                "the archive's directory is not where its end says; it is damaged or cut off, \
                 fetch it again",
            )),
        }
    }
}

/// Finds the record that ends a ZIP. Only a comment may follow it.
pub(super) fn find_end_record(reader: &mut WindowReader) -> Result<Option<EndRecord>, Fault> {
    let length = reader.length();
    // Nearly all have no comment: of thousands of small archives, 64 KiB each need not be read.
    for tail_bytes in [END_RECORD_BYTES, END_RECORD_BYTES + usize::from(u16::MAX)] {
        let tail_bytes = length.min(tail_bytes as u64);
        let mut tail = vec![0; tail_bytes as usize];
        reader.read_exact_at(length - tail_bytes, &mut tail)?;
        let Some(last_start) = tail.len().checked_sub(END_RECORD_BYTES) else {
            return Ok(None);
        };
        let found = (0..=last_start).rev().find(|start| {
            let record = &tail[*start..];
            let comment_bytes = usize::from(u16_at(record, 20));
            record.starts_with(END_RECORD) && record.len() == END_RECORD_BYTES + comment_bytes
        });
        if let Some(start) = found {
            let position = length - tail_bytes + start as u64;
            return end_record(reader, &tail[start..], position).map(Some);
        }
    }
    Ok(None)
}

/// Reads the record, and the one with 64-bit numbers before it if there is one.
fn end_record(reader: &mut WindowReader, record: &[u8], position: u64) -> Result<EndRecord, Fault> {
    let narrow = EndRecord {
        part: u32::from(u16_at(record, 4)),
        entries: u64::from(u16_at(record, 10)),
        directory_bytes: u64::from(u32_at(record, 12)),
        directory_offset: u64::from(u32_at(record, 16)),
        position,
    };
    let Some(locator_position) = position.checked_sub(LOCATOR_64_BYTES as u64) else {
        return Ok(narrow);
    };
    let mut locator = [0; LOCATOR_64_BYTES];
    reader.read_exact_at(locator_position, &mut locator)?;
    if !locator.starts_with(LOCATOR_64) {
        return Ok(narrow);
    }
    // Where the locator says, or right before it in archives that unpack themselves.
    let before = locator_position.checked_sub(END_RECORD_64_BYTES as u64);
    for position in [Some(u64_at(&locator, 8)), before].into_iter().flatten() {
        let mut record = [0; END_RECORD_64_BYTES];
        let fits = position <= locator_position.saturating_sub(END_RECORD_64_BYTES as u64);
        if !fits || reader.read_exact_at(position, &mut record).is_err() {
            continue;
        }
        if record.starts_with(END_RECORD_64) {
            return Ok(EndRecord {
                part: u32_at(&record, 16),
                entries: u64_at(&record, 32),
                directory_bytes: u64_at(&record, 40),
                directory_offset: u64_at(&record, 48),
                position,
            });
        }
    }
    Err(malformed(
        "the archive's end refers to a record that is not there; fetch it again",
    ))
}
