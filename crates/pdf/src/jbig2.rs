//! JBIG2 streams (ITU-T T.88) to grey levels.
//!
//! The decoder allocates what segments ask for, and 800 bytes can ask for
//! gigabytes. So the sizes of the page and of all regions are read here first.

use hayro_jbig2::{DecodeSettings, Decoder, Globals, Page};
use lookalike_imaging::{Limits, RgbImage};

use crate::error::{PdfError, PdfErrorKind};
use crate::limits::check_sides;

/// Decodes an embedded stream, with the segments that it shares with others. The picture has at
/// most the pixels of `stated`, which is what its page says.
///
/// # Errors
/// It is damaged, larger than its page says, or asks for more than the limits allow.
pub(crate) fn decode(
    data: &[u8],
    shared: Option<&[u8]>,
    limits: &Limits,
    stated: &Limits,
) -> Result<RgbImage, PdfError> {
    let damaged = |what| PdfError::malformed(format!("its JBIG2 image is damaged: {what}"));
    for segments in [Some(data), shared].into_iter().flatten() {
        check_segments(segments, limits)?;
        check_segments(segments, stated).map_err(|_| {
            PdfError::new(
                PdfErrorKind::TooLarge,
                "its JBIG2 image is larger than its page says",
            )
        })?;
    }
    let settings = DecodeSettings { strict: false };
    let shared = shared
        .map(|shared| Globals::new(shared, &settings))
        .transpose();
    let shared = shared.map_err(|error| damaged(error.to_string()))?;
    let page = Page::new_embedded(data, shared.as_ref(), &settings)
        .map_err(|error| damaged(error.to_string()))?;
    let (width, height) = (page.width(), page.height());
    check_sides(stated, width.into(), height.into())?;
    let mut levels = Levels {
        levels: vec![255; width as usize * height as usize],
        position: 0,
    };
    page.decode(&mut levels)
        .map_err(|error| damaged(error.to_string()))?;
    RgbImage::from_grey(width, height, levels.levels)
        .ok_or_else(|| damaged("it is empty".to_owned()))
}

struct Levels {
    levels: Vec<u8>,
    position: usize,
}

impl Levels {
    fn push(&mut self, black: bool, count: usize) {
        let end = self.position + count;
        if black && let Some(levels) = self.levels.get_mut(self.position..end) {
            levels.fill(0);
        }
        self.position = end;
    }
}

impl Decoder for Levels {
    fn push_pixel(&mut self, black: bool) {
        self.push(black, 1);
    }

    fn push_pixel_chunk(&mut self, black: bool, chunk_count: u32) {
        self.push(black, 8 * chunk_count as usize);
    }

    fn next_line(&mut self) {}
}

/// All regions together may have this many times the pixels of the picture: a
/// page of text has many small ones, and few that cover it as a whole.
const MAX_REGION_PIXELS: u64 = 16;

/// Walks over the headers of the segments (T.88, 7.2) and looks at the sizes.
fn check_segments(data: &[u8], limits: &Limits) -> Result<(), PdfError> {
    let mut rest = data;
    let mut pixels = 0u64;
    while let Some(segment) = Segment::read(&mut rest) {
        let Some([width, height]) = segment.sides() else {
            continue;
        };
        // A page of unknown height grows by its regions.
        let height = if height == u32::MAX { 1 } else { height };
        if width > 0 && height > 0 {
            check_sides(limits, width.into(), height.into())?;
        }
        pixels += u64::from(width) * u64::from(height);
        if pixels > MAX_REGION_PIXELS * limits.max_pixels {
            return Err(PdfError::new(
                PdfErrorKind::TooLarge,
                "its JBIG2 image has regions of more pixels than the limit allows",
            ));
        }
    }
    Ok(())
}

struct Segment<'a> {
    kind: u8,
    data: &'a [u8],
}

impl<'a> Segment<'a> {
    /// The next segment; none at the end, or where it is no longer to be told
    /// where one begins.
    fn read(rest: &mut &'a [u8]) -> Option<Self> {
        let number = take_u32(rest)?;
        let flags = take(rest, 1)?[0];
        let first = *rest.first()?;
        let referred = match first >> 5 {
            7 => {
                let count = take_u32(rest)? & 0x1fff_ffff;
                take(rest, (count as usize + 1).div_ceil(8))?;
                count as usize
            }
            count => {
                take(rest, 1)?;
                usize::from(count)
            }
        };
        let reference_bytes = match number {
            ..=256 => 1,
            257..=65_536 => 2,
            _ => 4,
        };
        take(rest, referred.checked_mul(reference_bytes)?)?;
        take(rest, if flags & 0x40 == 0 { 1 } else { 4 })?;
        let length = take_u32(rest)? as usize;
        // Of unknown length, or cut off: it reaches to the end.
        let data = take(rest, length.min(rest.len()))?;
        Some(Self {
            kind: flags & 0x3f,
            data,
        })
    }

    /// Width and height of the bitmap that it makes: a page's, a region's, or a
    /// pattern dictionary's.
    fn sides(&self) -> Option<[u32; 2]> {
        let mut data = self.data;
        match self.kind {
            // Regions, and the page.
            4 | 6 | 7 | 20 | 22 | 23 | 36 | 38..=40 | 42 | 43 | 48 => {
                Some([take_u32(&mut data)?, take_u32(&mut data)?])
            }
            // Patterns of `width` x `height`, from 0 to the largest index, side by side.
            16 => {
                let [_, width, height] = take(&mut data, 3)?.try_into().ok()?;
                let patterns = take_u32(&mut data)?.saturating_add(1);
                Some([patterns.saturating_mul(u32::from(width)), u32::from(height)])
            }
            _ => None,
        }
    }
}

fn take<'a>(rest: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(count)?;
    *rest = left;
    Some(taken)
}

fn take_u32(rest: &mut &[u8]) -> Option<u32> {
    Some(u32::from_be_bytes(take(rest, 4)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A segment without references, on page 1.
    fn segment(number: u32, kind: u8, data: &[u8]) -> Vec<u8> {
        let mut bytes = number.to_be_bytes().to_vec();
        bytes.extend([kind, 0, 1]);
        bytes.extend((data.len() as u32).to_be_bytes());
        bytes.extend(data);
        bytes
    }

    fn page(width: u32, height: u32) -> Vec<u8> {
        let mut data = width.to_be_bytes().to_vec();
        data.extend(height.to_be_bytes());
        data.extend([0; 11]);
        segment(0, 48, &data)
    }

    #[test]
    fn a_page_without_regions_is_white() {
        let limits = Limits::default();
        let image = decode(&page(9, 2), None, &limits, &limits).unwrap();
        assert_eq!((image.width(), image.height()), (9, 2));
        assert!(image.to_grey().iter().all(|&level| level == 255));
    }

    #[test]
    fn a_picture_larger_than_its_page_says_is_refused() {
        let stated = Limits {
            max_pixels: 17,
            ..Limits::default()
        };
        let refused = decode(&page(9, 2), None, &Limits::default(), &stated).unwrap_err();
        assert_eq!(refused.kind, PdfErrorKind::TooLarge);
        assert!(refused.reason.contains("larger than its page says"));
    }

    #[test]
    fn sizes_are_refused_before_anything_is_allocated() {
        let limits = Limits::default();
        let refused = |bytes: &[u8]| decode(bytes, None, &limits, &limits).unwrap_err().kind;
        assert_eq!(refused(&page(60_000, 60_000)), PdfErrorKind::TooLarge);
        let region = |width: u32, height: u32| {
            let mut data = width.to_be_bytes().to_vec();
            data.extend(height.to_be_bytes());
            data.extend([0; 20]);
            data
        };
        let large = [page(8, 8), segment(1, 38, &region(65_000, 65_000))].concat();
        assert_eq!(refused(&large), PdfErrorKind::TooLarge);
        let mut many = page(8, 8);
        for number in 1..40 {
            many.extend(segment(number, 36, &region(10_000, 10_000)));
        }
        assert_eq!(refused(&many), PdfErrorKind::TooLarge);
        let patterns = segment(1, 16, &[0, 255, 255, 0xff, 0xff, 0xff, 0xff, 0]);
        let patterns = [page(8, 8), patterns].concat();
        assert_eq!(refused(&patterns), PdfErrorKind::TooLarge);
        assert_eq!(refused(b"nonsense"), PdfErrorKind::Malformed);
        assert_eq!(refused(b""), PdfErrorKind::Malformed);
    }
}
