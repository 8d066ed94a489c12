//! Where the strips or tiles of a page lie in the file.

use super::directory::{Directory, Source, broken, malformed};
use super::tag;
use crate::error::{DecodeError, DecodeErrorKind};
use crate::limits::MAX_SIDE;

/// Strips or tiles: strips are tiles as wide as the page.
#[derive(Debug)]
pub(super) struct Chunks {
    pub(super) tiled: bool,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) across: u32,
    pub(super) down: u32,
    /// How many there are, over all planes.
    pub(super) count: u64,
    /// Where each starts in the file and how many bytes it has; as many as the
    /// file tells, which can be fewer than there should be.
    pub(super) ranges: Vec<(u64, u64)>,
}

/// Most strips and tiles of a page. Tiles of 16 x 16 cover 200 megapixels with
/// 0.8 million; a hostile file has one for every row of a million.
const MAX_CHUNKS: u64 = 1 << 20;

/// Compressed bytes that all strips together may claim, as a multiple of the
/// file and at least: a million strips that all point at the same 100 MB would
/// take days. Files that store equal tiles once stay far below.
const MAX_OVERLAP: u64 = 8;
const MAX_OVERLAP_BYTES: u64 = 1 << 28;

impl Chunks {
    /// `planes` and, without compression, the bytes of a row of a plane.
    pub(super) fn open(
        directory: &Directory,
        source: Source,
        (width, height): (u32, u32),
        (planes, raw_row): (usize, Option<u64>),
    ) -> Result<Self, DecodeError> {
        let tile = tile_sides(directory)?;
        let (chunk_width, chunk_height) = tile.unwrap_or_else(|| {
            // Often 2^32 - 1, meaning a single strip.
            let rows = directory
                .number(tag::ROWS_PER_STRIP)
                .filter(|&rows| rows > 0);
            let rows = rows.unwrap_or(u64::MAX).min(height.into());
            (width, rows as u32)
        });
        let (across, down) = (width.div_ceil(chunk_width), height.div_ceil(chunk_height));
        let count = u64::from(across) * u64::from(down) * planes as u64;
        if count > MAX_CHUNKS {
            let reason = format!("{count} strips or tiles are above the limit of {MAX_CHUNKS}");
            return Err(broken(DecodeErrorKind::TooLarge, reason));
        }
        let raw_length = raw_row.map(|row| row * u64::from(chunk_height));
        Ok(Self {
            tiled: tile.is_some(),
            width: chunk_width,
            height: chunk_height,
            across,
            down,
            count,
            ranges: ranges(directory, source, count, raw_length)?,
        })
    }

    /// What a message calls one of them.
    pub(super) fn name(&self) -> &'static str {
        if self.tiled { "tile" } else { "strip" }
    }
}

/// Sides of a tile; none if the page is in strips.
fn tile_sides(directory: &Directory) -> Result<Option<(u32, u32)>, DecodeError> {
    let sides = directory
        .number(tag::TILE_WIDTH)
        .zip(directory.number(tag::TILE_HEIGHT));
    let Some((width, height)) = sides else {
        return Ok(None);
    };
    let within = 1..=MAX_SIDE;
    if within.contains(&width) && within.contains(&height) {
        Ok(Some((width as u32, height as u32)))
    } else {
        Err(malformed(format!("tiles of {width} x {height} pixels")))
    }
}

/// Start and length of every strip or tile, as far as the file tells.
fn ranges(
    directory: &Directory,
    source: Source,
    count: u64,
    raw_length: Option<u64>,
) -> Result<Vec<(u64, u64)>, DecodeError> {
    // Some writers put tiles under the tags of strips.
    let either = |first, second| {
        directory
            .numbers(first, count)
            .or_else(|| directory.numbers(second, count))
    };
    let offsets = either(tag::TILE_OFFSETS, tag::STRIP_OFFSETS)
        .ok_or_else(|| malformed("the tag that tells where the strips are is missing"))?;
    let lengths = either(tag::TILE_BYTES, tag::STRIP_BYTES).unwrap_or_default();
    let file_size = source.bytes.len() as u64;
    let mut sorted = Vec::new();
    let range = |(&offset, index): (&u64, usize)| match (lengths.get(index), raw_length) {
        (Some(&length), _) if length > 0 => (offset, length),
        (_, Some(length)) => (offset, length),
        _ => {
            // No length: up to whatever starts next.
            if sorted.is_empty() {
                sorted.clone_from(&offsets);
                sorted.sort_unstable();
            }
            let next = sorted.partition_point(|&other| other <= offset);
            let end = sorted.get(next).copied().unwrap_or(file_size);
            (offset, end.saturating_sub(offset))
        }
    };
    let ranges: Vec<(u64, u64)> = offsets.iter().zip(0..).map(range).collect();
    let claimed: u64 = ranges
        .iter()
        .map(|&(_, length)| length.min(file_size))
        .sum();
    if claimed > (file_size * MAX_OVERLAP).max(MAX_OVERLAP_BYTES) {
        let reason = format!("its strips claim {claimed} bytes of a file of {file_size}");
        return Err(malformed(reason));
    }
    Ok(ranges)
}
