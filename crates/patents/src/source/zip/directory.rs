//! The directory at the end of a ZIP.
//!
//! It alone counts: what lies between the entries, and entries that it does not name, are not read.

use std::borrow::Cow;
use std::io::{BufReader, Read};

use flate2::Crc;

use super::super::error::{Fault, SourceErrorKind};
use super::super::listing::{EntryKind, FoundEntry, Listing, Packing};
use super::super::names::{Otherwise, decode};
use super::super::window::WindowReader;
use super::end_record::find_end_record;
use super::{DIRECTORY_ENTRY, malformed, u16_at, u32_at, u64_at};

const DIRECTORY_ENTRY_BYTES: usize = 46;

/// Bits of an entry's flags: encrypted, strongly encrypted, with a hidden directory.
const ENCRYPTED: u16 = 1 | 1 << 6 | 1 << 13;

/// Bit of an entry's flags.
const NAME_IS_UTF8: u16 = 1 << 11;

/// Bytes of an entry's own header, without name and extra fields.
const ENTRY_HEADER_BYTES: u64 = 30;

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
    let start = end.directory_start(reader)?;
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
            target: None,
            offset,
            stored_bytes: entry.stored_bytes,
            size_bytes: entry.size_bytes,
            packing: Packing::Zip {
                crc32: entry.crc32,
                method: entry.method,
                encrypted: entry.flags & ENCRYPTED != 0,
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

    fn name(&self) -> Cow<'_, str> {
        // Info-ZIP's: version 1, checksum of the name that it replaces, the name in UTF-8.
        if let Some([1, rest @ ..]) = extra_field(&self.extra, 0x7075)
            && let Some((checksum, unicode)) = rest.split_at_checked(4)
            && u32_at(checksum, 0) == crc32(&self.name)
            && let Ok(unicode) = std::str::from_utf8(unicode)
        {
            return unicode.into();
        }
        match std::str::from_utf8(&self.name) {
            Ok(name) if self.flags & NAME_IS_UTF8 != 0 => name.into(),
            _ => decode(&self.name, Otherwise::CodePage437),
        }
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
