//! Every variant against a product in double precision.

use proptest::prelude::*;

use super::{PackedLinear, linear};
use crate::backend::Epilogue;
use crate::isa::Isa;
use crate::matrix::{Matrix, MatrixMut};
use crate::testing::{assert_close, erf, numbers, variants};

/// Rounding of a sum of k products of numbers below 1, each rounded to 2^-24, with a margin
/// for the epilogue's approximations.
fn tolerance(inputs: usize) -> f64 {
    1e-6 + inputs as f64 * 2e-7
}

struct Case {
    rows: usize,
    outputs: usize,
    inputs: usize,
    /// Elements between rows, beyond their length; also offsets the slices from alignment.
    gap: usize,
}

/// Runs `case` on `isa` and compares; returns the output for comparisons between calls.
fn check(isa: Isa, case: &Case, kind: usize) -> Vec<f32> {
    let &Case {
        rows,
        outputs,
        inputs,
        gap,
    } = case;
    let weights = numbers(1, outputs * inputs);
    let bias = numbers(2, outputs);
    let scale = numbers(3, outputs);
    let (x_stride, out_stride) = (inputs + gap, outputs + gap);
    let x = numbers(4, rows * x_stride + gap);
    let before = numbers(5, rows * out_stride + gap);
    let mut out = before.clone();
    let epilogue = [
        Epilogue::Bias,
        Epilogue::BiasGelu,
        Epilogue::BiasResidual,
        Epilogue::BiasScaleResidual(&scale),
        Epilogue::BiasRelu6,
        Epilogue::BiasSilu,
        Epilogue::BiasGeluTanh,
    ][kind];
    let packed = PackedLinear::pack(isa, outputs, inputs, &weights, Some(&bias));
    linear(
        Matrix::new(&x[gap..], rows, inputs, x_stride),
        &packed,
        epilogue,
        MatrixMut::new(&mut out[gap..], rows, outputs, out_stride),
    );
    let mut expected: Vec<f64> = before.iter().map(|&x| f64::from(x)).collect();
    for r in 0..rows {
        for j in 0..outputs {
            let mut sum = f64::from(bias[j]);
            for k in 0..inputs {
                sum += f64::from(x[gap + r * x_stride + k]) * f64::from(weights[j * inputs + k]);
            }
            let element = &mut expected[gap + r * out_stride + j];
            match kind {
                0 => *element = sum,
                1 => *element = 0.5 * sum * (1.0 + erf(sum / 2_f64.sqrt())),
                2 => *element += sum,
                3 => *element += sum * f64::from(scale[j]),
                5 => *element = sum / (1.0 + (-sum).exp()),
                6 => {
                    let z = (2.0 / std::f64::consts::PI).sqrt() * (sum + 0.044715 * sum.powi(3));
                    *element = 0.5 * sum * (1.0 + z.tanh());
                }
                // Sums of few inputs seldom reach 6.
                _ => *element = sum.clamp(0.0, 6.0),
            }
        }
    }
    // The gaps are compared too: nothing may be written there.
    let subject = format!("{isa} {rows} x {outputs} x {inputs}, gap {gap}, epilogue {kind}");
    assert_close(&out, &expected, tolerance(inputs), &subject);
    out
}

#[test]
fn agrees_at_every_edge_of_tiles_and_panels() {
    for isa in variants() {
        for rows in [0, 1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 24, 25, 95, 96, 97] {
            for outputs in [1, 15, 16, 17, 31, 32, 33] {
                check(
                    isa,
                    &Case {
                        rows,
                        outputs,
                        inputs: 5,
                        gap: 0,
                    },
                    rows % 7,
                );
            }
        }
    }
}

#[test]
fn agrees_at_every_edge_of_the_passes_over_k() {
    for isa in variants() {
        for inputs in [0, 1, 2, 255, 256, 257, 511, 512, 513] {
            for kind in 0..7 {
                check(
                    isa,
                    &Case {
                        rows: 13,
                        outputs: 33,
                        inputs,
                        gap: 3,
                    },
                    kind,
                );
            }
        }
    }
}

#[test]
fn no_outputs_leave_everything_as_it_is() {
    for isa in variants() {
        check(
            isa,
            &Case {
                rows: 3,
                outputs: 0,
                inputs: 4,
                gap: 2,
            },
            0,
        );
    }
}

#[test]
fn a_row_is_the_same_bits_in_any_batch() {
    for isa in variants() {
        let whole = check(
            isa,
            &Case {
                rows: 100,
                outputs: 40,
                inputs: 300,
                gap: 0,
            },
            1,
        );
        for rows in [1, 2, 7, 50] {
            let part = check(
                isa,
                &Case {
                    rows,
                    outputs: 40,
                    inputs: 300,
                    gap: 0,
                },
                1,
            );
            assert_eq!(part, whole[..rows * 40], "{isa}, {rows} rows");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn agrees_at_any_shape(
        rows in 0_usize..60,
        outputs in 0_usize..80,
        inputs in 0_usize..90,
        gap in 0_usize..5,
        kind in 0_usize..7,
    ) {
        for isa in Isa::available() {
            check(isa, &Case { rows, outputs, inputs, gap }, kind);
        }
    }
}

#[test]
#[should_panic(expected = "columns of the left operand")]
fn refuses_an_operand_of_another_width() {
    let packed = PackedLinear::pack(Isa::Portable, 2, 3, &[0.0; 6], None);
    let mut out = [0.0; 2];
    let x = Matrix::new(&[0.0; 4], 1, 4, 4);
    linear(
        x,
        &packed,
        Epilogue::Bias,
        MatrixMut::new(&mut out, 1, 2, 2),
    );
}

#[test]
#[should_panic(expected = "length of the scale")]
fn refuses_a_scale_of_another_length() {
    let packed = PackedLinear::pack(Isa::Portable, 2, 3, &[0.0; 6], None);
    let mut out = [0.0; 2];
    let x = Matrix::new(&[0.0; 3], 1, 3, 3);
    let epilogue = Epilogue::BiasScaleResidual(&[1.0]);
    linear(x, &packed, epilogue, MatrixMut::new(&mut out, 1, 2, 2));
}
