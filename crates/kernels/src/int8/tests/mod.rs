//! Every variant against the arithmetic of the integers in double precision.

mod activations;

use super::{PackedLinear, Quantised, QuantisedMut, Tile, Variant, layer_norm, linear, quantise};
use crate::bf16::{self, Blocked, BlockedMut, HEAD_SIZE, Heads, HeadsMut, Output, ROW_GROUP};
use crate::matrix::{Matrix, MatrixMut};
use crate::testing::{assert_close, erf, numbers};

/// Of a result in bf16: a whole unit, as the f32 before it is rounded too.
const NEIGHBOUR: f64 = 1.0 / 128.0;

/// Of GELU after products in int8, before the rounding.
const GELU_BOUND: f64 = 5e-4;

/// Of silu, before the rounding.
const SILU_BOUND: f64 = 1e-4;

fn variants() -> Vec<Variant> {
    let variants = Variant::available();
    if variants.len() < 3 {
        println!("skipped all but {variants:?}, which is what this CPU has");
    }
    variants
}

/// Tiles and scales that show when they are read before they are written.
fn dirty(rows: usize, columns: usize) -> (Vec<Tile>, Vec<f32>) {
    let tiles = vec![Tile([99; 1024]); Quantised::tile_count(rows, columns)];
    (tiles, vec![f32::NAN; rows])
}

fn dirty_blocked(rows: usize, columns: usize) -> Vec<bf16::Tile> {
    let mut tiles = vec![bf16::Tile::ZERO; Blocked::tile_count(rows, columns)];
    let mut matrix = BlockedMut::new(&mut tiles, rows, columns);
    for row in 0..rows {
        matrix.write_row(row, &vec![f32::NAN; columns]);
    }
    tiles
}

fn quantised(data: &[f32], rows: usize, columns: usize) -> (Vec<Tile>, Vec<f32>) {
    let (mut tiles, mut scales) = dirty(rows, columns);
    let mut matrix = QuantisedMut::new(&mut tiles, &mut scales, rows, columns);
    for row in 0..rows {
        matrix.write_row(row, &data[row * columns..][..columns]);
    }
    (tiles, scales)
}

fn values(tiles: &[bf16::Tile], rows: usize, columns: usize) -> Vec<f32> {
    let matrix = Blocked::new(tiles, rows, columns);
    (0..rows * columns)
        .map(|i| matrix.get(i / columns, i % columns))
        .collect()
}

/// Numbers that are multiples of the scale of their row as [`super`] says.
fn rounded(data: &[f32], rows: usize) -> Vec<f64> {
    let columns = data.len() / rows.max(1);
    let mut out = Vec::new();
    for row in data.chunks(columns.max(1)) {
        let greatest = row
            .iter()
            .fold(0.0_f32, |greatest, x| greatest.max(x.abs()));
        let (inverse, step) = (127.0 / greatest, f64::from(greatest / 127.0));
        out.extend(row.iter().map(|x| {
            if greatest == 0.0 {
                return 0.0;
            }
            f64::from((x * inverse).round_ties_even()) * step
        }));
    }
    out
}

#[derive(Clone, Copy)]
struct Case {
    rows: usize,
    inputs: usize,
    /// Rows of weights.
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

    /// Results in double precision of quantised operands.
    fn results(self) -> Vec<f64> {
        let (x, weights, bias) = self.operands();
        let (x, weights) = (rounded(&x, self.rows), rounded(&weights, self.outputs));
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

    /// An exact sum is rounded four times on its way: to f32, by two scales, by the bias.
    fn tolerance(self) -> f64 {
        1e-6 + self.inputs as f64 * 4.0 * 2_f64.powi(-24)
    }

    fn check(self, variant: Variant) {
        let Self {
            rows,
            inputs,
            outputs,
        } = self;
        let subject = format!("{}, {rows} x {inputs} x {outputs}", variant.name());
        let (x, weights, bias) = self.operands();
        let (tiles, scales) = quantised(&x, rows, inputs);
        let x = Quantised::new(&tiles, &scales, rows, inputs);
        let packed = PackedLinear::pack(variant, outputs, inputs, &weights, Some(&bias));
        let results = self.results();

        let mut out = numbers(5, rows * outputs);
        let scale = numbers(4, outputs);
        let expected: Vec<f64> = (0..rows * outputs)
            .map(|i| f64::from(out[i]) + results[i] * f64::from(scale[i % outputs]))
            .collect();
        let target = MatrixMut::new(&mut out, rows, outputs, outputs);
        let target = Output::Residual {
            out: target,
            scale: Some(&scale),
        };
        linear(x, &packed, target);
        assert_close(&out, &expected, self.tolerance(), &subject);

        let mut out = dirty_blocked(rows, outputs);
        let target = BlockedMut::new(&mut out, rows, outputs);
        linear(x, &packed, Output::Blocked(target));
        assert_rounded(
            &values(&out, rows, outputs),
            &results,
            self.tolerance(),
            &subject,
        );

        let target = BlockedMut::new(&mut out, rows, outputs);
        linear(x, &packed, Output::Gelu(target));
        let gelu: Vec<f64> = results
            .iter()
            .map(|x| 0.5 * x * (1.0 + erf(x / 2_f64.sqrt())))
            .collect();
        let tolerance = 1.2 * self.tolerance() + GELU_BOUND;
        assert_rounded(&values(&out, rows, outputs), &gelu, tolerance, &subject);

        let target = BlockedMut::new(&mut out, rows, outputs);
        linear(x, &packed, Output::Silu(target));
        let silu: Vec<f64> = results.iter().map(|x| x / (1.0 + (-x).exp())).collect();
        let tolerance = 1.2 * self.tolerance();
        assert_rounded(&values(&out, rows, outputs), &silu, tolerance, &subject);

        if outputs.is_multiple_of(2) {
            let hidden = outputs / 2;
            let packed = PackedLinear::pack_gated(variant, hidden, inputs, &weights, Some(&bias));
            let mut out = dirty_blocked(rows, hidden);
            let target = BlockedMut::new(&mut out, rows, hidden);
            linear(x, &packed, Output::SwiGlu(target));
            let greatest = results
                .iter()
                .fold(1.0_f64, |greatest, x| greatest.max(x.abs()));
            let mut expected = Vec::new();
            for row in results.chunks(outputs.max(1)) {
                let (gates, ups) = row.split_at(hidden);
                let silu = |x: f64| x / (1.0 + (-x).exp());
                expected.extend(gates.iter().zip(ups).map(|(gate, up)| silu(*gate) * up));
            }
            let tolerance = greatest * (2.2 * self.tolerance() + SILU_BOUND * greatest);
            assert_rounded(&values(&out, rows, hidden), &expected, tolerance, &subject);
        }
    }
}

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

#[test]
fn products_agree_at_every_edge_of_rows_and_panels() {
    for variant in variants() {
        for rows in [1, 15, 16, 17, 32, 33, 49, 65] {
            for outputs in [0, 1, 15, 16, 17, 31, 32, 33, 34, 62, 64, 66] {
                Case {
                    rows,
                    inputs: 70,
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
        for inputs in [1, 3, 4, 63, 64, 65, 128, 384, 588, 1536] {
            Case {
                rows: 34,
                inputs,
                outputs: 36,
            }
            .check(variant);
        }
    }
}

#[test]
fn results_without_inputs_are_the_bias_and_without_rows_nothing() {
    for variant in variants() {
        let packed = PackedLinear::pack(variant, 2, 0, &[], Some(&[1.5, -2.0]));
        let mut out = [0.0; 2];
        let x = Quantised::new(&[], &[0.0], 1, 0);
        let target = MatrixMut::new(&mut out, 1, 2, 2);
        linear(
            x,
            &packed,
            Output::Residual {
                out: target,
                scale: None,
            },
        );
        assert_eq!(out, [1.5, -2.0], "{}", variant.name());
        let target = MatrixMut::new(&mut [], 0, 2, 2);
        let x = Quantised::new(&[], &[], 0, 0);
        linear(
            x,
            &packed,
            Output::Residual {
                out: target,
                scale: None,
            },
        );
    }
}

/// Sums of bare integers, without anything that rounds in different orders.
fn bare(variant: Variant, x: Quantised<'_>, weights: &[f32], outputs: usize) -> Vec<f32> {
    let packed = PackedLinear::pack(variant, outputs, x.columns(), weights, None);
    let mut out = vec![0.0; x.rows() * outputs];
    let target = MatrixMut::new(&mut out, x.rows(), outputs, outputs);
    linear(
        x,
        &packed,
        Output::Residual {
            out: target,
            scale: None,
        },
    );
    out
}

#[test]
fn all_variants_agree_in_every_bit_of_the_sums() {
    for (rows, inputs, outputs) in [(33, 300, 50), (17, 1536, 33), (401, 1100, 34)] {
        let (x, weights) = (numbers(8, rows * inputs), numbers(9, outputs * inputs));
        let (tiles, scales) = quantised(&x, rows, inputs);
        let x = Quantised::new(&tiles, &scales, rows, inputs);
        let expected = bare(Variant::Portable, x, &weights, outputs);
        for variant in variants() {
            let found = bare(variant, x, &weights, outputs);
            assert!(found == expected, "{}", variant.name());
        }
    }
}

#[test]
fn the_greatest_sums_of_8192_inputs_do_not_overflow() {
    for variant in variants() {
        for signs in [[1.0, 1.0], [1.0, -1.0], [-1.0, -1.0]] {
            let (tiles, scales) = quantised(&vec![signs[0] * 127.0; 8192], 1, 8192);
            let x = Quantised::new(&tiles, &scales, 1, 8192);
            let found = bare(variant, x, &vec![signs[1] * 127.0; 8192], 1);
            let expected = signs[0] * signs[1] * 127.0 * 127.0 * 8192.0;
            assert_eq!(found, [expected], "{}", variant.name());
        }
    }
}

#[test]
fn a_row_is_the_same_bits_wherever_rows_are_cut() {
    let (rows, inputs) = (150, 200);
    let (x, weights, bias) = (
        numbers(1, rows * inputs),
        numbers(2, 384 * inputs),
        numbers(3, 384),
    );
    let (tiles, scales) = quantised(&x, rows, inputs);
    for variant in variants() {
        let plain = PackedLinear::pack(variant, 384, inputs, &weights, Some(&bias));
        let gated = PackedLinear::pack_gated(variant, 192, inputs, &weights, Some(&bias));
        let packed_heads = PackedLinear::pack_heads(variant, 2, inputs, &weights, Some(&bias));
        let run = |cut: usize| {
            let mut gelu = dirty_blocked(rows, 384);
            let mut gates = dirty_blocked(rows, 192);
            let mut residual = numbers(7, rows * 384);
            let mut split = vec![bf16::Tile::ZERO; Heads::tile_count(rows, 2)];
            for first in (0..rows).step_by(cut) {
                let count = cut.min(rows - first);
                let tiles = &tiles[Quantised::tile_count(first, inputs)..];
                let x = Quantised::new(tiles, &scales[first..], count, inputs);
                let out = &mut gelu[Blocked::tile_count(first, 384)..];
                linear(x, &plain, Output::Gelu(BlockedMut::new(out, count, 384)));
                let out = &mut gates[Blocked::tile_count(first, 192)..];
                linear(x, &gated, Output::SwiGlu(BlockedMut::new(out, count, 192)));
                let out = MatrixMut::new(&mut residual[first * 384..], count, 384, 384);
                linear(x, &plain, Output::Residual { out, scale: None });
                let out = &mut split[Heads::tile_count(first, 2)..];
                linear(
                    x,
                    &packed_heads,
                    Output::Heads(HeadsMut::new(out, count, 2)),
                );
            }
            (
                values(&gelu, rows, 384),
                values(&gates, rows, 192),
                residual,
                attended(variant, &split, rows),
            )
        };
        let whole = run(160);
        for cut in [ROW_GROUP, 64, 96] {
            assert!(run(cut) == whole, "{}, cut at {cut}", variant.name());
        }
    }
}

fn attended(variant: Variant, heads: &[bf16::Tile], rows: usize) -> Vec<f32> {
    let mut out = dirty_blocked(rows, 2 * HEAD_SIZE);
    let target = BlockedMut::new(&mut out, rows, 2 * HEAD_SIZE);
    let mut scratch = bf16::AttendScratch::default();
    bf16::attend(variant, Heads::new(heads, rows, 2), 0, &mut scratch, target);
    values(&out, rows, 2 * HEAD_SIZE)
}

#[test]
fn heads_attend_nearly_as_those_of_bf16() {
    let (rows, inputs) = (70, 100);
    let (x, weights) = (numbers(1, rows * inputs), numbers(2, 384 * inputs));
    let (tiles, scales) = quantised(&x, rows, inputs);
    let mut blocked = dirty_blocked(rows, inputs);
    let mut matrix = BlockedMut::new(&mut blocked, rows, inputs);
    (0..rows).for_each(|row| matrix.write_row(row, &x[row * inputs..][..inputs]));
    for variant in variants() {
        let mut split = [(); 2].map(|()| vec![bf16::Tile::ZERO; Heads::tile_count(rows, 2)]);
        let x = Quantised::new(&tiles, &scales, rows, inputs);
        let packed = PackedLinear::pack_heads(variant, 2, inputs, &weights, None);
        linear(
            x,
            &packed,
            Output::Heads(HeadsMut::new(&mut split[0], rows, 2)),
        );
        let x = Blocked::new(&blocked, rows, inputs);
        let packed = bf16::PackedLinear::pack_heads(variant, 2, inputs, &weights, None);
        bf16::linear(
            x,
            &packed,
            Output::Heads(HeadsMut::new(&mut split[1], rows, 2)),
        );
        let [found, expected] = split.map(|split| attended(variant, &split, rows));
        let dot = |a: &[f32], b: &[f32]| -> f64 {
            a.iter()
                .zip(b)
                .map(|(a, b)| f64::from(*a) * f64::from(*b))
                .sum()
        };
        let norms = dot(&found, &found) * dot(&expected, &expected);
        let cosine = dot(&found, &expected) / norms.sqrt();
        assert!(cosine > 0.999, "{}: {cosine}", variant.name());
    }
}

#[test]
#[should_panic(expected = "columns of the left operand")]
fn refuses_an_operand_of_another_width() {
    let packed = PackedLinear::pack(Variant::Portable, 2, 3, &[0.0; 6], None);
    let mut out = [bf16::Tile::ZERO];
    let out = BlockedMut::new(&mut out, 1, 2);
    let x = Quantised::new(&[Tile::ZERO], &[1.0], 1, 4);
    linear(x, &packed, Output::Blocked(out));
}

#[test]
#[should_panic(expected = "inputs of at most")]
fn refuses_more_inputs_than_sums_can_take() {
    let _ = PackedLinear::pack(Variant::Portable, 1, 70_000, &[0.0; 70_000], None);
}
