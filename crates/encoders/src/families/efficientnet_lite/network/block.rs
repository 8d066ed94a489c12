//! One inverted residual block: expand, convolve each channel, project.
//!
//! The expanded image is several times as large as what comes in and goes out, and never exists
//! as a whole: a group of its channels is made for a band of rows, convolved at once, and only
//! the results for that band, which the projection reads, are kept. Rows that two bands see are
//! expanded twice, to the same bits.

use std::ops::Range;

use lookalike_kernels::convolution::{Band, GROUP, PackedDepthwise, Pixel};
use lookalike_kernels::{Matrix, MatrixMut};

use super::arithmetic::Arithmetic;
use super::stem::{PATCH, Picture};
use crate::families::efficientnet_lite::config::Block;

/// Values of a band's expanded group and of its results, all channels: 1.5 MB, what stays in the
/// L2 of current servers and mostly in that of others.
const BAND_VALUES: usize = 400_000;

/// A packed block.
pub(in super::super) struct InvertedResidual<A: Arithmetic> {
    pub(in super::super) config: Block,
    pub(in super::super) source: Source<A>,
    pub(in super::super) depthwise: PackedDepthwise,
    pub(in super::super) project: A::Linear,
}

/// Where the channels that are convolved come from, a group to each linear map.
pub(in super::super) enum Source<A: Arithmetic> {
    /// Patches of the image.
    Stem(Vec<A::Linear>),
    /// The output of the block before.
    Expand(Vec<A::Linear>),
}

/// The output of a block: a row of channels for every pixel.
pub(super) struct Map<A: Arithmetic> {
    pub(super) values: Vec<f32>,
    pub(super) operand: A::Operand,
    pub(super) height: usize,
    pub(super) width: usize,
    pub(super) channels: usize,
}

impl<A: Arithmetic> Default for Map<A> {
    fn default() -> Self {
        Self {
            values: Vec::new(),
            operand: A::Operand::default(),
            height: 0,
            width: 0,
            channels: 0,
        }
    }
}

impl<A: Arithmetic> Map<A> {
    pub(super) fn matrix(&self) -> Matrix<'_> {
        let rows = self.height * self.width;
        Matrix::new(&self.values, rows, self.channels, self.channels)
    }
}

/// Memory of a block under way.
pub(super) struct BlockMemory<A: Arithmetic> {
    stem: StemMemory<A>,
    /// A group of the channels that are convolved.
    pub(super) group: Vec<Pixel>,
    /// All convolved channels.
    convolved: A::Operand,
}

struct StemMemory<A: Arithmetic> {
    /// Normalised rows of the image.
    padded: Vec<f32>,
    patches: Vec<f32>,
    operand: A::Operand,
}

impl<A: Arithmetic> Default for BlockMemory<A> {
    fn default() -> Self {
        Self {
            stem: StemMemory {
                padded: Vec::new(),
                patches: Vec::new(),
                operand: A::Operand::default(),
            },
            group: Vec::new(),
            convolved: A::Operand::default(),
        }
    }
}

/// What the channels that are convolved are made from, a row for every pixel of some rows of
/// the image.
struct Input<'a, A: Arithmetic> {
    x: Matrix<'a>,
    operand: &'a A::Operand,
    /// The rows of `x` that are needed.
    pixels: Range<usize>,
    /// Row of the image that `pixels` begins with.
    first_row: usize,
    height: usize,
    width: usize,
}

impl<A: Arithmetic> InvertedResidual<A> {
    /// The outputs for an image, if this is the first block, or for those of the block before.
    pub(super) fn forward(
        &self,
        arithmetic: A,
        picture: &Picture<'_>,
        input: &Map<A>,
        memory: &mut BlockMemory<A>,
        out: &mut Map<A>,
    ) {
        let window = self.config.window;
        let (height, width) = match &self.source {
            Source::Stem(_) => picture.size(),
            Source::Expand(_) => (input.height, input.width),
        };
        (out.height, out.width) = (window.outputs(height), window.outputs(width));
        out.channels = self.config.outputs;
        let row_values = out.width * out.channels;
        out.values.resize(out.height * row_values, 0.0);
        let band_rows = self.band_rows(out.height, out.width, width);
        for first in (0..out.height).step_by(band_rows) {
            let rows = first..out.height.min(first + band_rows);
            let seen = window.seen(rows.clone(), height);
            let BlockMemory {
                stem,
                group,
                convolved,
            } = memory;
            let (maps, input_rows) = match &self.source {
                Source::Stem(maps) => {
                    let StemMemory {
                        padded,
                        patches,
                        operand,
                    } = stem;
                    picture.patches(seen.clone(), padded, patches);
                    let x = Matrix::new(patches, seen.len() * width, PATCH, PATCH);
                    arithmetic.prepare_pixels(x, operand);
                    (
                        maps,
                        Input {
                            x,
                            operand,
                            pixels: 0..x.rows(),
                            first_row: seen.start,
                            height,
                            width,
                        },
                    )
                }
                Source::Expand(maps) => {
                    let pixels = seen.start * width..seen.end * width;
                    let (x, operand) = (input.matrix(), &input.operand);
                    (
                        maps,
                        Input {
                            x,
                            operand,
                            pixels,
                            first_row: seen.start,
                            height,
                            width,
                        },
                    )
                }
            };
            arithmetic.reserve(convolved, rows.len() * out.width, self.config.expanded);
            self.convolve(
                arithmetic,
                maps,
                &input_rows,
                rows.clone(),
                group,
                convolved,
            );
            let values = rows.start * row_values..rows.end * row_values;
            let out_values = &mut out.values[values.clone()];
            if self.config.is_residual {
                out_values.copy_from_slice(&input.values[values]);
            } else {
                out_values.fill(0.0);
            }
            let count = rows.len() * out.width;
            let target = MatrixMut::new(out_values, count, out.channels, out.channels);
            arithmetic.add_product(convolved, &self.project, target);
        }
        let rows = Matrix::new(
            &out.values,
            out.height * out.width,
            out.channels,
            out.channels,
        );
        arithmetic.prepare(rows, &mut out.operand);
    }

    /// Expands and convolves what the outputs of `rows` need, group by group.
    fn convolve(
        &self,
        arithmetic: A,
        maps: &[A::Linear],
        input: &Input<'_, A>,
        rows: Range<usize>,
        group: &mut Vec<Pixel>,
        convolved: &mut A::Operand,
    ) {
        // Products begin at certain rows only; those before the band's are made in vain.
        let start = input.pixels.start / A::ROW_STEP * A::ROW_STEP;
        let (count, skipped) = (input.pixels.end - start, input.pixels.start - start);
        if group.len() < count {
            group.resize(count, [0.0; GROUP]);
        }
        for (index, map) in maps.iter().enumerate() {
            let channels = self.depthwise.group_channels(index);
            let out = MatrixMut::new(group.as_flattened_mut(), count, channels, GROUP);
            arithmetic.relu6(input.x, input.operand, start..input.pixels.end, map, out);
            let band = Band {
                pixels: &group[skipped..count],
                first_row: input.first_row,
                height: input.height,
                width: input.width,
            };
            arithmetic.depthwise(&self.depthwise, index, band, rows.clone(), convolved);
        }
    }

    /// Rows of outputs that are worked on together: bands of about the same height.
    fn band_rows(&self, height: usize, width: usize, input_width: usize) -> usize {
        let window = self.config.window;
        let shared = window.kernel().saturating_sub(window.stride()) * input_width * GROUP;
        let row = window.stride() * input_width * GROUP + width * self.config.expanded;
        let most = BAND_VALUES.saturating_sub(shared) / row.max(1);
        let bands = height.div_ceil(most.max(1)).max(1);
        height.div_ceil(bands).max(1)
    }
}
