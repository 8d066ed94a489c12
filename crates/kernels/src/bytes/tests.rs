//! Every variant against the arithmetic of its integers in double precision.

use super::{Bytes, Epilogue, PackedLinear, greatest_level, linear, middle, quantise_rows};
use crate::isa::Isa;
use crate::matrix::{Matrix, MatrixMut};
use crate::testing::{assert_close, numbers, variants};

/// Rows, inputs and outputs around the edges of tiles of every variant.
const SHAPES: [(usize, usize, usize); 14] = [
    (0, 5, 5),
    (3, 0, 5),
    (3, 5, 0),
    (1, 1, 1),
    (2, 3, 7),
    (5, 4, 8),
    (6, 5, 9),
    (7, 16, 15),
    (11, 17, 16),
    (12, 24, 17),
    (13, 63, 31),
    (25, 64, 32),
    (30, 144, 33),
    (49, 200, 72),
];

fn activations(isa: Isa, seed: u64, count: usize) -> Vec<u8> {
    let greatest = f32::from(greatest_level(isa));
    let values = numbers(seed, count);
    values
        .iter()
        .map(|x| ((x + 1.0) / 2.0 * greatest).round() as u8)
        .collect()
}

/// Results of the integers, those of `middle` being zero.
fn results(
    x: Bytes<'_>,
    weights: &PackedLinear,
    bias: &[f32],
    middle: u8,
    step: impl Fn(usize) -> f32,
) -> Vec<f64> {
    let mut out = Vec::new();
    for row in 0..x.rows() {
        for (output, bias) in bias.iter().enumerate() {
            let sum: i64 = (0..x.columns())
                .map(|k| {
                    let x = i64::from(x.row(row).as_flattened()[k]) - i64::from(middle);
                    x * i64::from(weights.integer(output, k))
                })
                .sum();
            let factor = f64::from(step(row)) * f64::from(weights.steps()[output]);
            out.push(sum as f64 * factor + f64::from(*bias));
        }
    }
    out
}

fn check(isa: Isa, x: Bytes<'_>, outputs: usize, middle: u8, step: impl Fn(usize) -> f32) {
    let (rows, inputs) = (x.rows(), x.columns());
    let (weights, bias) = (numbers(2, outputs * inputs), numbers(3, outputs));
    let packed = PackedLinear::pack(isa, outputs, inputs, &weights, &bias, None);
    let expected = results(x, &packed, &bias, middle, step);
    let tolerance = 1e-6 + inputs as f64 * 6.0 * 4.0 * 2_f64.powi(-24);
    let subject = format!("{isa}, {rows} x {inputs} x {outputs}");
    // Rows are further apart than they are long.
    let stride = outputs + 3;
    let mut out = vec![0.5; rows * stride];
    for epilogue in [Epilogue::Residual, Epilogue::Relu6] {
        linear(
            x,
            &packed,
            epilogue,
            MatrixMut::new(&mut out, rows, outputs, stride),
        );
        for row in 0..rows {
            let found = &out[row * stride..][..stride];
            let expected = &expected[row * outputs..][..outputs];
            let expected: Vec<f64> = match epilogue {
                Epilogue::Residual => expected.iter().map(|x| x + 0.5).collect(),
                Epilogue::Relu6 => expected.iter().map(|x| x.clamp(0.0, 6.0)).collect(),
            };
            assert_close(&found[..outputs], &expected, tolerance, &subject);
            assert_eq!(found[outputs..], [0.5; 3], "{subject}");
        }
    }
}

#[test]
fn results_of_relu6_are_multiplied_exactly() {
    for isa in variants() {
        let step = 6.0 / f32::from(greatest_level(isa));
        for (rows, inputs, outputs) in SHAPES {
            let data = activations(isa, 1, Bytes::count(rows, inputs));
            check(isa, Bytes::relu6(&data, rows, inputs), outputs, 0, |_| step);
        }
    }
}

#[test]
fn rows_around_their_middle_are_multiplied_exactly() {
    for isa in variants() {
        for (rows, inputs, outputs) in SHAPES {
            let data = activations(isa, 1, Bytes::count(rows, inputs));
            let steps: Vec<f32> = numbers(4, rows).iter().map(|x| x / 64.0).collect();
            let x = Bytes::signed(&data, &steps, rows, inputs);
            check(isa, x, outputs, middle(greatest_level(isa)), |row| {
                steps[row]
            });
        }
    }
}

#[test]
fn the_greatest_bytes_do_not_overflow() {
    for isa in variants() {
        let inputs = 1248;
        let data = vec![greatest_level(isa); Bytes::count(13, inputs)];
        let packed =
            PackedLinear::pack(isa, 40, inputs, &vec![-1.0; 40 * inputs], &[0.0; 40], None);
        let mut out = vec![0.0; 13 * 40];
        let target = MatrixMut::new(&mut out, 13, 40, 40);
        linear(
            Bytes::relu6(&data, 13, inputs),
            &packed,
            Epilogue::Residual,
            target,
        );
        assert!(
            out.iter().all(|x| (x + 6.0 * 1248.0).abs() < 0.01),
            "{isa}: {}",
            out[0]
        );
    }
}

#[test]
fn rows_come_back_within_half_a_step() {
    for isa in variants() {
        for columns in [1, 3, 4, 7, 8, 15, 16, 17, 24, 33] {
            let stride = columns + 2;
            let x = numbers(5, 4 * stride);
            let x = Matrix::new(&x, 4, columns, stride);
            let mut bytes = vec![0; Bytes::count(4, columns)];
            let mut steps = vec![f32::NAN; 4];
            quantise_rows(isa, x, &mut bytes, &mut steps);
            let middle = f32::from(middle(greatest_level(isa)));
            for (row, step) in steps.iter().enumerate() {
                let bytes = &bytes[row * columns.next_multiple_of(4)..];
                for (x, &byte) in x.row(row).iter().zip(bytes) {
                    let back = (f32::from(byte) - middle) * step;
                    assert!(
                        (back - x).abs() <= step * 0.501,
                        "{isa}, {columns}: {x}, {back}"
                    );
                }
            }
            // All variants of as many levels agree to the bit.
            if greatest_level(isa) == greatest_level(Isa::Portable) {
                let (mut same, mut same_steps) = (vec![0; bytes.len()], vec![0.0; 4]);
                quantise_rows(Isa::Portable, x, &mut same, &mut same_steps);
                assert_eq!(steps, same_steps, "{isa}, {columns}");
                let rows = bytes.chunks(columns.next_multiple_of(4));
                for (row, same) in rows.zip(same.chunks(columns.next_multiple_of(4))) {
                    assert_eq!(row[..columns], same[..columns], "{isa}, {columns}");
                }
            }
        }
        let (mut bytes, mut steps) = ([0; 4], [f32::NAN]);
        quantise_rows(
            isa,
            Matrix::new(&[1e-37, 0.0, -1e-38], 1, 3, 3),
            &mut bytes,
            &mut steps,
        );
        assert_eq!(steps, [0.0]);
    }
}

#[test]
fn rounding_makes_up_for_itself_where_inputs_are_typical() {
    let (outputs, inputs) = (16, 96);
    let weights = numbers(7, outputs * inputs);
    let typical: Vec<f32> = numbers(8, inputs)
        .iter()
        .map(|x| (3.0 * x).max(0.0))
        .collect();
    let error = |typical_inputs: Option<&[f32]>| {
        let bias = vec![0.0; outputs];
        let packed = PackedLinear::pack(
            Isa::Portable,
            outputs,
            inputs,
            &weights,
            &bias,
            typical_inputs,
        );
        let mut worst = 0.0_f32;
        for (output, weights) in weights.chunks(inputs).enumerate() {
            let errors =
                weights
                    .iter()
                    .zip(&typical)
                    .enumerate()
                    .map(|(input, (weight, typical))| {
                        let integer = f32::from(packed.integer(output, input));
                        let error = weight - integer * packed.steps()[output];
                        assert!(
                            error.abs() <= packed.steps()[output] * 1.001,
                            "more than a step"
                        );
                        error * typical
                    });
            worst = worst.max(errors.sum::<f32>().abs());
        }
        worst
    };
    let (even, nearest) = (error(Some(&typical)), error(None));
    assert!(even < nearest / 5.0, "{even}, {nearest}");
}

#[test]
#[should_panic(expected = "3 x 5 do not fit in 23 bytes")]
fn refuses_too_few_bytes() {
    let _ = Bytes::relu6(&[0; 23], 3, 5);
}
