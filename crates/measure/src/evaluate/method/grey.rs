//! Brightness, as the baselines look at it.

use lookalike_imaging::RgbImage;

/// Luma of every pixel, 0 to 255 (ITU-R BT.601).
pub(super) fn luma(image: &RgbImage) -> Vec<f32> {
    let pixels = image.data().chunks_exact(3);
    pixels
        .map(|p| 0.299 * f32::from(p[0]) + 0.587 * f32::from(p[1]) + 0.114 * f32::from(p[2]))
        .collect()
}
