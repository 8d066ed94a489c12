//! What a WebP says about itself, looked at before the decoder believes it.
//!
//! The decoder allocates what a chunk claims, and decodes a frame of whatever sides its own header has
//! before it compares them with the picture's: half a megabyte that says 16 x 16 took gigabytes. So all
//! sides that the first frame has are compared here.

use crate::error::Trouble;

/// A chunk of a RIFF file: its name and what it holds.
type Chunk<'a> = (&'a [u8; 4], &'a [u8]);

/// Refuses a file whose chunks claim more than it holds, or whose parts differ about the sides of the
/// picture that is read: the only one, or the first of an animation.
pub(crate) fn check(bytes: &[u8]) -> Result<(), Trouble> {
    let size = bytes.get(4..8).and_then(|size| size.try_into().ok());
    let size = size.map(u32::from_le_bytes).ok_or_else(cut)?;
    let end = usize::try_from(size)
        .ok()
        .and_then(|size| size.checked_add(8))
        .filter(|&end| end <= bytes.len())
        .ok_or_else(cut)?;
    // The last chunk's padding byte is often left out.
    let chunks = chunks(bytes.get(12..end).unwrap_or_default())?;
    let Some((b"VP8X", extended)) = chunks.first() else {
        return Ok(());
    };
    let canvas = sides_at(extended, 4).ok_or_else(cut)?;
    match find(&chunks, b"ANMF") {
        Some(frame) => {
            let sides = sides_at(frame, 6).ok_or_else(cut)?;
            if sides.0 > canvas.0 || sides.1 > canvas.1 {
                return Err(differing(sides, canvas));
            }
            check_frame(&self::chunks(frame.get(16..).unwrap_or_default())?, sides)
        }
        None => check_frame(&chunks, canvas),
    }
}

fn check_frame(chunks: &[Chunk<'_>], sides: (u32, u32)) -> Result<(), Trouble> {
    let lossy = find(chunks, b"VP8 ").map(|data| lossy_sides(data).ok_or_else(cut));
    let lossless = find(chunks, b"VP8L").map(|data| lossless_sides(data).ok_or_else(cut));
    for found in [lossy, lossless].into_iter().flatten() {
        let found = found?;
        if found != sides {
            return Err(differing(found, sides));
        }
    }
    Ok(())
}

/// The chunks one after the other.
fn chunks(mut bytes: &[u8]) -> Result<Vec<Chunk<'_>>, Trouble> {
    let mut chunks = Vec::new();
    while let Some((head, rest)) = bytes.split_first_chunk::<8>() {
        let (name, _) = head.split_first_chunk::<4>().ok_or_else(cut)?;
        let size = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
        let size = usize::try_from(size).map_err(|_| cut())?;
        let (data, _) = rest.split_at_checked(size).ok_or_else(cut)?;
        chunks.push((name, data));
        bytes = rest.get(size.next_multiple_of(2)..).unwrap_or_default();
    }
    Ok(chunks)
}

fn find<'a>(chunks: &[Chunk<'a>], name: &[u8; 4]) -> Option<&'a [u8]> {
    let found = chunks.iter().find(|(other, _)| *other == name);
    found.map(|(_, data)| *data)
}

/// Sides less one, of three bytes each.
fn sides_at(data: &[u8], at: usize) -> Option<(u32, u32)> {
    let side = |at: usize| {
        let bytes = data.get(at..at + 3)?;
        Some(1 + (u32::from(bytes[0]) | u32::from(bytes[1]) << 8 | u32::from(bytes[2]) << 16))
    };
    Some((side(at)?, side(at + 3)?))
}

/// RFC 6386, 9.1: behind the frame's tag and its start code.
fn lossy_sides(data: &[u8]) -> Option<(u32, u32)> {
    let side = |at: usize| {
        let bytes = data.get(at..at + 2)?;
        Some(u32::from(u16::from_le_bytes([bytes[0], bytes[1]]) & 0x3fff))
    };
    Some((side(6)?, side(8)?))
}

/// WebP Lossless Bitstream Specification, 4: 14 bits each, less one, behind a byte.
fn lossless_sides(data: &[u8]) -> Option<(u32, u32)> {
    let bits = u32::from_le_bytes(data.get(1..5)?.try_into().ok()?);
    Some((1 + (bits & 0x3fff), 1 + (bits >> 14 & 0x3fff)))
}

fn cut() -> Trouble {
    Trouble::truncated("the file ends before the picture does")
}

fn differing(inner: (u32, u32), outer: (u32, u32)) -> Trouble {
    Trouble::malformed(format!(
        "it says {} x {} pixels, and holds a frame of {} x {}",
        outer.0, outer.1, inner.0, inner.1
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
        let mut chunk = name.to_vec();
        chunk.extend((data.len() as u32).to_le_bytes());
        chunk.extend(data);
        chunk.resize(chunk.len().next_multiple_of(2), 0);
        chunk
    }

    fn file(chunks: &[Vec<u8>]) -> Vec<u8> {
        let body = [b"WEBP".to_vec(), chunks.concat()].concat();
        chunk(b"RIFF", &body)
    }

    fn extended(width: u8, height: u8) -> Vec<u8> {
        chunk(b"VP8X", &[0, 0, 0, 0, width - 1, 0, 0, height - 1, 0, 0])
    }

    fn lossy(width: u8, height: u8) -> Vec<u8> {
        chunk(b"VP8 ", &[0, 0, 0, 0x9d, 1, 0x2a, width, 0, height, 0])
    }

    fn lossless(width: u32, height: u32) -> Vec<u8> {
        let sides = (width - 1) | (height - 1) << 14;
        chunk(b"VP8L", &[&[0x2f], &sides.to_le_bytes()[..]].concat())
    }

    fn frame(width: u8, height: u8, inner: &[u8]) -> Vec<u8> {
        let head = [
            0,
            0,
            0,
            0,
            0,
            0,
            width - 1,
            0,
            0,
            height - 1,
            0,
            0,
            0,
            0,
            0,
            0,
        ];
        chunk(b"ANMF", &[&head[..], inner].concat())
    }

    #[test]
    fn parts_that_differ_about_the_sides_are_refused() {
        for sound in [
            file(&[lossy(200, 100)]),
            file(&[extended(20, 10), lossy(20, 10)]),
            file(&[extended(20, 10), lossless(20, 10)]),
            file(&[extended(20, 10), frame(16, 8, &lossless(16, 8))]),
        ] {
            assert!(check(&sound).is_ok());
        }
        for wrong in [
            file(&[extended(20, 10), lossy(200, 100)]),
            file(&[extended(20, 10), lossless(9_000, 9_000)]),
            file(&[extended(20, 10), frame(16, 8, &lossy(32, 32))]),
            file(&[extended(20, 10), frame(30, 10, &lossy(30, 10))]),
        ] {
            let reason = check(&wrong).unwrap_err().reason;
            assert!(reason.contains("holds a frame of"), "{reason}");
        }
    }

    #[test]
    fn chunks_that_claim_more_than_there_is_are_refused() {
        let whole = file(&[extended(20, 10), lossy(20, 10)]);
        for length in 0..whole.len() {
            assert!(check(&whole[..length]).is_err(), "{length}");
        }
        let mut beyond = whole.clone();
        beyond[34] = 200;
        assert!(check(&beyond).is_err());
    }
}
