//! Drawing or picture: whether a sheet is dark lines on white paper.
//!
//! Counted over all its pixels, because a product photo on white may have its only colour in one
//! corner. The bounds are wide apart: scanned drawings are below 1 % of in-between levels when they
//! are bilevel and below 5 % when they were scaled in grey; photos are above 20 %.

use crate::RgbImage;

/// Most of a drawing is paper, this light or lighter.
const PAPER: u8 = 200;
const MIN_PAPER: f64 = 0.5;
/// Levels between ink and paper: edges of lines that were scaled in grey.
const INK: u8 = 64;
const MAX_BETWEEN: f64 = 0.12;
/// Pixels whose channels differ by more than this have a colour.
const COLOUR: u8 = 48;
const MAX_COLOUR: f64 = 0.01;

/// Whether `sheet` is a drawing.
pub(super) fn is_drawing(sheet: &RgbImage) -> bool {
    let (samples, channels) = sheet.samples();
    let pixels = (samples.len() / channels) as f64;
    let (mut paper, mut between, mut colour) = (0_u64, 0_u64, 0_u64);
    if channels == 1 {
        for chunk in samples.chunks(1 << 15) {
            let (light, middle) = counted(chunk);
            paper += light;
            between += middle;
        }
    } else {
        for &[red, green, blue] in samples.as_chunks::<3>().0 {
            let (low, high) = (red.min(green).min(blue), red.max(green).max(blue));
            paper += u64::from(low >= PAPER);
            between += u64::from(low < PAPER && high >= INK);
            colour += u64::from(high - low > COLOUR);
        }
    }
    paper as f64 >= MIN_PAPER * pixels
        && between as f64 <= MAX_BETWEEN * pixels
        && colour as f64 <= MAX_COLOUR * pixels
}

/// Paper and in-between levels of at most 65,535 pixels, in counters that the compiler can keep in
/// narrow lanes.
fn counted(levels: &[u8]) -> (u64, u64) {
    let (mut paper, mut dark) = (0_u16, 0_u16);
    for &level in levels {
        paper += u16::from(level >= PAPER);
        dark += u16::from(level < INK);
    }
    let all = levels.len() as u64;
    (u64::from(paper), all - u64::from(paper) - u64::from(dark))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_levels(level: impl Fn(u32) -> u8) -> RgbImage {
        RgbImage::from_grey(400, 100, (0..40_000).map(level).collect()).unwrap()
    }

    #[test]
    fn lines_on_paper_are_a_drawing_and_shades_are_not() {
        assert!(is_drawing(&with_levels(|i| if i % 20 == 0 {
            0
        } else {
            255
        })));
        assert!(is_drawing(&with_levels(|i| if i % 20 == 0 {
            90
        } else {
            250
        })));
        assert!(!is_drawing(&with_levels(|i| (i % 256) as u8)));
        assert!(!is_drawing(&with_levels(|i| if i % 5 == 0 {
            255
        } else {
            0
        })));
        assert!(!is_drawing(&RgbImage::filled(60, 60, [250, 120, 120])));
    }

    #[test]
    fn a_little_colour_makes_a_picture() {
        let mut data = vec![255; 100 * 100 * 3];
        assert!(is_drawing(&RgbImage::new(100, 100, data.clone()).unwrap()));
        for pixel in data.chunks_exact_mut(3).take(300) {
            pixel.copy_from_slice(&[200, 30, 30]);
        }
        assert!(!is_drawing(&RgbImage::new(100, 100, data).unwrap()));
    }
}
