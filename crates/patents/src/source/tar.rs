//! Lists a TAR by its headers; contents are passed over, not read.
//!
//! Reads the formats that are in use: the old one, ustar, GNU's with long names and pax
//! (POSIX.1-2017, pax, "ustar Interchange Format" and "pax Header Block"; GNU tar manual,
//! "Basic Tar Format"). A TAR has no directory: one that was cut off is listed up to there.
//!
//! Blocks are walked here and not by the crate `tar`, of which only the fields' readers are used:
//! it reads extended headers whole, whatever length they claim, and tells an archive that lacks
//! its end from a complete one only by the error that ends its iterator.

use std::io::{self, ErrorKind, Read};

use ::tar::{EntryType, Header};

use super::error::{Fault, SourceErrorKind};
use super::listing::{EntryKind, FoundEntry, Listed, Listing, Packing};
use super::names::{Otherwise, decode};
use super::window::WindowReader;

/// Headers and contents begin at multiples of it.
pub(super) const BLOCK_BYTES: usize = 512;

/// Longest extended header that is read. Paths have a few hundred bytes; the rest is for
/// attributes that some programs put beside them.
const MAX_EXTENSION_BYTES: u64 = 1 << 20;

/// What extended headers say of the entry after them.
#[derive(Debug, Default)]
struct Extension {
    name: Option<Vec<u8>>,
    /// Target of a link.
    target: Option<Vec<u8>>,
    size_bytes: Option<u64>,
    sparse: bool,
}

/// Whether a TAR can begin with these bytes: whether they hold a header's sum of themselves.
pub(super) fn is_header(head: &[u8]) -> bool {
    head.get(..BLOCK_BYTES)
        .is_some_and(|block| has_checksum(Header::from_byte_slice(block)))
}

/// Lists the entries of the TAR that `reader` holds.
///
/// # Errors
/// When there are too many. Damage is noted in the listing, which ends there.
pub(super) fn list(reader: &mut WindowReader, mut listing: Listing) -> Result<Listed, Fault> {
    if let Err(stop) = list_entries(reader, &mut listing) {
        match stop {
            Stop::Refused(fault) => return Err(fault),
            Stop::Damaged(fault) => listing.archive_problem(fault),
        }
    }
    Ok(listing.finish())
}

/// Why a listing ends before the archive does.
enum Stop {
    /// Nothing of the archive is used.
    Refused(Fault),
    /// What came before is.
    Damaged(Fault),
}

fn list_entries(reader: &mut WindowReader, listing: &mut Listing) -> Result<(), Stop> {
    let length = reader.length();
    let mut position = 0;
    let mut extension = Extension::default();
    loop {
        let mut block = [0; BLOCK_BYTES];
        let contents_start = position + BLOCK_BYTES as u64;
        if contents_start > length {
            return Err(ends_early(length, "without an end mark"));
        }
        if let Err(error) = reader.read_exact_at(position, &mut block) {
            // Of a compressed one the length shows only here.
            return Err(match error.kind() {
                ErrorKind::UnexpectedEof => ends_early(position, "without an end mark"),
                _ => Stop::Damaged(error.into()),
            });
        }
        // Two blocks of zeros end an archive; some programs write only one.
        if block == [0; BLOCK_BYTES] {
            return match length {
                u64::MAX => read_to_end(reader),
                _ => Ok(()),
            };
        }
        let header = Header::from_byte_slice(&block);
        if !has_checksum(header) {
            return Err(damaged(position));
        }
        let kind = header.entry_type();
        let is_extension = kind.is_pax_local_extensions()
            || kind.is_pax_global_extensions()
            || kind.is_gnu_longname()
            || kind.is_gnu_longlink();
        let size_bytes = match extension.size_bytes {
            Some(size_bytes) if !is_extension => size_bytes,
            // Their size is that of what they stand for; nothing follows them.
            _ if has_no_contents(kind) => 0,
            _ => header.entry_size().map_err(|_| damaged(position))?,
        };
        let contents_end = contents_start
            .checked_add(size_bytes)
            .ok_or_else(|| damaged(position))?;
        if contents_end > length {
            let name = entry_name(header, &extension);
            return Err(ends_early(length, &format!("in the middle of {name}")));
        }
        if is_extension {
            read_extension(reader, kind, contents_start, size_bytes, &mut extension)
                .map_err(Stop::Damaged)?;
        } else {
            let target = (kind == EntryType::Link).then(|| link_target(header, &extension));
            let found = FoundEntry {
                name: &entry_name(header, &extension),
                kind: entry_kind(kind, &extension),
                target: target.as_deref(),
                offset: contents_start,
                stored_bytes: size_bytes,
                size_bytes,
                packing: Packing::Tar,
            };
            listing.add(&found).map_err(Stop::Refused)?;
            extension = Extension::default();
        }
        position = contents_end
            .checked_next_multiple_of(BLOCK_BYTES as u64)
            .ok_or_else(|| damaged(position))?;
    }
}

/// Of a compressed TAR: only behind its end is it held against its checksum.
fn read_to_end(reader: &mut WindowReader) -> Result<(), Stop> {
    let read = io::copy(reader, &mut io::sink());
    read.map(drop).map_err(|error| Stop::Damaged(error.into()))
}

fn entry_kind(kind: EntryType, extension: &Extension) -> EntryKind {
    match kind {
        _ if extension.sparse => EntryKind::Special("a sparse file"),
        EntryType::Regular | EntryType::Continuous => EntryKind::File,
        EntryType::Directory => EntryKind::Directory,
        EntryType::Link => EntryKind::HardLink,
        EntryType::Symlink => EntryKind::Special("a link"),
        EntryType::Char | EntryType::Block | EntryType::Fifo => EntryKind::Special("a device"),
        EntryType::GNUSparse => EntryKind::Special("a sparse file"),
        _ => EntryKind::Special("an entry of unknown type"),
    }
}

fn has_no_contents(kind: EntryType) -> bool {
    matches!(
        kind,
        EntryType::Symlink
            | EntryType::Char
            | EntryType::Block
            | EntryType::Directory
            | EntryType::Fifo
    )
}

/// The name of the entry that a hard link stands for.
fn link_target(header: &Header, extension: &Extension) -> String {
    match &extension.target {
        Some(target) => decode(target, Otherwise::Replaced).into_owned(),
        None => {
            let target = header.link_name_bytes().unwrap_or_default();
            decode(&target, Otherwise::Replaced).into_owned()
        }
    }
}

fn entry_name(header: &Header, extension: &Extension) -> String {
    match &extension.name {
        Some(name) => decode(name, Otherwise::Replaced).into_owned(),
        None => decode(&header.path_bytes(), Otherwise::Replaced).into_owned(),
    }
}

/// Takes the name, the link's target and the size that an extended header gives.
fn read_extension(
    reader: &mut WindowReader,
    kind: EntryType,
    start: u64,
    size_bytes: u64,
    extension: &mut Extension,
) -> Result<(), Fault> {
    // Of the whole archive nothing is needed.
    if kind.is_pax_global_extensions() {
        return Ok(());
    }
    if size_bytes > MAX_EXTENSION_BYTES {
        return Err(Fault::new(
            SourceErrorKind::TooLarge,
            format!(
                "has an extended header of {size_bytes} bytes, above the limit of \
                 {MAX_EXTENSION_BYTES}; the entries from there on were left out"
            ),
        ));
    }
    let mut bytes = Vec::new();
    reader.seek_to(start)?;
    reader.take(size_bytes).read_to_end(&mut bytes)?;
    if kind.is_gnu_longname() || kind.is_gnu_longlink() {
        let end = bytes.iter().position(|byte| *byte == 0);
        bytes.truncate(end.unwrap_or(bytes.len()));
        if kind.is_gnu_longname() {
            extension.name = Some(bytes);
        } else {
            extension.target = Some(bytes);
        }
        return Ok(());
    }
    for (key, value) in pax_records(&bytes) {
        match key {
            b"path" => extension.name = Some(value.to_vec()),
            b"linkpath" => extension.target = Some(value.to_vec()),
            b"size" => extension.size_bytes = parse_decimal(value),
            _ if key.starts_with(b"GNU.sparse.") => extension.sparse = true,
            _ => {}
        }
    }
    Ok(())
}

/// Records of the form `25 ctime=1084839148.1212\n`, whose number counts the whole record. Ends at
/// the first that is none.
fn pax_records(mut bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    std::iter::from_fn(move || {
        let space = bytes.iter().position(|byte| *byte == b' ')?;
        let length = usize::try_from(parse_decimal(&bytes[..space])?).ok()?;
        let record = bytes.get(space + 1..length)?.strip_suffix(b"\n")?;
        bytes = &bytes[length..];
        let equals = record.iter().position(|byte| *byte == b'=')?;
        Some((&record[..equals], &record[equals + 1..]))
    })
}

fn parse_decimal(digits: &[u8]) -> Option<u64> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// The sum of all bytes, those of the sum itself counted as spaces. Some old programs added them
/// as signed numbers.
fn has_checksum(header: &Header) -> bool {
    let Ok(claimed) = header.cksum() else {
        return false;
    };
    let bytes = header.as_bytes().iter().enumerate();
    let bytes = bytes.map(|(index, byte)| match index {
        148..156 => b' ',
        _ => *byte,
    });
    let unsigned: u32 = bytes.clone().map(u32::from).sum();
    let signed: i32 = bytes.map(|byte| i32::from(byte.cast_signed())).sum();
    claimed == unsigned || i64::from(claimed) == i64::from(signed)
}

fn ends_early(length: u64, how: &str) -> Stop {
    Stop::Damaged(Fault::new(
        SourceErrorKind::Malformed,
        format!(
            "the archive ends early: after {length} bytes, {how}; what came before is used, \
             fetch it again for the rest"
        ),
    ))
}

fn damaged(position: u64) -> Stop {
    Stop::Damaged(Fault::new(
        SourceErrorKind::Malformed,
        format!(
            "the archive is damaged at byte {position}; what came before is used, fetch it again \
             for the rest"
        ),
    ))
}
