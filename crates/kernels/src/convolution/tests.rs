//! Depthwise convolutions of every variant against sums in double precision.

use super::{
    Band, GROUP, PackedDepthwise, Pixel, Window, depthwise, depthwise_bf16, depthwise_bytes,
};
use crate::bf16::{Blocked, BlockedMut, Tile, from_bf16, to_bf16};
use crate::bytes::{Bytes, greatest_level};
use crate::isa::Isa;
use crate::matrix::MatrixMut;
use crate::testing::{assert_close, numbers, variants};

/// An image of random numbers that reach beyond the limits of ReLU6.
struct Case {
    window: Window,
    height: usize,
    width: usize,
    channels: usize,
    pixels: Vec<Vec<Pixel>>,
    weights: Vec<f32>,
    bias: Vec<f32>,
}

impl Case {
    fn new(window: Window, height: usize, width: usize, channels: usize) -> Self {
        let taps = window.kernel() * window.kernel();
        let groups = channels.div_ceil(GROUP);
        let pixels = (0..groups).map(|group| {
            let values = numbers(group as u64, height * width * GROUP);
            values.as_chunks().0.to_vec()
        });
        Self {
            window,
            height,
            width,
            channels,
            pixels: pixels.collect(),
            weights: numbers(77, channels * taps)
                .iter()
                .map(|x| 3.0 * x)
                .collect(),
            bias: numbers(78, channels)
                .iter()
                .map(|x| 3.0 + 3.0 * x)
                .collect(),
        }
    }

    fn pack(&self, isa: Isa) -> PackedDepthwise {
        PackedDepthwise::pack(isa, self.window, &self.weights, &self.bias)
    }

    /// Computes the rows in bands of `rows`, with no more of the image than each band sees.
    fn run(&self, isa: Isa, rows: usize) -> Vec<f32> {
        let packed = self.pack(isa);
        let (height, columns) = (
            self.window.outputs(self.height),
            self.window.outputs(self.width),
        );
        let mut out = vec![f32::NAN; height * columns * self.channels];
        for (group, pixels) in self.pixels.iter().enumerate() {
            let channels = packed.group_channels(group);
            for first in (0..height).step_by(rows) {
                let rows = first..height.min(first + rows);
                let seen = self.window.seen(rows.clone(), self.height);
                let band = Band {
                    pixels: &pixels[seen.start * self.width..seen.end * self.width],
                    first_row: seen.start,
                    height: self.height,
                    width: self.width,
                };
                let start = first * columns * self.channels + group * GROUP;
                let count = rows.len() * columns;
                let out = out.get_mut(start..).unwrap_or_default();
                let out = MatrixMut::new(out, count, channels, self.channels);
                depthwise(&packed, group, band, rows, out);
            }
        }
        out
    }

    fn expected(&self) -> Vec<f64> {
        let (kernel, stride) = (self.window.kernel(), self.window.stride());
        let (height, columns) = (
            self.window.outputs(self.height),
            self.window.outputs(self.width),
        );
        let top = self.window.padding_before(self.height) as isize;
        let left = self.window.padding_before(self.width) as isize;
        let mut out = Vec::new();
        for row in 0..height {
            for column in 0..columns {
                for channel in 0..self.channels {
                    let mut sum = f64::from(self.bias[channel]);
                    for y in 0..kernel {
                        for x in 0..kernel {
                            let row = (row * stride + y) as isize - top;
                            let column = (column * stride + x) as isize - left;
                            if (0..self.height as isize).contains(&row)
                                && (0..self.width as isize).contains(&column)
                            {
                                let index = row as usize * self.width + column as usize;
                                let pixel = self.pixels[channel / GROUP][index][channel % GROUP];
                                let weight = self.weights[(channel * kernel + y) * kernel + x];
                                sum += f64::from(pixel) * f64::from(weight);
                            }
                        }
                    }
                    out.push(sum.clamp(0.0, 6.0));
                }
            }
        }
        out
    }
}

fn windows() -> impl Iterator<Item = Window> {
    [(3, 1), (3, 2), (5, 1), (5, 2)]
        .into_iter()
        .filter_map(|(kernel, stride)| Window::new(kernel, stride))
}

#[test]
fn every_variant_agrees_at_every_size() {
    for isa in variants() {
        for window in windows() {
            for (height, width) in [
                (0, 3),
                (3, 0),
                (1, 1),
                (2, 3),
                (3, 2),
                (5, 9),
                (4, 17),
                (7, 33),
            ] {
                for channels in [1, 7, 8, 9, 16, 17, 31, 32, 33, 48] {
                    let case = Case::new(window, height, width, channels);
                    let subject = format!("{isa}, {window:?}, {height} x {width} x {channels}");
                    assert_close(&case.run(isa, 1000), &case.expected(), 3e-6, &subject);
                }
            }
        }
    }
}

#[test]
fn results_do_not_depend_on_where_rows_are_cut() {
    for isa in variants() {
        for window in windows() {
            let case = Case::new(window, 13, 21, 40);
            let whole = case.run(isa, 1000);
            for rows in [1, 2, 3, 5] {
                assert!(
                    case.run(isa, rows) == whole,
                    "{isa}, {window:?}, {rows} rows"
                );
            }
        }
    }
}

#[test]
fn bf16_results_are_the_rounded_ones_and_fill_their_tiles() {
    for isa in variants() {
        for window in windows() {
            for channels in [1, 8, 15, 16, 17, 32, 33, 48, 64] {
                let case = Case::new(window, 5, 9, channels);
                let packed = case.pack(isa);
                let rows = window.outputs(5) * window.outputs(9);
                let mut tiles = vec![Tile([0x7fc0; 512]); Blocked::tile_count(rows, channels)];
                let mut out = BlockedMut::new(&mut tiles, rows, channels);
                for (group, pixels) in case.pixels.iter().enumerate() {
                    let mut pixels = pixels.clone();
                    for pixel in &mut pixels {
                        pixel[packed.group_channels(group)..].fill(f32::NAN);
                    }
                    let band = Band {
                        pixels: &pixels,
                        first_row: 0,
                        height: 5,
                        width: 9,
                    };
                    depthwise_bf16(&packed, group, band, 0..window.outputs(5), &mut out);
                }
                let expected = case.run(isa, 1000);
                let depth = channels.div_ceil(32);
                for row in 0..rows {
                    for column in 0..depth * 32 {
                        let tile = &tiles[row / 16 * depth + column / 32].0;
                        let found = from_bf16(tile[row % 16 * 32 + column % 32]);
                        let expected = if column < channels {
                            from_bf16(to_bf16(expected[row * channels + column]))
                        } else {
                            0.0
                        };
                        let subject = format!("{isa}, {window:?}, {channels}, {row}, {column}");
                        assert_eq!(found, expected, "{subject}");
                    }
                }
            }
        }
    }
}

#[test]
fn bytes_are_the_results_in_equal_steps() {
    for isa in variants() {
        let greatest = f32::from(greatest_level(isa));
        for window in windows() {
            for channels in [1, 8, 15, 16, 17, 32, 33, 48, 64] {
                let case = Case::new(window, 5, 9, channels);
                let packed = case.pack(isa);
                let rows = window.outputs(5) * window.outputs(9);
                let stride = channels.next_multiple_of(4);
                let mut bytes = vec![77; Bytes::count(rows, channels) + 5];
                for (group, pixels) in case.pixels.iter().enumerate() {
                    let band = Band {
                        pixels,
                        first_row: 0,
                        height: 5,
                        width: 9,
                    };
                    depthwise_bytes(&packed, group, band, 0..window.outputs(5), &mut bytes);
                }
                let results = case.run(isa, 1000);
                for (row, results) in results.chunks(channels).enumerate() {
                    let found = &bytes[row * stride..][..stride];
                    let expected = results
                        .iter()
                        .map(|x| (x * (greatest / 6.0)).round_ties_even());
                    let subject = format!("{isa}, {window:?}, {channels}, {row}");
                    assert!(
                        expected.eq(found[..channels].iter().map(|&x| f32::from(x))),
                        "{subject}"
                    );
                    assert!(found[channels..].iter().all(|&x| x == 77), "{subject}");
                }
                assert_eq!(bytes[rows * stride..], [77; 5]);
            }
        }
    }
}

#[test]
#[should_panic(expected = "the windows see rows 2..7, the band has 4 from 2")]
fn refuses_bands_that_are_too_short() {
    let case = Case::new(Window::new(5, 1).unwrap(), 9, 4, 32);
    let band = Band {
        pixels: &case.pixels[0][8..24],
        first_row: 2,
        height: 9,
        width: 4,
    };
    let mut out = vec![0.0; 4 * 32];
    depthwise(
        &case.pack(Isa::Portable),
        0,
        band,
        4..5,
        MatrixMut::new(&mut out, 4, 32, 32),
    );
}
