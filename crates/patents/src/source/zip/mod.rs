//! Lists a ZIP by its directory and reads entries that are stored or deflated.
//!
//! After PKWARE's APPNOTE 6.3.10. The directory is read here and not by the crate `zip`, which
//! keeps several hundred bytes for each entry (100,000 sheets are one archive of many), keeps only
//! the last of entries that share a name, and does not tell where entries overlap.

mod directory;
mod end_record;

use std::io::{BufReader, Read};

use flate2::Crc;
use flate2::bufread::DeflateDecoder;

use super::error::{Fault, SourceErrorKind};
use super::listing::{Entry, Listed, Listing};
use super::window::WindowReader;

/// What a ZIP begins with: an entry, the end of an empty one, the mark of a split one.
pub(super) const STARTS: [&[u8]; 3] = [b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"];

/// What an entry of the directory begins with.
const DIRECTORY_ENTRY: &[u8] = b"PK\x01\x02";

/// Compression method: none.
pub(super) const STORED: u16 = 0;

const DEFLATED: u16 = 8;

/// Above this many bytes, an entry that expands more than [`MAX_EXPANSION`]-fold is a bomb. Sheets
/// are under it even when they lie uncompressed in their file (2560 x 3300 bits are 1 MB).
const BOMB_BYTES: u64 = 32 << 20;

/// Blank pictures of many megapixels reach it, drawings do not; deflate ends at 1032.
const MAX_EXPANSION: u64 = 250;

/// Lists the entries of the ZIP that `reader` holds.
///
/// # Errors
/// When its directory is missing, or says that it is a bomb. Other damage is noted in the listing.
pub(super) fn list(reader: &mut WindowReader, mut listing: Listing) -> Result<Listed, Fault> {
    directory::list(reader, &mut listing)?;
    Ok(listing.finish())
}

/// Whether a directory is found, whatever the archive begins with.
pub(super) fn has_end_record(reader: &mut WindowReader) -> Result<bool, Fault> {
    Ok(end_record::find_end_record(reader)?.is_some())
}

/// Refuses what the directory already says cannot be read.
pub(super) fn refuse_unreadable(method: u16, encrypted: bool) -> Result<(), Fault> {
    let reason = if encrypted {
        "is encrypted; unpack the archive with its password and import the folder".to_owned()
    } else if method != STORED && method != DEFLATED {
        format!(
            "is compressed with {}, which is not read; unpack the archive and import the folder",
            method_name(method)
        )
    } else {
        return Ok(());
    };
    Err(Fault::new(SourceErrorKind::Unsupported, reason))
}

/// Refuses an entry by what it claims, before anything is decompressed.
pub(super) fn refuse_bomb(entry: &Entry) -> Result<(), Fault> {
    let allowed = entry.stored_bytes.saturating_mul(MAX_EXPANSION);
    if entry.size_bytes <= BOMB_BYTES || entry.size_bytes <= allowed {
        return Ok(());
    }
    Err(Fault::new(
        SourceErrorKind::TooLarge,
        format!(
            "would expand from {} to {} bytes, as only bombs do; unpack it by hand if it is sound",
            entry.stored_bytes, entry.size_bytes
        ),
    ))
}

/// Where an entry's contents begin: after a header that repeats what the directory says and has a
/// length of its own.
pub(super) fn contents_start(reader: &mut WindowReader, entry: &Entry) -> Result<u64, Fault> {
    let mut header = [0; 30];
    reader.read_exact_at(entry.offset, &mut header)?;
    if !header.starts_with(STARTS[0]) {
        return Err(Fault::new(
            SourceErrorKind::Malformed,
            "is not where the archive's directory says; the archive is damaged",
        ));
    }
    let length_at = |at: usize| u64::from(u16::from_le_bytes([header[at], header[at + 1]]));
    // Both lengths are below 2^16 and the header was read, so nothing overflows.
    Ok(entry.offset + 30 + length_at(26) + length_at(28))
}

/// Reads an entry's contents; `reader` stands at their start.
pub(super) fn decompress(
    method: u16,
    entry: &Entry,
    reader: WindowReader,
) -> Result<Box<dyn Read>, Fault> {
    let stored = reader.take(entry.stored_bytes);
    if method == DEFLATED {
        return Ok(Box::new(DeflateDecoder::new(BufReader::new(stored))));
    }
    if entry.stored_bytes == entry.size_bytes {
        return Ok(Box::new(stored));
    }
    Err(Fault::new(
        SourceErrorKind::Malformed,
        format!(
            "is uncompressed, yet takes {} bytes for {}; the archive is damaged",
            entry.stored_bytes, entry.size_bytes
        ),
    ))
}

/// Whether the contents end where `bytes` do, and have the checksum that the directory gives.
pub(super) fn check_contents(
    contents: &mut impl Read,
    bytes: &[u8],
    crc32: u32,
) -> Result<(), Fault> {
    let reason = if contents.read(&mut [0])? > 0 {
        format!(
            "holds more than the {} bytes it claims; it may be a bomb",
            bytes.len()
        )
    } else {
        let mut crc = Crc::new();
        crc.update(bytes);
        if crc.sum() == crc32 {
            return Ok(());
        }
        "does not have the checksum that the archive gives; fetch the archive again".to_owned()
    };
    Err(Fault::new(SourceErrorKind::Malformed, reason))
}

fn method_name(method: u16) -> String {
    let name = match method {
        1 => "Shrink",
        6 => "Implode",
        9 => "Deflate64",
        12 => "bzip2",
        14 => "LZMA",
        93 => "Zstandard",
        95 => "xz",
        98 => "PPMd",
        _ => return format!("method {method}"),
    };
    name.to_owned()
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
