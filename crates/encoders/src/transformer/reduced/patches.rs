//! From pixels to the rows that the patch embedding multiplies, without normalising them.
//!
//! Levels from 0 to 255 less 128 are exact in bf16, and normalisation is linear: it goes into
//! the weights.

use lookalike_imaging::ProcessorConfig;

use crate::transformer::sequence::PatchOf;

/// What the kernels take off every level.
const CENTRE: f32 = 128.0;

/// Weights and bias of the patch embedding for centred levels: `weight` is `dim` rows of
/// `3 * patch * patch`, channel by channel, for normalised values; the result takes pixels as
/// they lie in an image, channels innermost.
pub(in crate::transformer) fn patch_weights(
    weight: &[f32],
    bias: &[f32],
    patch: usize,
    processor: &ProcessorConfig,
) -> (Vec<f32>, Vec<f32>) {
    let (mean, std) = (processor.mean(), processor.std());
    let area = patch * patch;
    let mut weights = Vec::with_capacity(weight.len());
    let mut biases = Vec::with_capacity(bias.len());
    for (row, &bias) in weight.chunks(3 * area).zip(bias) {
        let mut shift = 0.0_f64;
        for pixel in 0..area {
            for channel in 0..3 {
                let weight = row[channel * area + pixel];
                weights.push(weight / (255.0 * std[channel]));
                let middle = (CENTRE / 255.0 - mean[channel]) / std[channel];
                shift += f64::from(weight) * f64::from(middle);
            }
        }
        biases.push((f64::from(bias) + shift) as f32);
    }
    (weights, biases)
}

/// Copies the pixels of a patch to `out`.
pub(super) fn unfold(patch: PatchOf<'_>, out: &mut [u8]) {
    let PatchOf {
        image,
        size: patch,
        index,
    } = patch;
    let stride = image.width() as usize * 3;
    let columns = image.width() as usize / patch;
    let (top, left) = (index / columns * patch, index % columns * patch);
    for (y, out) in out.chunks_mut(patch * 3).enumerate() {
        let start = (top + y) * stride + left * 3;
        out.copy_from_slice(&image.data()[start..][..patch * 3]);
    }
}

#[cfg(test)]
mod tests {
    use lookalike_imaging::{ProcessorConfig, RgbImage};

    use super::{CENTRE, patch_weights, unfold};
    use crate::transformer::sequence::PatchOf;

    #[test]
    fn centred_levels_give_what_normalised_ones_give() {
        let data: Vec<u8> = (0..4 * 6 * 3).map(|i| (i * 5) as u8).collect();
        let image = RgbImage::new(6, 4, data.clone()).unwrap();
        let weight: Vec<f32> = (0..12).map(|i| (i as f32 * 1.7).sin()).collect();
        let processor = ProcessorConfig::dinov2();
        let (weights, biases) = patch_weights(&weight, &[0.25], 2, &processor);

        let mut pixels = [0; 12];
        let patch = PatchOf {
            image: &image,
            size: 2,
            index: 4,
        };
        unfold(patch, &mut pixels);
        let mut found = biases[0];
        for (weight, &pixel) in weights.iter().zip(&pixels) {
            found += weight * (f32::from(pixel) - CENTRE);
        }

        let (mean, std) = (processor.mean(), processor.std());
        let mut expected = 0.25;
        for channel in 0..3 {
            for (index, (y, x)) in [(2, 2), (2, 3), (3, 2), (3, 3)].into_iter().enumerate() {
                let level = f32::from(data[(y * 6 + x) * 3 + channel]) / 255.0;
                expected += weight[channel * 4 + index] * (level - mean[channel]) / std[channel];
            }
        }
        assert!((found - expected).abs() < 1e-5, "{found} {expected}");
    }
}
