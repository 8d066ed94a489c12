//! Plain loops for any CPU: the specification that every other variant is tested against.
//!
//! Written to be obviously right and never tuned. Multiplication and addition round
//! separately: a fused multiply-add is a library call on CPUs without one.

mod math;

pub(crate) use math::{gelu, silu};

use crate::backend::{Backend, End, Epilogue, SoftmaxRow, Start, check_tile};
use crate::bf16::to_bf16;
use crate::bytes::{self, Bytes, LEAST, RELU6_LIMIT, middle};
use crate::convolution::{Results, WindowRows};
use crate::matrix::{Matrix, Strided, StridedMut};

/// The variant that needs no CPU feature.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Portable;

/// The first `C` columns of a tile: see [`Backend::tile`].
fn tile<const C: usize>(
    rows: usize,
    a: Strided<'_>,
    b: &[f32],
    c: &mut StridedMut<'_>,
    start: Start,
    end: End<'_>,
) {
    let depth = check_tile::<Portable>(rows, C, a, b, c, end);
    for r in 0..rows {
        let out = &mut c.data[r * c.stride..][..C];
        if start == Start::Zero {
            out.fill(0.0);
        }
        for k in 0..depth {
            let x = a.data[r * a.stride + k];
            for (sum, y) in out.iter_mut().zip(&b[k * Portable::COLUMNS..]) {
                *sum += x * y;
            }
        }
        if let End::Relu6(bias) = end {
            for (sum, bias) in out.iter_mut().zip(bias) {
                *sum = (*sum + bias).clamp(0.0, 6.0);
            }
        }
    }
}

impl Backend for Portable {
    const ROWS: usize = 4;
    const COLUMNS: usize = 16;
    const GREATEST_LEVEL: u8 = u8::MAX;

    fn tile(
        self,
        rows: usize,
        a: Strided<'_>,
        b: &[f32],
        mut c: StridedMut<'_>,
        start: Start,
        end: End<'_>,
    ) {
        tile::<{ Self::COLUMNS }>(rows, a, b, &mut c, start, end);
    }

    fn half_tile(
        self,
        rows: usize,
        a: Strided<'_>,
        b: &[f32],
        mut c: StridedMut<'_>,
        start: Start,
        end: End<'_>,
    ) {
        tile::<{ Self::COLUMNS / 2 }>(rows, a, b, &mut c, start, end);
    }

    fn finish(
        self,
        rows: usize,
        sums: Strided<'_>,
        bias: &[f32],
        epilogue: Epilogue<'_>,
        out: StridedMut<'_>,
    ) {
        for r in 0..rows {
            let sums = &sums.data[r * sums.stride..][..bias.len()];
            let out = &mut out.data[r * out.stride..][..bias.len()];
            for (j, out) in out.iter_mut().enumerate() {
                let sum = sums[j] + bias[j];
                match epilogue {
                    Epilogue::Bias => *out = sum,
                    Epilogue::BiasRelu6 => *out = sum.clamp(0.0, 6.0),
                    Epilogue::BiasGelu => *out = gelu(sum),
                    Epilogue::BiasSilu => *out = silu(sum),
                    Epilogue::BiasGeluTanh => *out = math::gelu_tanh(sum),
                    Epilogue::BiasResidual => *out += sum,
                    Epilogue::BiasScaleResidual(scale) => *out += sum * scale[j],
                }
            }
        }
    }

    fn softmax(self, logits: &mut [f32], scale: f32, row: &mut SoftmaxRow) -> f32 {
        let largest = logits.iter().fold(f32::NEG_INFINITY, |max, &x| max.max(x));
        let maximum = row.maximum.max(largest * scale);
        let factor = math::exp(row.maximum - maximum);
        let mut sum = 0.0;
        for x in logits.iter_mut() {
            *x = math::exp(*x * scale - maximum);
            sum += *x;
        }
        *row = SoftmaxRow {
            maximum,
            sum: row.sum * factor + sum,
        };
        factor
    }

    fn scale(self, values: &mut [f32], factor: f32) {
        for x in values {
            *x *= factor;
        }
    }

    fn layer_norm(self, x: &[f32], gain: &[f32], bias: &[f32], epsilon: f32, out: &mut [f32]) {
        // In double precision: one long f32 sum would be worse than the vectors' many short ones.
        let count = x.len() as f64;
        let mean = x.iter().map(|&x| f64::from(x)).sum::<f64>() / count;
        let squares = x
            .iter()
            .map(|&x| (f64::from(x) - mean).powi(2))
            .sum::<f64>();
        let scale = 1.0 / (squares / count + f64::from(epsilon)).sqrt();
        for (j, out) in out.iter_mut().enumerate() {
            *out = ((f64::from(x[j]) - mean) * scale) as f32 * gain[j] + bias[j];
        }
    }

    fn swiglu(self, gate: &mut [f32], up: &[f32]) {
        for (gate, up) in gate.iter_mut().zip(up) {
            *gate = silu(*gate) * up;
        }
    }

    fn depthwise(self, rows: WindowRows<'_>, mut out: Results<'_>) {
        let (kernel, stride) = (rows.window.kernel(), rows.window.stride());
        for index in 0..rows.count * rows.columns {
            let (row, column) = (index / rows.columns, index % rows.columns);
            let mut sums = *rows.bias;
            for y in 0..kernel {
                let Some(pixels) = rows.input_row(row, y) else {
                    continue;
                };
                for x in 0..kernel {
                    let column = (column * stride + x).checked_sub(rows.left);
                    if let Some(pixel) = column.and_then(|column| pixels.get(column)) {
                        let weights = &rows.weights[y * kernel + x];
                        for (channel, sum) in sums[..rows.channels].iter_mut().enumerate() {
                            *sum += pixel[channel] * weights[channel];
                        }
                    }
                }
            }
            let results = sums.map(|sum| sum.clamp(0.0, 6.0));
            match &mut out {
                Results::Rows(out) => {
                    let out = &mut out.data[index * out.stride..][..rows.channels];
                    out.copy_from_slice(&results[..rows.channels]);
                }
                Results::Tiles { tiles, depth } => {
                    let out = Results::tile_row(tiles, *depth, index);
                    for (out, result) in out.iter_mut().zip(results) {
                        *out = to_bf16(result);
                    }
                }
                Results::Bytes { data, stride } => {
                    let levels = f32::from(Self::GREATEST_LEVEL) / RELU6_LIMIT;
                    let out = &mut data[index * *stride..][..rows.channels];
                    for (out, result) in out.iter_mut().zip(results) {
                        *out = (result * levels).round_ties_even() as u8;
                    }
                }
            }
        }
    }

    fn multiply_bytes(
        self,
        x: Bytes<'_>,
        weights: &bytes::PackedLinear,
        epilogue: bytes::Epilogue,
        out: StridedMut<'_>,
    ) {
        for row in 0..x.rows() {
            let activations = x.row(row).as_flattened();
            let (step, middle) = match x.steps() {
                Some(steps) => (steps[row], i32::from(middle(Self::GREATEST_LEVEL))),
                None => (RELU6_LIMIT / f32::from(Self::GREATEST_LEVEL), 0),
            };
            for output in 0..weights.outputs() {
                let sum: i32 = (0..weights.inputs())
                    .map(|k| {
                        (i32::from(activations[k]) - middle) * i32::from(weights.integer(output, k))
                    })
                    .sum();
                let factor = step * weights.steps()[output];
                let result = sum as f32 * factor + weights.bias()[output];
                let out = &mut out.data[row * out.stride + output];
                match epilogue {
                    bytes::Epilogue::Relu6 => *out = result.clamp(0.0, RELU6_LIMIT),
                    bytes::Epilogue::Residual => *out += result,
                }
            }
        }
    }

    fn quantise_rows(self, x: Matrix<'_>, out: &mut [u8], steps: &mut [f32]) {
        let middle = middle(Self::GREATEST_LEVEL);
        let greatest_integer = f32::from(Self::GREATEST_LEVEL - middle);
        let stride = x.columns().next_multiple_of(bytes::FOUR);
        for row in 0..x.rows() {
            let x = x.row(row);
            let greatest = x.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
            let (step, inverse) = if greatest < LEAST {
                (0.0, 0.0)
            } else {
                (greatest / greatest_integer, greatest_integer / greatest)
            };
            steps[row] = step;
            for (out, x) in out[row * stride..].iter_mut().zip(x) {
                *out = (x * inverse + f32::from(middle)).round_ties_even() as u8;
            }
        }
    }
}
