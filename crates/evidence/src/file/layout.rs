//! Where things lie in a file of evidence.

use super::Key;
use crate::evidence::MOST_BYTES;

/// Bytes of the header and of a page of keys.
pub(super) const PAGE: usize = 4096;

/// Entries of a page of keys; the rest of it stays empty.
pub(super) const ENTRIES: usize = PAGE / Entry::BYTES;

const MAGIC: [u8; 8] = *b"LOOKEVID";

const VERSION: u32 = 1;

/// Magic, version, zeros.
pub(super) fn header() -> [u8; PAGE] {
    let mut header = [0; PAGE];
    header[..8].copy_from_slice(&MAGIC);
    header[8..12].copy_from_slice(&VERSION.to_le_bytes());
    header
}

/// Where the group of that slot begins.
fn group(slot: u32) -> u64 {
    let bytes = (PAGE + ENTRIES * MOST_BYTES) as u64;
    PAGE as u64 + u64::from(slot) / ENTRIES as u64 * bytes
}

/// Where the entry of a slot lies.
pub(super) fn entry(slot: u32) -> u64 {
    group(slot) + (slot as usize % ENTRIES * Entry::BYTES) as u64
}

/// Where a slot lies.
pub(super) fn slot(slot: u32) -> u64 {
    group(slot) + (PAGE + slot as usize % ENTRIES * MOST_BYTES) as u64
}

/// What a slot holds: key (16 bytes and one), a zero, length (2), checksum (4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) key: Key,
    length: u16,
    /// CRC-32 of key, length and content.
    checksum: u32,
}

impl Entry {
    pub(super) const BYTES: usize = 24;

    /// Of the content of a slot, at most [`MOST_BYTES`].
    pub(super) fn new(key: Key, content: &[u8]) -> Self {
        let mut entry = Self {
            key,
            length: content.len() as u16,
            checksum: 0,
        };
        entry.checksum = entry.checksum_with(content);
        entry
    }

    pub(super) fn to_bytes(self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        bytes[..16].copy_from_slice(&self.key.md5);
        bytes[16] = self.key.figure;
        bytes[18..20].copy_from_slice(&self.length.to_le_bytes());
        bytes[20..].copy_from_slice(&self.checksum.to_le_bytes());
        bytes
    }

    /// `None` where there is none yet: no entry has no length.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (md5, rest) = bytes.split_first_chunk::<16>()?;
        let &[figure, _, low, high, a, b, c, d] = rest else {
            return None;
        };
        let length = u16::from_le_bytes([low, high]);
        (length > 0).then_some(Self {
            key: Key { md5: *md5, figure },
            length,
            checksum: u32::from_le_bytes([a, b, c, d]),
        })
    }

    /// Bytes of its content, whatever a damaged entry says.
    pub(super) fn length(&self) -> usize {
        usize::from(self.length).min(MOST_BYTES)
    }

    /// Whether this is the content that it was made for.
    pub(super) fn fits(&self, content: &[u8]) -> bool {
        content.len() == usize::from(self.length) && self.checksum == self.checksum_with(content)
    }

    fn checksum_with(&self, content: &[u8]) -> u32 {
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(&self.to_bytes()[..20]);
        hasher.update(content);
        hasher.finalize()
    }
}
