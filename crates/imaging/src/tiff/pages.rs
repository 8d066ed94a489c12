//! Which pages of a TIFF are pictures of their own.
//!
//! Files also hold reduced copies of their pictures, and masks. They say so (TIFF 6.0,
//! NewSubfileType and the older SubfileType), and are left out, wherever in the file they lie.

use super::directory::{Directory, Source};
use super::tag;

/// Pages that are looked at: more than any scanner's tray holds.
const MAX_PAGES: usize = 1_000;

/// Bits of NewSubfileType: a reduced copy of another page, and a mask for one.
const REDUCED_OR_MASK: u64 = 0b101;

/// SubfileType of a reduced copy.
const OLD_REDUCED: u64 = 2;

/// The pages that are neither reduced copies nor masks, counted from 0, at most 1,000; none where
/// the bytes are no TIFF. What the pages hold is not looked at.
pub fn tiff_pages(bytes: &[u8]) -> Vec<u32> {
    let mut pages = Vec::new();
    let Ok((source, mut at)) = Source::open(bytes) else {
        return pages;
    };
    let mut seen = Vec::new();
    while at != 0 && seen.len() < MAX_PAGES && !seen.contains(&at) {
        let Ok(directory) = source.directory(at) else {
            break;
        };
        if !is_reduced(&directory) {
            pages.push(seen.len() as u32);
        }
        seen.push(at);
        at = directory.next;
    }
    pages
}

fn is_reduced(directory: &Directory<'_>) -> bool {
    match directory.number(tag::SUBFILE_TYPE) {
        Some(kind) => kind & REDUCED_OR_MASK != 0,
        None => directory.number(tag::OLD_SUBFILE_TYPE) == Some(OLD_REDUCED),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A TIFF of directories with nothing but these NewSubfileTypes, the last of which leads to
    /// the directory at byte `next`.
    fn tiff(kinds: &[u32], next: u32) -> Vec<u8> {
        let mut bytes = b"II*\0\x08\0\0\0".to_vec();
        for (index, kind) in kinds.iter().enumerate() {
            bytes.extend([1, 0, 254, 0, 4, 0, 1, 0, 0, 0]);
            bytes.extend(kind.to_le_bytes());
            let end = bytes.len() as u32 + 4;
            let is_last = index + 1 == kinds.len();
            bytes.extend(if is_last { next } else { end }.to_le_bytes());
        }
        bytes
    }

    #[test]
    fn reduced_copies_and_masks_are_no_pages() {
        assert_eq!(tiff_pages(&tiff(&[0], 0)), [0]);
        assert_eq!(tiff_pages(&tiff(&[0, 1, 2, 4, 0], 0)), [0, 2, 4]);
        assert_eq!(tiff_pages(&tiff(&[1, 0], 0)), [1]);
    }

    #[test]
    fn directories_in_a_circle_or_beyond_the_end_are_looked_at_once() {
        assert_eq!(tiff_pages(&tiff(&[0, 0], 8)), [0, 1]);
        assert_eq!(tiff_pages(&tiff(&[0, 0], 9_999)), [0, 1]);
        assert_eq!(tiff_pages(b"II*\0"), Vec::<u32>::new());
        assert_eq!(tiff_pages(b""), Vec::<u32>::new());
    }
}
