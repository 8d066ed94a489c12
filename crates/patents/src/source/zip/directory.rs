//! The directory at the end of a ZIP.
//!
//! It alone counts: what lies between the entries, and entries that it does not name, are not read.

use std::io::{BufReader, Read};

use flate2::Crc;

use super::super::error::{Fault, SourceErrorKind};
use super::super::listing::{EntryKind, FoundEntry, Listing, Packing};
use super::super::names::{Otherwise, decode};
use super::super::window::WindowReader;
use super::STARTS;

const END_RECORD: &[u8] = b"PK\x05\x06";
const END_RECORD_BYTES: usize = 22;
const END_RECORD_64: &[u8] = b"PK\x06\x06";
const END_RECORD_64_BYTES: usize = 56;
const LOCATOR_64: &[u8] = b"PK\x06\x07";
const LOCATOR_64_BYTES: usize = 20;
const DIRECTORY_ENTRY: &[u8] = b"PK\x01\x02";
const DIRECTORY_ENTRY_BYTES: usize = 46;

/// Bytes of an entry's own header, without name and extra fields.
const ENTRY_HEADER_BYTES: u64 = 30;

/// What the end of the archive says of its directory.
#[derive(Clone, Copy, Debug)]
pub(super) struct EndRecord {
    entries: u64,
    /// As written: from the first byte of the first entry.
    directory_offset: u64,
    directory_bytes: u64,
    /// The directory ends at or before this byte of the archive.
    position: u64,
    /// Number of the part of a split archive, 0 when it was not split.
    part: u32,
}

/// Adds every file of the directory to `listing`.
pub(super) fn list(reader: &mut WindowReader, listing: &mut Listing) -> Result<(), Fault> {
    let Some(end) = find_end_record(reader)? else {
        return Err(malformed(
            "the archive ends early: its directory, which stands at the end of a ZIP, is missing; \
             fetch it again",
        ));
    };
    if end.part != 0 {
        return Err(Fault::new(
            SourceErrorKind::Unsupported,
            "is a part of a split archive; join the parts first",
        ));
    }
    let start = directory_start(reader, &end)?;
    // 0 but for archives that unpack themselves, whose offsets may leave out the program before.
    let shift = start - end.directory_offset;
    reader.seek_to(start)?;
    let mut directory = BufReader::new(reader.take(end.directory_bytes));
    let mut extents = Vec::new();
    let mut entry = DirectoryEntry::default();
    loop {
        match entry.read(&mut directory) {
            Ok(true) => {}
            Ok(false) => break,
            Err(fault) => {
                listing.archive_problem(fault);
                return refuse_overlap(extents, start);
            }
        }
        let offset = entry.offset.saturating_add(shift);
        extents.push((offset, entry.stored_bytes));
        listing.add(&FoundEntry {
            name: &entry.name(),
            kind: entry.kind(),
            offset,
            stored_bytes: entry.stored_bytes,
            size_bytes: entry.size_bytes,
            packing: Packing::Zip {
                crc32: entry.crc32,
                method: entry.method,
                // Strong encryption and hidden directories have bits of their own.
                encrypted: entry.flags & (1 | 1 << 6 | 1 << 13) != 0,
            },
        })?;
    }
    let found = extents.len() as u64;
    // Programs without 64-bit numbers write the last 16 bits of larger ones.
    if found != end.entries && found & 0xffff != end.entries {
        let expected = end.entries;
        listing.archive_problem(malformed(format!(
            "its directory lists {found} entries instead of {expected}; fetch the archive again"
        )));
    }
    refuse_overlap(extents, start)
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
            let comment_bytes = usize::from(u16::from_le_bytes([record[20], record[21]]));
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

/// Where the directory begins in the archive.
fn directory_start(reader: &mut WindowReader, end: &EndRecord) -> Result<u64, Fault> {
    let is_directory = |reader: &mut WindowReader, start: u64| {
        let mut signature = [0; 4];
        let fits = start
            .checked_add(end.directory_bytes)
            .is_some_and(|directory_end| directory_end <= end.position);
        fits && (end.directory_bytes == 0
            || (reader.read_exact_at(start, &mut signature).is_ok()
                && signature == *DIRECTORY_ENTRY))
    };
    if is_directory(reader, end.directory_offset) {
        return Ok(end.directory_offset);
    }
    // Else the offsets begin after a program. An archive that begins with an entry has none: there
    // the record found is that of a ZIP within a ZIP that was cut off.
    let mut first = [0; 4];
    reader.read_exact_at(0, &mut first)?;
    let start = end.position.checked_sub(end.directory_bytes);
    match start {
        Some(start)
            if start >= end.directory_offset
                && !STARTS.contains(&&first[..])
                && is_directory(reader, start) =>
        {
            Ok(start)
        }
        _ => Err(malformed(
            "the archive's directory is not where its end says; it is damaged or cut off, fetch \
             it again",
        )),
    }
}

/// Entries that share bytes, or reach into the directory, are how a small file unfolds into a huge
/// one (D. Fifield, "A better zip bomb", 2019). Sound archives have none.
fn refuse_overlap(mut extents: Vec<(u64, u64)>, directory_start: u64) -> Result<(), Fault> {
    extents.sort_unstable();
    let starts = extents.iter().skip(1).map(|(offset, _)| *offset);
    let mut ends = extents.iter().zip(starts.chain([directory_start]));
    let overlaps = ends.any(|(&(offset, stored_bytes), next)| {
        offset
            .saturating_add(ENTRY_HEADER_BYTES)
            .saturating_add(stored_bytes)
            > next
    });
    if overlaps {
        return Err(Fault::new(
            SourceErrorKind::TooLarge,
            "its entries overlap, as only those of bombs or damaged archives do; fetch it again, \
             or unpack it by hand if it is sound",
        ));
    }
    Ok(())
}

/// One entry; read over and over into the same memory.
#[derive(Debug, Default)]
struct DirectoryEntry {
    made_by: u16,
    flags: u16,
    method: u16,
    crc32: u32,
    stored_bytes: u64,
    size_bytes: u64,
    attributes: u32,
    offset: u64,
    name: Vec<u8>,
    extra: Vec<u8>,
}

impl DirectoryEntry {
    /// Reads the next entry; `false` at the end.
    fn read(&mut self, directory: &mut impl Read) -> Result<bool, Fault> {
        let mut fixed = [0; DIRECTORY_ENTRY_BYTES];
        if directory.read(&mut fixed[..1])? == 0 {
            return Ok(false);
        }
        directory.read_exact(&mut fixed[1..]).map_err(cut_off)?;
        if !fixed.starts_with(DIRECTORY_ENTRY) {
            return Err(malformed(
                "its directory is damaged; the entries listed before are used, fetch the archive \
                 again for the rest",
            ));
        }
        self.made_by = u16_at(&fixed, 4);
        self.flags = u16_at(&fixed, 8);
        self.method = u16_at(&fixed, 10);
        self.crc32 = u32_at(&fixed, 16);
        self.stored_bytes = u64::from(u32_at(&fixed, 20));
        self.size_bytes = u64::from(u32_at(&fixed, 24));
        self.attributes = u32_at(&fixed, 38);
        self.offset = u64::from(u32_at(&fixed, 42));
        self.name.resize(usize::from(u16_at(&fixed, 28)), 0);
        directory.read_exact(&mut self.name).map_err(cut_off)?;
        self.extra.resize(usize::from(u16_at(&fixed, 30)), 0);
        directory.read_exact(&mut self.extra).map_err(cut_off)?;
        self.widen();
        let mut comment = directory.take(u64::from(u16_at(&fixed, 32)));
        std::io::copy(&mut comment, &mut std::io::sink())?;
        Ok(true)
    }

    /// Takes the 64-bit values of those numbers that are all ones.
    fn widen(&mut self) {
        let extra = std::mem::take(&mut self.extra);
        let wide = extra_field(&extra, 0x0001).unwrap_or_default();
        let mut wide = wide.chunks_exact(8).map(|bytes| u64_at(bytes, 0));
        for value in [
            &mut self.size_bytes,
            &mut self.stored_bytes,
            &mut self.offset,
        ] {
            if *value == u64::from(u32::MAX) {
                *value = wide.next().unwrap_or(*value);
            }
        }
        self.extra = extra;
    }

    fn name(&self) -> std::borrow::Cow<'_, str> {
        // Info-ZIP's: version 1, checksum of the name that it replaces, the name in UTF-8.
        if let Some([1, rest @ ..]) = extra_field(&self.extra, 0x7075)
            && let Some((checksum, unicode)) = rest.split_at_checked(4)
            && u32_at(checksum, 0) == crc32(&self.name)
            && let Ok(unicode) = std::str::from_utf8(unicode)
        {
            return unicode.into();
        }
        decode(&self.name, Otherwise::CodePage437)
    }

    fn kind(&self) -> EntryKind {
        const UNIX: u16 = 3;
        const MAC: u16 = 19;
        let mode = self.attributes >> 16;
        match mode & 0o170_000 {
            0o120_000 if matches!(self.made_by >> 8, UNIX | MAC) => EntryKind::Special("a link"),
            _ => EntryKind::File,
        }
    }
}

/// The data of the first extra field with this number.
fn extra_field(mut extra: &[u8], number: u16) -> Option<&[u8]> {
    while let Some((header, rest)) = extra.split_at_checked(4) {
        let (data, rest) = rest.split_at_checked(usize::from(u16_at(header, 2)))?;
        if u16_at(header, 0) == number {
            return Some(data);
        }
        extra = rest;
    }
    None
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}

fn cut_off(error: std::io::Error) -> Fault {
    match error.kind() {
        std::io::ErrorKind::UnexpectedEof => malformed(
            "its directory is cut off; the entries listed before are used, fetch the archive again \
             for the rest",
        ),
        _ => error.into(),
    }
}

fn malformed(reason: impl Into<String>) -> Fault {
    Fault::new(SourceErrorKind::Malformed, reason)
}

/// Little-endian numbers; all callers pass records of known length.
fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}
