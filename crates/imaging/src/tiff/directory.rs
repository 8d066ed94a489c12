//! The skeleton of a TIFF file: byte order, directories, values of tags.
//!
//! Classic TIFF and BigTIFF in both byte orders, and the TIFF inside EXIF
//! blocks. Every offset in a file is a claim: nothing is read or allocated
//! without a look at where the bytes end.

use super::tag;
use crate::Format;
use crate::error::{DecodeError, DecodeErrorKind};

/// Directories looked at below another; pyramids have a dozen.
const MAX_SUB_DIRECTORIES: u64 = 64;

/// A file's bytes and how its numbers are written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) big_endian: bool,
    big_tiff: bool,
}

/// One image file directory: the tags of one page.
#[derive(Debug)]
pub(crate) struct Directory<'a> {
    source: Source<'a>,
    entries: Vec<Entry>,
    /// Where the next directory starts; zero after the last.
    pub(super) next: u64,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    tag: u16,
    kind: u16,
    count: u64,
    /// Where in the file the values are.
    values_at: u64,
}

/// A malformed or truncated TIFF, in words.
pub(super) fn broken(kind: DecodeErrorKind, reason: impl Into<String>) -> DecodeError {
    DecodeError::new(kind, Format::Tiff, reason)
}

pub(super) fn malformed(reason: impl Into<String>) -> DecodeError {
    broken(DecodeErrorKind::Malformed, reason)
}

pub(super) fn unsupported(reason: impl Into<String>) -> DecodeError {
    broken(DecodeErrorKind::Unsupported, reason)
}

impl<'a> Source<'a> {
    /// Reads the file header; also where the first directory starts.
    pub(crate) fn open(bytes: &'a [u8]) -> Result<(Self, u64), DecodeError> {
        Self::open_as(bytes, &[])
    }

    /// The same of a camera's raw file, some of which count their version otherwise.
    pub(crate) fn open_raw(bytes: &'a [u8]) -> Result<(Self, u64), DecodeError> {
        Self::open_as(bytes, &[*b"RO", *b"RS", *b"OR", *b"U\0"])
    }

    fn open_as(bytes: &'a [u8], versions: &[[u8; 2]]) -> Result<(Self, u64), DecodeError> {
        let short = || {
            broken(
                DecodeErrorKind::Truncated,
                "the file ends within its header",
            )
        };
        let big_endian = match bytes.get(..2) {
            Some(b"II") => false,
            Some(b"MM") => true,
            _ => return Err(broken(DecodeErrorKind::Malformed, "no byte order mark")),
        };
        let mut source = Self {
            bytes,
            big_endian,
            big_tiff: false,
        };
        let is_other = bytes
            .get(2..4)
            .is_some_and(|version| versions.iter().any(|other| other == version));
        let first = match source.u16(2).ok_or_else(short)? {
            _ if is_other => source.u32(4).map(u64::from),
            42 => source.u32(4).map(u64::from),
            43 => {
                source.big_tiff = true;
                if source.u16(4).is_some_and(|offset_size| offset_size != 8) {
                    let reason = "a BigTIFF whose offsets do not have 8 bytes";
                    return Err(broken(DecodeErrorKind::Malformed, reason));
                }
                source.u64(8)
            }
            version => {
                let reason = format!("version {version} instead of 42 or 43");
                return Err(broken(DecodeErrorKind::Malformed, reason));
            }
        };
        Ok((source, first.ok_or_else(short)?))
    }

    /// The directory at an offset.
    pub(crate) fn directory(self, at: u64) -> Result<Directory<'a>, DecodeError> {
        let outside = || {
            let reason = format!(
                "the directory at byte {at} lies beyond the end of the file, at {}",
                self.bytes.len()
            );
            broken(DecodeErrorKind::Truncated, reason)
        };
        let (count, entries_at, entry_size) = if self.big_tiff {
            (self.u64(at), at.checked_add(8), 20)
        } else {
            (self.u16(at).map(u64::from), at.checked_add(2), 12)
        };
        let (count, entries_at) = count.zip(entries_at).ok_or_else(outside)?;
        let end = count
            .checked_mul(entry_size)
            .and_then(|size| entries_at.checked_add(size));
        let end = end
            .filter(|&end| end <= self.bytes.len() as u64)
            .ok_or_else(outside)?;
        let entries = (0..count)
            .map(|index| self.entry(entries_at + index * entry_size))
            .collect::<Option<Vec<_>>>()
            .ok_or_else(outside)?;
        // A file that ends right after its last entry has lost only the zero
        // that says so.
        let next = if self.big_tiff {
            self.u64(end)
        } else {
            self.u32(end).map(u64::from)
        };
        Ok(Directory {
            source: self,
            entries,
            next: next.unwrap_or(0),
        })
    }

    /// Directory number `page`, counted from zero along the chain.
    pub(crate) fn page(self, first: u64, page: u32) -> Result<Directory<'a>, DecodeError> {
        if first == 0 {
            return Err(broken(DecodeErrorKind::Malformed, "the file has no pages"));
        }
        let mut seen = vec![first];
        let mut directory = self.directory(first)?;
        for earlier in 0..page {
            if directory.next == 0 || seen.contains(&directory.next) {
                let reason = format!(
                    "page {} was asked for, but the file has {}",
                    u64::from(page) + 1,
                    earlier + 1
                );
                return Err(broken(DecodeErrorKind::NoSuchPage, reason));
            }
            seen.push(directory.next);
            directory = self.directory(directory.next)?;
        }
        Ok(directory)
    }

    /// The directories that hang on one: other sizes of its picture, or what a sensor saw. Those
    /// that can't be read are left out.
    pub(super) fn below(self, directory: &Directory<'_>) -> Vec<Directory<'a>> {
        let places = directory.numbers(tag::SUB_DIRECTORIES, MAX_SUB_DIRECTORIES);
        let places = places.unwrap_or_default().into_iter();
        places.filter_map(|at| self.directory(at).ok()).collect()
    }

    fn entry(&self, at: u64) -> Option<Entry> {
        let (tag, kind) = (self.u16(at)?, self.u16(at + 2)?);
        let (count, value_at, inline) = if self.big_tiff {
            (self.u64(at + 4)?, at + 12, 8)
        } else {
            (u64::from(self.u32(at + 4)?), at + 8, 4)
        };
        let fits_inline = count
            .checked_mul(value_size(kind))
            .is_some_and(|size| size <= inline);
        let values_at = match (fits_inline, self.big_tiff) {
            (true, _) => value_at,
            (false, true) => self.u64(value_at)?,
            (false, false) => u64::from(self.u32(value_at)?),
        };
        Some(Entry {
            tag,
            kind,
            count,
            values_at,
        })
    }

    fn array<const N: usize>(&self, at: u64) -> Option<[u8; N]> {
        let at = usize::try_from(at).ok()?;
        self.bytes.get(at..at.checked_add(N)?)?.try_into().ok()
    }

    fn u16(&self, at: u64) -> Option<u16> {
        let bytes = self.array(at)?;
        Some(if self.big_endian {
            u16::from_be_bytes(bytes)
        } else {
            u16::from_le_bytes(bytes)
        })
    }

    fn u32(&self, at: u64) -> Option<u32> {
        let bytes = self.array(at)?;
        Some(if self.big_endian {
            u32::from_be_bytes(bytes)
        } else {
            u32::from_le_bytes(bytes)
        })
    }

    fn u64(&self, at: u64) -> Option<u64> {
        let bytes = self.array(at)?;
        Some(if self.big_endian {
            u64::from_be_bytes(bytes)
        } else {
            u64::from_le_bytes(bytes)
        })
    }
}

impl<'a> Directory<'a> {
    /// Whole numbers of a tag, at most `max` of them, as far as the file holds
    /// them; none if the tag is absent or not numeric.
    pub(crate) fn numbers(&self, tag: u16, max: u64) -> Option<Vec<u64>> {
        let entry = self.entry(tag)?;
        let size = value_size(entry.kind);
        let number = |index: u64| {
            let at = entry.values_at.checked_add(index * size)?;
            match entry.kind {
                1 | 6 | 7 => self.source.array::<1>(at).map(|[byte]| byte.into()),
                3 | 8 => self.source.u16(at).map(u64::from),
                4 | 9 | 13 => self.source.u32(at).map(u64::from),
                16..=18 => self.source.u64(at),
                _ => None,
            }
        };
        let numbers: Vec<u64> = (0..entry.count.min(max)).map_while(number).collect();
        (!numbers.is_empty()).then_some(numbers)
    }

    /// The first number of a tag.
    pub(crate) fn number(&self, tag: u16) -> Option<u64> {
        self.numbers(tag, 1).map(|numbers| numbers[0])
    }

    /// Exactly `N` fractions of a tag, of which none has a zero below.
    pub(crate) fn fractions<const N: usize>(&self, tag: u16) -> Option<[f32; N]> {
        let entry = self
            .entry(tag)
            .filter(|entry| entry.kind == 5 && entry.count == N as u64)?;
        let mut fractions = [0.0; N];
        for (fraction, index) in fractions.iter_mut().zip(0..) {
            let at = entry.values_at.checked_add(index * 8)?;
            let (above, below) = (self.source.u32(at)?, self.source.u32(at.checked_add(4)?)?);
            if below == 0 {
                return None;
            }
            *fraction = above as f32 / below as f32;
        }
        Some(fractions)
    }

    /// The bytes of a tag, if the file holds all of them.
    pub(crate) fn bytes(&self, tag: u16) -> Option<&'a [u8]> {
        let entry = self
            .entry(tag)
            .filter(|entry| value_size(entry.kind) == 1)?;
        let start = usize::try_from(entry.values_at).ok()?;
        let end = start.checked_add(usize::try_from(entry.count).ok()?)?;
        self.source.bytes.get(start..end)
    }

    fn entry(&self, tag: u16) -> Option<Entry> {
        self.entries.iter().find(|entry| entry.tag == tag).copied()
    }
}

/// Bytes that a value of a field type takes (TIFF 6.0, section 2; BigTIFF).
fn value_size(kind: u16) -> u64 {
    match kind {
        3 | 8 => 2,
        4 | 9 | 11 | 13 => 4,
        5 | 10 | 12 | 16..=18 => 8,
        _ => 1,
    }
}
