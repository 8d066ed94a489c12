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

/// Photometric interpretations of what a sensor saw: a mosaic of colours, and one taken apart.
const SENSOR: [u64; 2] = [32803, 34892];

/// Whether a TIFF is a camera's raw file: it says so, or holds what a sensor saw.
pub(crate) fn is_raw(bytes: &[u8]) -> bool {
    let Ok((source, first)) = Source::open(bytes) else {
        return false;
    };
    let Ok(directory) = source.directory(first) else {
        return false;
    };
    let is_of_sensor = |directory: &Directory<'_>| {
        let photometric = directory.number(tag::PHOTOMETRIC);
        photometric.is_some_and(|photometric| SENSOR.contains(&photometric))
    };
    directory.number(tag::DNG_VERSION).is_some()
        || is_of_sensor(&directory)
        || source.below(&directory).iter().any(is_of_sensor)
}

/// The directory that stands for a page: its own, or the largest below it where that is only a
/// reduced copy.
pub(super) fn in_full<'a>(source: Source<'a>, directory: Directory<'a>) -> Directory<'a> {
    if !is_reduced(&directory) {
        return directory;
    }
    let side = |directory: &Directory<'_>, tag| directory.number(tag).unwrap_or(0);
    let area = |directory: &Directory<'_>| {
        u128::from(side(directory, tag::WIDTH)) * u128::from(side(directory, tag::HEIGHT))
    };
    let below = source.below(&directory).into_iter();
    let largest = below.filter(|one| !is_reduced(one)).max_by_key(area);
    largest.unwrap_or(directory)
}

/// The pages that are neither reduced copies nor masks, counted from 0, at most 1,000; none where
/// the bytes are no TIFF or a camera's raw file. What the pages hold is not looked at.
pub fn tiff_pages(bytes: &[u8]) -> Vec<u32> {
    let mut pages = Vec::new();
    if is_raw(bytes) {
        return pages;
    }
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
