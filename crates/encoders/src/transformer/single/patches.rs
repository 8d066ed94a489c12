//! From pixels to the rows that the patch embedding multiplies.

use lookalike_imaging::ProcessorConfig;

use crate::transformer::sequence::PatchOf;

/// Normalised value of each level of each channel.
pub(crate) struct Levels(Box<[[f32; 256]; 3]>);

impl Levels {
    /// `(level / 255 - mean) / std`
    pub(crate) fn new(processor: &ProcessorConfig) -> Self {
        let (mean, std) = (processor.mean(), processor.std());
        Self(Box::new(std::array::from_fn(|channel| {
            std::array::from_fn(|level| (level as f32 / 255.0 - mean[channel]) / std[channel])
        })))
    }
}

/// Writes a patch to `out`: channel by channel, row by row, as the kernel of the embedding's
/// convolution lies in memory.
pub(super) fn unfold(patch: PatchOf<'_>, levels: &Levels, out: &mut [f32]) {
    let PatchOf {
        image,
        size: patch,
        index,
    } = patch;
    let width = image.width() as usize;
    let columns = width / patch;
    let (top, left) = (index / columns * patch, index % columns * patch);
    let data = image.data();
    for y in 0..patch {
        let row = &data[((top + y) * width + left) * 3..][..patch * 3];
        for (channel, levels) in levels.0.iter().enumerate() {
            let out = &mut out[(channel * patch + y) * patch..][..patch];
            for (out, pixel) in out.iter_mut().zip(row.chunks_exact(3)) {
                *out = levels[usize::from(pixel[channel])];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use lookalike_imaging::{ProcessorConfig, RgbImage};

    use super::{Levels, unfold};
    use crate::transformer::sequence::PatchOf;

    #[test]
    fn a_patch_lies_channel_by_channel() {
        let data: Vec<u8> = (0..4 * 6 * 3).map(|i| i as u8).collect();
        let image = RgbImage::new(6, 4, data.clone()).unwrap();
        let levels = Levels::new(&ProcessorConfig::dinov2());
        let mut out = [0.0; 12];
        let patch = PatchOf {
            image: &image,
            size: 2,
            index: 4,
        };
        unfold(patch, &levels, &mut out);
        let (mean, std) = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]);
        let mut expected = Vec::new();
        for channel in 0..3 {
            for (y, x) in [(2, 2), (2, 3), (3, 2), (3, 3)] {
                let level = f32::from(data[(y * 6 + x) * 3 + channel]);
                expected.push((level / 255.0 - mean[channel]) / std[channel]);
            }
        }
        for (found, expected) in out.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-6, "{found} {expected}");
        }
    }
}
