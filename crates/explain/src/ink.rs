//! Which patches show something: blank paper resembles blank paper everywhere, and means nothing.
//!
//! A patch counts by the standard deviation of its luminance: ink on paper has dozens of levels,
//! the noise of a scan or of a JPEG's plain areas one or two. Pixels of the padding don't count:
//! the edge between a dark photo and the white around it is not in the picture.

use lookalike_imaging::{Geometry, RgbImage};

/// Deviation in levels of 255 up to which a patch is blank: above scanners' and JPEG's noise.
const BLANK: f32 = 3.0;

/// Deviation from which a patch counts in full: a one-pixel line of 10 % grey in a patch of 14.
const INKED: f32 = 10.0;

/// For each patch of a prepared picture, row by row, how much it counts: 0 to 1.
pub(super) fn weights(prepared: &RgbImage, geometry: &Geometry, patch: u32) -> Vec<f32> {
    let (width, height) = (prepared.width(), prepared.height());
    let data = prepared.data();
    let (left, top) = geometry.to_input(0.0, 0.0);
    let (right, bottom) = geometry.to_input(1.0, 1.0);
    let inside = |start: f64, end: f64, position: u32| {
        let centre = f64::from(position) + 0.5;
        start < centre && centre < end
    };
    let mut weights = Vec::new();
    for patch_top in (0..height).step_by(patch as usize) {
        for patch_left in (0..width).step_by(patch as usize) {
            let mut spread = Spread::default();
            for y in (patch_top..patch_top + patch).filter(|&y| inside(top, bottom, y)) {
                for x in (patch_left..patch_left + patch).filter(|&x| inside(left, right, x)) {
                    let pixel = (y as usize * width as usize + x as usize) * 3;
                    spread.add(luminance(&data[pixel..pixel + 3]));
                }
            }
            let covered = spread.count / (patch * patch) as f32;
            weights.push(covered * step(spread.deviation()));
        }
    }
    weights
}

/// Luma of ITU-R BT.601, 0 to 255.
pub(super) fn luminance(rgb: &[u8]) -> f32 {
    0.299 * f32::from(rgb[0]) + 0.587 * f32::from(rgb[1]) + 0.114 * f32::from(rgb[2])
}

/// Smoothly from 0 at [`BLANK`] to 1 at [`INKED`].
fn step(deviation: f32) -> f32 {
    let t = ((deviation - BLANK) / (INKED - BLANK)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

#[derive(Default)]
struct Spread {
    count: f32,
    sum: f32,
    squares: f32,
}

impl Spread {
    fn add(&mut self, level: f32) {
        self.count += 1.0;
        self.sum += level;
        self.squares += level * level;
    }

    fn deviation(&self) -> f32 {
        let count = self.count.max(1.0);
        let mean = self.sum / count;
        (self.squares / count - mean * mean).max(0.0).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use lookalike_imaging::{PreprocessKind, Preprocessor, ProcessorConfig};

    use super::*;

    fn weights_of(picture: &RgbImage) -> Vec<f32> {
        let config = ProcessorConfig::dinov2();
        let preprocessor = Preprocessor::new(PreprocessKind::Letterbox, 56, 14, config).unwrap();
        let geometry = preprocessor.geometry(picture).unwrap();
        weights(&preprocessor.apply(picture).unwrap(), &geometry, 14)
    }

    #[test]
    fn paper_and_the_edges_of_padding_do_not_count() {
        // Dark and wide: its edges to the white padding run through the patches.
        let plain = RgbImage::filled(112, 40, [20, 30, 40]);
        assert_eq!(weights_of(&plain), [0.0; 16]);
    }

    #[test]
    fn ink_counts_where_it_is() {
        let mut data = vec![250; 56 * 56 * 3];
        for y in 16..26 {
            let pixel = (y * 56 + 20) * 3;
            data[pixel..pixel + 6].fill(0);
        }
        let weights = weights_of(&RgbImage::new(56, 56, data).unwrap());
        for (patch, weight) in weights.into_iter().enumerate() {
            assert_eq!(weight, if patch == 5 { 1.0 } else { 0.0 }, "{patch}");
        }
    }
}
