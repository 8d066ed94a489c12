//! Indexes as files, which are searched where they lie.
//!
//! Layout, little-endian: magic, version, length of the header, numbers (see [`Header`]), a
//! checksum (CRC-32) for each block, and one of the header. Then the blocks, each on a multiple
//! of [`ALIGNMENT`] and filled with zeros up to the next: those of a stream of small parts (see
//! [`small`]), and those of ids, lengths, inverse lengths (for cosine), margins, codes, vectors
//! and, of a graph, links at the bottom. Rows in these are as they are in memory, and a block is
//! a chunk of them (see [`crate::rows::Chunked`]).
//!
//! To open a file, its header, small parts and ids are read; all else is mapped, and a block is
//! checked before its first use. A checksum includes the block's number and length, so blocks
//! cannot stand in for one another.

mod map;
mod read;
mod small;
mod write;

use std::io;
use std::path::PathBuf;

use thiserror::Error;

pub(crate) use self::map::{Block, MappedFile};
pub(crate) use self::read::open;
pub(crate) use self::write::write;
use crate::{IndexOptions, Metric};

const _: () = assert!(
    cfg!(target_endian = "little"),
    "files of an index are mapped as they lie, with the low byte first"
);

const MAGIC: [u8; 8] = *b"LOOKINDX";

const VERSION: u32 = 1;

/// Where blocks begin: on a cache line, as codes and links do in memory.
const ALIGNMENT: usize = 64;

/// Bytes of a block of the stream of small parts.
const SMALL_BLOCK: usize = 128 << 10;

/// Bytes of magic, version and length of the header.
const START: usize = 16;

/// What the caller wants to know about a file when it is opened again: how far it followed what
/// it was made from.
pub type Tag = [u64; 4];

/// A file of an index was not read or not written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FileError {
    /// The file could not be read or written.
    #[error("index file {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is not as it was written.
    #[error("index file {} is damaged: {reason}; build it again from the stored embeddings", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Another version of this program wrote it.
    #[error(
        "index file {} has version {found}, this program reads {expected}: build it again from the stored embeddings",
        path.display()
    )]
    OtherVersion {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// The version that can be read.
        expected: u32,
    },
}

/// What a file says of the whole index.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Header {
    pub(crate) dim: usize,
    pub(crate) metric: Metric,
    pub(crate) options: IndexOptions,
    pub(crate) tag: Tag,
}

/// Numbers of a header: the length of the file, the tag, and what [`write`](mod@write) puts there.
const NUMBERS: usize = 5 + 10;

/// Bits of the number that names the kind; those above it are
/// [`IndexOptions::part_bits`](crate::IndexOptions::part_bits), which older files had none of.
const KIND_BITS: u32 = 8;

/// Of a block with its padding.
fn checksum(number: usize, padded: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&(number as u64).to_le_bytes());
    hasher.update(&(padded.len() as u64).to_le_bytes());
    hasher.update(padded);
    hasher.finalize()
}

/// Whether links name rows only, or no neighbour.
fn names_rows_below(links: &[u8], rows: u32) -> bool {
    let nodes: &[u32] = bytemuck::cast_slice(links);
    nodes.iter().all(|&node| node < rows || node == u32::MAX)
}
