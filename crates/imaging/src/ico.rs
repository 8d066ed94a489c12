//! Windows icons and cursors: directories of pictures, of which the largest is read.
//!
//! A picture is a PNG, or a bitmap with a mask below it. The directory says of each how large it is
//! and is often wrong: what the pictures themselves say counts.

use crate::error::Trouble;

/// Pictures that are looked at; programs have a dozen.
const MOST_PICTURES: usize = 256;

/// The largest picture of the file.
pub(crate) enum Largest<'a> {
    Png(&'a [u8]),
    /// A file that holds only this one, described as it is.
    Bitmap(Vec<u8>),
}

/// A picture of the directory.
struct Entry<'a> {
    /// Pixels, and bits of each.
    size: (u64, u16),
    /// What the directory says of it.
    said: &'a [u8],
    data: &'a [u8],
}

/// Finds the largest picture; of equal ones, that of most bits a pixel.
pub(crate) fn largest(bytes: &[u8]) -> Result<Largest<'_>, Trouble> {
    let cut = || Trouble::truncated("the file ends before the picture does");
    let count = bytes.get(4..6).ok_or_else(cut)?;
    let count = usize::from(u16::from_le_bytes([count[0], count[1]])).min(MOST_PICTURES);
    let entries = bytes.get(6..6 + 16 * count).ok_or_else(cut)?;
    let mut best: Option<Entry<'_>> = None;
    for said in entries.chunks_exact(16) {
        let number = |at: usize| {
            u32::from_le_bytes([said[at], said[at + 1], said[at + 2], said[at + 3]]) as usize
        };
        let (length, start) = (number(8), number(12));
        let data = start
            .checked_add(length)
            .and_then(|end| bytes.get(start..end))
            .ok_or_else(cut)?;
        let size = size(data).ok_or_else(|| Trouble::malformed("a picture in it has no header"))?;
        if best.as_ref().is_none_or(|best| size > best.size) {
            best = Some(Entry { size, said, data });
        }
    }
    let Entry { said, data, .. } =
        best.ok_or_else(|| Trouble::malformed("there is no picture in it"))?;
    if data.starts_with(b"\x89PNG") {
        return Ok(Largest::Png(data));
    }
    Ok(Largest::Bitmap(alone(said, data)))
}

/// Pixels, and bits of each.
fn size(data: &[u8]) -> Option<(u64, u16)> {
    if data.starts_with(b"\x89PNG") {
        let side = |at: usize| Some(u32::from_be_bytes(*data.get(at..)?.first_chunk::<4>()?));
        return Some((u64::from(side(16)?) * u64::from(side(20)?), 32));
    }
    let (width, height) = bitmap_sides(data)?;
    let bits = data.get(14..16)?;
    Some((
        u64::from(width) * u64::from(height),
        u16::from_le_bytes([bits[0], bits[1]]),
    ))
}

/// The mask below doubles the height.
fn bitmap_sides(data: &[u8]) -> Option<(u32, u32)> {
    let side = |at: usize| {
        let side = i32::from_le_bytes(*data.get(at..)?.first_chunk::<4>()?);
        Some(side.unsigned_abs())
    };
    Some((side(4)?, side(8)? / 2))
}

/// A directory of this picture alone. Sides of 256 are written as 0, and there are none above.
fn alone(said: &[u8], data: &[u8]) -> Vec<u8> {
    let (width, height) = bitmap_sides(data).unwrap_or_default();
    let mut file = vec![0, 0, 1, 0, 1, 0];
    file.extend([width as u8, height as u8, 0, 0, 1, 0]);
    // Bits a pixel: of a cursor, the place it points with.
    file.extend(data.get(14..16).unwrap_or(&said[6..8]));
    file.extend((data.len() as u32).to_le_bytes());
    file.extend(22_u32.to_le_bytes());
    file.extend(data);
    file
}
