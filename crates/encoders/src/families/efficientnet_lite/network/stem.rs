//! Pixels to the patches that the stem's product reads.

use std::ops::Range;

use lookalike_imaging::{ProcessorConfig, RgbImage};

/// Values of a patch: 3 x 3 pixels of 3 colours.
pub(super) const PATCH: usize = 27;

/// Side of the stem's windows, and pixels from one to the next.
const KERNEL: usize = 3;
const STRIDE: usize = 2;

/// The normalised value of each level of each colour.
pub(in super::super) struct Levels([[f32; 256]; 3]);

impl Levels {
    pub(in super::super) fn new(processor: &ProcessorConfig) -> Self {
        let (mean, std) = (processor.mean(), processor.std());
        Self(std::array::from_fn(|colour| {
            std::array::from_fn(|level| {
                let value = level as f64 / 255.0 - f64::from(mean[colour]);
                (value / f64::from(std[colour])) as f32
            })
        }))
    }
}

/// An image and how its pixels are normalised.
#[derive(Clone, Copy)]
pub(super) struct Picture<'a> {
    pub(super) image: &'a RgbImage,
    pub(super) levels: &'a Levels,
}

impl Picture<'_> {
    /// Rows and columns of the stem's outputs.
    pub(super) fn size(&self) -> (usize, usize) {
        let outputs = |side: u32| (side as usize).div_ceil(STRIDE);
        (outputs(self.image.height()), outputs(self.image.width()))
    }

    /// Writes the patches of the stem's outputs of `rows` to `out`, one after another; they are
    /// padded as [`Window`](lookalike_kernels::convolution::Window) says. `padded` is memory for
    /// rows of the image.
    pub(super) fn patches(&self, rows: Range<usize>, padded: &mut Vec<f32>, out: &mut Vec<f32>) {
        let (width, height) = (self.image.width() as usize, self.image.height() as usize);
        // Sides are even or odd: one pixel behind the image, or one on either side.
        let (left, top) = (width % 2, height % 2);
        let columns = width.div_ceil(STRIDE);
        // Normalised rows with zeros around them, so that no patch needs to look.
        let padded_width = ((columns - 1) * STRIDE + KERNEL) * 3;
        let padded_rows = (rows.len() - 1) * STRIDE + KERNEL;
        padded.clear();
        padded.resize(padded_rows * padded_width, 0.0);
        for (index, padded) in padded.chunks_exact_mut(padded_width).enumerate() {
            let row = (rows.start * STRIDE + index).checked_sub(top);
            let Some(row) = row.filter(|&row| row < height) else {
                continue;
            };
            let pixels = self.image.data()[row * width * 3..][..width * 3]
                .as_chunks::<3>()
                .0;
            let padded = padded[left * 3..].as_chunks_mut::<3>().0;
            for (out, pixel) in padded.iter_mut().zip(pixels) {
                for colour in 0..3 {
                    out[colour] = self.levels.0[colour][usize::from(pixel[colour])];
                }
            }
        }
        out.resize(rows.len() * columns * PATCH, 0.0);
        for (index, patch) in out.as_chunks_mut::<PATCH>().0.iter_mut().enumerate() {
            let (row, column) = (index / columns, index % columns);
            for y in 0..KERNEL {
                let start = (row * STRIDE + y) * padded_width + column * STRIDE * 3;
                patch[y * 9..][..9].copy_from_slice(&padded[start..][..9]);
            }
        }
    }
}
