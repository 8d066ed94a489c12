//! Windows of depthwise convolutions, up to eight side by side.
//!
//! Eight sums hide the latency of the multiply-adds. Pixels are loaded once a multiply-add,
//! not kept in registers for the neighbouring windows: load ports keep up with the arithmetic.

use super::lanes::{Lanes, Operation};
use crate::bytes::RELU6_LIMIT;
use crate::convolution::{GROUP, Pixel, Results, WindowRows};

/// Windows side by side, at most.
const BLOCK: usize = 8;

/// Channels of a cache line.
const LINE: usize = 16;

/// See [`crate::backend::Backend::depthwise`].
pub(crate) struct Depthwise<'a> {
    pub(crate) rows: WindowRows<'a>,
    pub(crate) out: Results<'a>,
}

impl Operation for Depthwise<'_> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        match (self.rows.window.kernel(), self.rows.window.stride()) {
            (3, 1) => self.rows_of::<L, 3, 1>(l),
            (3, _) => self.rows_of::<L, 3, 2>(l),
            (_, 1) => self.rows_of::<L, 5, 1>(l),
            _ => self.rows_of::<L, 5, 2>(l),
        }
    }
}

impl Depthwise<'_> {
    #[inline(always)]
    fn rows_of<L: Lanes, const K: usize, const S: usize>(self, l: L) {
        let Self { rows, mut out } = self;
        // Whatever the width of a vector, a cache line of each pixel is read once.
        for line in (0..rows.channels).step_by(LINE) {
            for row in 0..rows.count {
                let mut inputs = [None; K];
                for (y, input) in inputs.iter_mut().enumerate() {
                    *input = rows.input_row(row, y);
                }
                for lane in (line..rows.channels.min(line + LINE)).step_by(L::WIDTH) {
                    let windows = Windows::<K> {
                        inputs: &inputs,
                        rows: &rows,
                        lane,
                    };
                    windows.row::<L, S>(l, &mut out, row);
                }
            }
        }
        if let Results::Tiles { tiles, depth } = out {
            // Products read the columns that fill up the last tile.
            let written = rows.channels.next_multiple_of(L::WIDTH);
            for index in 0..rows.count * rows.columns {
                Results::tile_row(tiles, depth, index)[written..].fill(0);
            }
        }
    }
}

/// The windows of one row, a register of channels.
struct Windows<'a, const K: usize> {
    inputs: &'a [Option<&'a [Pixel]>; K],
    rows: &'a WindowRows<'a>,
    /// First of the channels.
    lane: usize,
}

impl<const K: usize> Windows<'_, K> {
    #[inline(always)]
    fn row<L: Lanes, const S: usize>(&self, l: L, out: &mut Results<'_>, row: usize) {
        assert!(self.lane + L::WIDTH <= GROUP, "channels of a group");
        let (columns, left, width) = (self.rows.columns, self.rows.left, self.rows.width());
        // The windows that lie within the image; those before and behind them don't.
        let start = left.div_ceil(S).min(columns);
        let end = match (width + left).checked_sub(K) {
            Some(room) => (room / S + 1).clamp(start, columns),
            None => start,
        };
        for column in (0..start).chain(end..columns) {
            let sum = self.border::<L, S>(l, column);
            self.store(l, [sum], out, row * columns + column);
        }
        let blocks = (end - start).div_ceil(BLOCK);
        for block in 0..blocks {
            let first = start + block * (end - start) / blocks;
            let count = start + (block + 1) * (end - start) / blocks - first;
            let index = row * columns + first;
            macro_rules! by_count {
                ($($count:literal)*) => {
                    match count {
                        $($count => {
                            let sums = self.inside::<L, S, $count>(l, first * S - left);
                            self.store(l, sums, out, index);
                        })*
                        _ => unreachable!("a block has 1 to {BLOCK} windows"),
                    }
                };
            }
            by_count!(1 2 3 4 5 6 7 8);
        }
    }

    /// Neighbouring windows within the image, of which the first begins at `column`.
    #[inline(always)]
    fn inside<L: Lanes, const S: usize, const P: usize>(
        &self,
        l: L,
        column: usize,
    ) -> [L::Vector; P] {
        let mut sums = [l.load(&self.rows.bias[self.lane..], 0.0); P];
        for (pixels, weights) in self.taps() {
            let pixels = &pixels[column..][..(P - 1) * S + K];
            for (x, weight) in weights.iter().enumerate() {
                let weight = l.load(&weight[self.lane..], 0.0);
                for (p, sum) in sums.iter_mut().enumerate() {
                    let pixel = l.load(&pixels[p * S + x][self.lane..], 0.0);
                    *sum = l.multiply_add(pixel, weight, *sum);
                }
            }
        }
        sums
    }

    /// The window of output `column`, a part of which lies beyond the image.
    #[inline(always)]
    fn border<L: Lanes, const S: usize>(&self, l: L, column: usize) -> L::Vector {
        let (left, width) = (self.rows.left, self.rows.width());
        let skipped = left.saturating_sub(column * S);
        let first = column * S + skipped - left;
        let count = (K - skipped).min(width - first);
        // A sum for each row: one for all would wait for itself.
        let mut sums = [l.splat(0.0); K];
        for ((pixels, weights), sum) in self.taps().zip(&mut sums) {
            let taps = pixels[first..][..count].iter().zip(&weights[skipped..]);
            for (pixel, weight) in taps {
                let weight = l.load(&weight[self.lane..], 0.0);
                *sum = l.multiply_add(l.load(&pixel[self.lane..], 0.0), weight, *sum);
            }
        }
        let bias = l.load(&self.rows.bias[self.lane..], 0.0);
        let mut total = bias;
        for sum in sums {
            total = l.add(total, sum);
        }
        total
    }

    /// The rows of the windows that lie within the image, with their weights.
    #[inline(always)]
    fn taps(&self) -> impl Iterator<Item = (&[Pixel], &[Pixel; K])> {
        let rows = self.inputs.iter().zip(self.rows.weights.as_chunks::<K>().0);
        rows.filter_map(
            #[inline(always)]
            |(pixels, weights)| pixels.map(|pixels| (pixels, weights)),
        )
    }

    /// ReLU6 of the sums, to the results from `index` on.
    #[inline(always)]
    fn store<L: Lanes, const P: usize>(
        &self,
        l: L,
        mut sums: [L::Vector; P],
        out: &mut Results<'_>,
        index: usize,
    ) {
        for sum in &mut sums {
            *sum = l.minimum(l.maximum(*sum, l.splat(0.0)), l.splat(6.0));
        }
        match out {
            Results::Rows(out) => {
                let channels = L::WIDTH.min(self.rows.channels - self.lane);
                for (p, sum) in sums.into_iter().enumerate() {
                    let start = (index + p) * out.stride + self.lane;
                    l.store(sum, &mut out.data[start..][..channels]);
                }
            }
            Results::Tiles { tiles, depth } => {
                // Channels that there are not have no weights and no bias. What their pixels
                // hold may be anything: of a NaN the maximum makes zero.
                for (p, sum) in sums.into_iter().enumerate() {
                    let out = Results::tile_row(tiles, *depth, index + p);
                    l.store_bf16(sum, &mut out[self.lane..][..L::WIDTH]);
                }
            }
            Results::Bytes { data, stride } => {
                let channels = L::WIDTH.min(self.rows.channels - self.lane);
                let levels = l.splat(f32::from(L::GREATEST_LEVEL) / RELU6_LIMIT);
                for (p, sum) in sums.into_iter().enumerate() {
                    let start = (index + p) * *stride + self.lane;
                    l.store_bytes(l.multiply(sum, levels), &mut data[start..][..channels]);
                }
            }
        }
    }
}
