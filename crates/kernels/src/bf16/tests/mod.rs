//! Every variant of products and norms against the results in double precision.

mod attention;
mod gated;
mod turn;

use super::{
    AttendScratch, Blocked, BlockedMut, HEAD_SIZE, Heads, HeadsMut, Output, PackedLinear,
    ROW_GROUP, Tile, Variant, attend, layer_norm, linear, to_bf16,
};
use crate::isa::{Amx, Avx512Bf16};
use crate::matrix::{Matrix, MatrixMut};
use crate::testing::{assert_close, erf, numbers};

/// Rounding to bf16: half a unit of its 8 bits, relative to the least number of 8 bits.
const ROUNDING: f64 = 1.0 / 256.0;

/// Two variants' sums differ by rounding in f32, which can carry a result to the neighbouring
/// bf16: a whole unit.
const NEIGHBOUR: f64 = 1.0 / 128.0;

/// The vector GELU's own bound is 1.7e-4.
const GELU_BOUND: f64 = 2e-4;

fn variants() -> Vec<Variant> {
    if Avx512Bf16::detect().is_none() {
        println!("avx512-bf16: skipped, this CPU lacks it");
    }
    if Amx::detect().is_none() {
        println!("amx: skipped, this CPU lacks it");
    }
    Variant::available()
}

/// Tiles full of NaN: whatever reads what nobody wrote shows.
fn dirty(count: usize) -> Vec<Tile> {
    vec![Tile([0x7fc0; 512]); count]
}

fn blocked(data: &[f32], rows: usize, columns: usize) -> Vec<Tile> {
    let mut tiles = dirty(Blocked::tile_count(rows, columns));
    let mut matrix = BlockedMut::new(&mut tiles, rows, columns);
    for row in 0..rows {
        matrix.write_row(row, &data[row * columns..][..columns]);
    }
    tiles
}

fn rounded(x: f32) -> f64 {
    f64::from(super::from_bf16(to_bf16(x)))
}

fn values(matrix: Blocked<'_>) -> Vec<f32> {
    let index = |i| (i / matrix.columns(), i % matrix.columns());
    (0..matrix.rows() * matrix.columns())
        .map(|i| matrix.get(index(i).0, index(i).1))
        .collect()
}

/// Compares numbers that were rounded to bf16; `absolute` is what they were off before.
#[track_caller]
fn assert_rounded(found: &[f32], expected: &[f64], absolute: f64, subject: &str) {
    assert_eq!(found.len(), expected.len(), "{subject}");
    for (index, (&found, &expected)) in found.iter().zip(expected).enumerate() {
        let tolerance = absolute + expected.abs() * NEIGHBOUR;
        assert!(
            (f64::from(found) - expected).abs() <= tolerance,
            "{subject}: element {index} is {found}, expected {expected} +- {tolerance:e}"
        );
    }
}

#[derive(Clone, Copy)]
struct Case {
    rows: usize,
    inputs: usize,
    outputs: usize,
}

impl Case {
    fn operands(self) -> (Vec<f32>, Vec<f32>, Vec<f32>) {
        (
            numbers(1, self.rows * self.inputs),
            numbers(2, self.outputs * self.inputs),
            numbers(3, self.outputs),
        )
    }

    /// Sums and bias in double precision of operands rounded to bf16.
    fn sums(self) -> Vec<f64> {
        let (x, weights, bias) = self.operands();
        let x: Vec<f64> = x.iter().map(|&x| rounded(x)).collect();
        let weights: Vec<f64> = weights.iter().map(|&x| rounded(x)).collect();
        (0..self.rows * self.outputs)
            .map(|i| {
                let (row, output) = (i / self.outputs, i % self.outputs);
                let a = &x[row * self.inputs..][..self.inputs];
                let b = &weights[output * self.inputs..][..self.inputs];
                let sum: f64 = a.iter().zip(b).map(|(a, b)| a * b).sum();
                sum + f64::from(bias[output])
            })
            .collect()
    }

    /// Rounding of f32 sums of products below 1 in magnitude.
    fn tolerance(self) -> f64 {
        1e-6 + self.inputs as f64 * 2e-7
    }

    fn check(self, variant: Variant) {
        let Self {
            rows,
            inputs,
            outputs,
        } = self;
        let subject = format!("{}, {rows} x {inputs} x {outputs}", variant.name());
        let (x, weights, bias) = self.operands();
        let packed = PackedLinear::pack(variant, outputs, inputs, &weights, Some(&bias));
        let tiles = blocked(&x, rows, inputs);
        let x = Blocked::new(&tiles, rows, inputs);
        let sums = self.sums();

        let mut out = dirty(Blocked::tile_count(rows, outputs));
        let target = BlockedMut::new(&mut out, rows, outputs);
        linear(x, &packed, Output::Blocked(target));
        let found = values(Blocked::new(&out, rows, outputs));
        assert_rounded(&found, &sums, self.tolerance(), &subject);
        check_padding(&out, rows, outputs, &subject);

        let target = BlockedMut::new(&mut out, rows, outputs);
        linear(x, &packed, Output::Gelu(target));
        let found = values(Blocked::new(&out, rows, outputs));
        let gelu: Vec<f64> = sums
            .iter()
            .map(|x| 0.5 * x * (1.0 + erf(x / 2_f64.sqrt())))
            .collect();
        assert_rounded(&found, &gelu, 1.2 * self.tolerance() + GELU_BOUND, &subject);
        check_padding(&out, rows, outputs, &subject);

        let target = BlockedMut::new(&mut out, rows, outputs);
        linear(x, &packed, Output::Silu(target));
        let found = values(Blocked::new(&out, rows, outputs));
        let silu: Vec<f64> = sums.iter().map(|x| x / (1.0 + (-x).exp())).collect();
        assert_rounded(&found, &silu, 1.2 * self.tolerance(), &subject);
        check_padding(&out, rows, outputs, &subject);

        // A gap between rows, which nothing may write to.
        let stride = outputs + 3;
        let before = numbers(5, rows * stride);
        let mut out = before.clone();
        let target = MatrixMut::new(&mut out, rows, outputs, stride);
        linear(x, &packed, Output::Relu6(target));
        let mut expected: Vec<f64> = before.iter().map(|&x| f64::from(x)).collect();
        for row in 0..rows {
            for j in 0..outputs {
                expected[row * stride + j] = sums[row * outputs + j].clamp(0.0, 6.0);
            }
        }
        assert_close(&out, &expected, self.tolerance(), &subject);

        let scale = numbers(4, outputs);
        for scale in [None, Some(&scale[..])] {
            let before = numbers(5, rows * stride);
            let mut out = before.clone();
            let target = MatrixMut::new(&mut out, rows, outputs, stride);
            linear(x, &packed, Output::Residual { out: target, scale });
            let mut expected: Vec<f64> = before.iter().map(|&x| f64::from(x)).collect();
            for row in 0..rows {
                for j in 0..outputs {
                    let factor = scale.map_or(1.0, |scale| f64::from(scale[j]));
                    expected[row * stride + j] += sums[row * outputs + j] * factor;
                }
            }
            assert_close(&out, &expected, self.tolerance(), &subject);
        }
    }
}

/// Columns beyond the last one are zero in every row.
fn check_padding(tiles: &[Tile], rows: usize, columns: usize, subject: &str) {
    let depth = columns.div_ceil(32);
    let rest = columns - (depth.max(1) - 1) * 32;
    for row in 0..rows {
        if depth > 0 {
            let tile = &tiles[row / 16 * depth + depth - 1].0[row % 16 * 32..][..32];
            assert!(tile[rest..].iter().all(|&x| x == 0), "{subject}, row {row}");
        }
    }
}

#[test]
fn products_agree_at_every_edge_of_rows_and_panels() {
    for variant in variants() {
        for rows in [0, 1, 15, 16, 17, 31, 32, 33, 47, 48, 49, 65] {
            for outputs in [0, 1, 15, 16, 17, 31, 32, 33, 64] {
                Case {
                    rows,
                    inputs: 40,
                    outputs,
                }
                .check(variant);
            }
        }
    }
}

#[test]
fn products_agree_at_every_edge_of_inputs() {
    for variant in variants() {
        for inputs in [0, 1, 2, 31, 32, 33, 63, 64, 65, 96, 384, 588, 1536] {
            Case {
                rows: 50,
                inputs,
                outputs: 70,
            }
            .check(variant);
        }
    }
}

#[test]
fn products_agree_when_more_rows_than_wait_go_through_several_passes() {
    for variant in variants() {
        Case {
            rows: 401,
            inputs: 600,
            outputs: 34,
        }
        .check(variant);
    }
}

#[test]
fn gelu_keeps_its_bound_far_from_zero() {
    let bias: Vec<f32> = (-1000..=1000).map(|i| i as f32 * 0.02).collect();
    for variant in variants() {
        let count = bias.len();
        let packed = PackedLinear::pack(variant, count, 1, &vec![0.0; count], Some(&bias));
        let x = blocked(&[1.0], 1, 1);
        let mut out = dirty(Blocked::tile_count(1, count));
        let target = BlockedMut::new(&mut out, 1, count);
        linear(Blocked::new(&x, 1, 1), &packed, Output::Gelu(target));
        let expected: Vec<f64> = bias
            .iter()
            .map(|&x| f64::from(x) * 0.5 * (1.0 + erf(f64::from(x) / 2_f64.sqrt())))
            .collect();
        let found = values(Blocked::new(&out, 1, count));
        for (found, expected) in found.iter().zip(expected) {
            let error = (f64::from(*found) - expected).abs();
            assert!(
                error <= GELU_BOUND + expected.abs() * ROUNDING,
                "{} of {expected}: {found}",
                variant.name()
            );
        }
    }
}

/// The tiles that hold rows `first..first + rows` of `x`.
fn part(tiles: &[Tile], columns: usize, first: usize, rows: usize) -> Blocked<'_> {
    let start = Blocked::tile_count(first, columns);
    Blocked::new(&tiles[start..], rows, columns)
}

#[test]
fn a_row_is_the_same_bits_wherever_rows_are_cut() {
    let case = Case {
        rows: 150,
        inputs: 200,
        outputs: 384,
    };
    let (x, weights, bias) = case.operands();
    let tiles = blocked(&x, case.rows, case.inputs);
    for variant in variants() {
        let packed = PackedLinear::pack(variant, 384, case.inputs, &weights, Some(&bias));
        let gated = PackedLinear::pack_gated(variant, 192, case.inputs, &weights, Some(&bias));
        let heads = PackedLinear::pack_heads(variant, 2, case.inputs, &weights, Some(&bias));
        let run = |cut: usize| {
            let mut gelu = dirty(Blocked::tile_count(case.rows, 384));
            let mut gates = dirty(Blocked::tile_count(case.rows, 192));
            let mut residual = numbers(7, case.rows * 384);
            let mut split = dirty(Heads::tile_count(case.rows, 2));
            for first in (0..case.rows).step_by(cut) {
                let rows = cut.min(case.rows - first);
                let x = part(&tiles, case.inputs, first, rows);
                let out = &mut gelu[Blocked::tile_count(first, 384)..];
                linear(x, &packed, Output::Gelu(BlockedMut::new(out, rows, 384)));
                let out = &mut gates[Blocked::tile_count(first, 192)..];
                linear(x, &gated, Output::SwiGlu(BlockedMut::new(out, rows, 192)));
                let out = MatrixMut::new(&mut residual[first * 384..], rows, 384, 384);
                linear(x, &packed, Output::Residual { out, scale: None });
                let out = &mut split[Heads::tile_count(first, 2)..];
                linear(x, &heads, Output::Heads(HeadsMut::new(out, rows, 2)));
            }
            let mut attended = dirty(Blocked::tile_count(case.rows, 2 * HEAD_SIZE));
            for first in (0..case.rows).step_by(cut) {
                let rows = cut.min(case.rows - first);
                attend(
                    variant,
                    Heads::new(&split, case.rows, 2),
                    first,
                    &mut AttendScratch::default(),
                    BlockedMut::new(
                        &mut attended[Blocked::tile_count(first, 2 * HEAD_SIZE)..],
                        rows,
                        2 * HEAD_SIZE,
                    ),
                );
            }
            (
                values(Blocked::new(&gelu, case.rows, 384)),
                values(Blocked::new(&gates, case.rows, 192)),
                residual,
                values(Blocked::new(&attended, case.rows, 2 * HEAD_SIZE)),
            )
        };
        let whole = run(160);
        for cut in [ROW_GROUP, 64, 96] {
            assert!(run(cut) == whole, "{}, cut at {cut}", variant.name());
        }
    }
}

#[test]
fn layer_norm_agrees_at_every_width() {
    const EPSILON: f32 = 1e-6;
    for variant in variants() {
        for columns in [1, 2, 15, 16, 17, 31, 32, 33, 384, 1536] {
            for rows in [0, 1, 16, 17] {
                let (stride, offset) = (columns + 3, 5.0);
                let x: Vec<f32> = numbers(1, rows * stride)
                    .iter()
                    .map(|x| x + offset)
                    .collect();
                let mut out = dirty(Blocked::tile_count(rows, columns));
                layer_norm(
                    variant,
                    Matrix::new(&x, rows, columns, stride),
                    EPSILON,
                    BlockedMut::new(&mut out, rows, columns),
                );
                let subject = format!("{}, {rows} x {columns}", variant.name());
                check_padding(&out, rows, columns, &subject);
                let mut expected = Vec::new();
                let mut least = f64::INFINITY;
                for row in 0..rows {
                    let x: Vec<f64> = x[row * stride..][..columns]
                        .iter()
                        .map(|&x| f64::from(x))
                        .collect();
                    let mean = x.iter().sum::<f64>() / columns as f64;
                    let squares: f64 = x.iter().map(|x| (x - mean).powi(2)).sum();
                    let divisor = (squares / columns as f64 + f64::from(EPSILON)).sqrt();
                    least = least.min(divisor);
                    expected.extend(x.iter().map(|x| (x - mean) / divisor));
                }
                // The mean is rounded to 2^-24 of the offset, which the division magnifies.
                let tolerance = 3e-6 + f64::from(offset) * 3e-7 / least;
                let found = values(Blocked::new(&out, rows, columns));
                assert_rounded(&found, &expected, tolerance, &subject);
            }
        }
    }
}

#[test]
#[should_panic(expected = "whether the weights are gated")]
fn refuses_gates_without_partners() {
    let packed = PackedLinear::pack(Variant::Portable, 2, 1, &[0.0; 2], None);
    let mut out = [Tile::ZERO];
    let out = BlockedMut::new(&mut out, 1, 2);
    linear(
        Blocked::new(&[Tile::ZERO], 1, 1),
        &packed,
        Output::SwiGlu(out),
    );
}

#[test]
#[should_panic(expected = "heads of the weights")]
fn refuses_weights_that_were_not_packed_for_heads() {
    let packed = PackedLinear::pack(Variant::Portable, 192, 1, &[0.0; 192], None);
    let x = [Tile::ZERO];
    let mut out = [Tile::ZERO; 12];
    linear(
        Blocked::new(&x, 1, 1),
        &packed,
        Output::Heads(HeadsMut::new(&mut out, 1, 1)),
    );
}

#[test]
#[should_panic(expected = "columns of the left operand")]
fn refuses_an_operand_of_another_width() {
    let packed = PackedLinear::pack(Variant::Portable, 2, 3, &[0.0; 6], None);
    let x = [Tile::ZERO];
    let mut out = [Tile::ZERO];
    let out = BlockedMut::new(&mut out, 1, 2);
    linear(Blocked::new(&x, 1, 4), &packed, Output::Blocked(out));
}
