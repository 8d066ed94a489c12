//! Operations on one row of activations.

use crate::backend::Backend;
use crate::dispatch::dispatch;
use crate::isa::Isa;

/// `out = (x - mean) / sqrt(variance + epsilon) * gain + bias`, mean and (biased) variance
/// over the row.
///
/// # Panics
/// The slices differ in length.
pub fn layer_norm(isa: Isa, x: &[f32], gain: &[f32], bias: &[f32], epsilon: f32, out: &mut [f32]) {
    assert!(
        [gain.len(), bias.len(), out.len()] == [x.len(); 3],
        "a layer norm of {} elements with {} gains, {} biases and {} outputs",
        x.len(),
        gain.len(),
        bias.len(),
        out.len()
    );
    dispatch!(isa, backend => backend.layer_norm(x, gain, bias, epsilon, out));
}

/// `gate = silu(gate) * up` with `silu(x) = x / (1 + e^-x)` (Shazeer, 2020).
///
/// # Panics
/// The slices differ in length.
pub fn swiglu(isa: Isa, gate: &mut [f32], up: &[f32]) {
    assert_eq!(gate.len(), up.len(), "lengths of the halves of a SwiGLU");
    dispatch!(isa, backend => backend.swiglu(gate, up));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{layer_norm, swiglu};
    use crate::isa::Isa;
    use crate::testing::{assert_close, numbers, variants};

    const EPSILON: f32 = 1e-6;

    fn check_norm(isa: Isa, length: usize, offset: f32, deviation: f32) {
        // One element in: slices are not aligned to registers.
        let x: Vec<f32> = numbers(1, length + 1)[1..]
            .iter()
            .map(|x| offset + deviation * x)
            .collect();
        let gain = numbers(2, length);
        let bias = numbers(3, length);
        let mut out = vec![f32::NAN; length];
        layer_norm(isa, &x, &gain, &bias, EPSILON, &mut out);
        let wide: Vec<f64> = x.iter().map(|&x| f64::from(x)).collect();
        let mean = wide.iter().sum::<f64>() / length as f64;
        let variance = wide.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / length as f64;
        let divisor = (variance + f64::from(EPSILON)).sqrt();
        let expected: Vec<f64> = (0..length)
            .map(|j| (wide[j] - mean) / divisor * f64::from(gain[j]) + f64::from(bias[j]))
            .collect();
        // The mean is rounded to 2^-24 of the offset, which the division magnifies.
        let tolerance = 3e-6 + f64::from(offset.abs()) * 3e-7 / divisor;
        assert_close(
            &out,
            &expected,
            tolerance,
            &format!("{isa}, {length} around {offset}"),
        );
    }

    #[test]
    fn layer_norm_agrees_at_every_width() {
        for isa in variants() {
            for length in [1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 384, 1536] {
                check_norm(isa, length, 0.0, 1.0);
                check_norm(isa, length, 100.0, 0.5);
                check_norm(isa, length, -3.0, 0.0);
            }
        }
    }

    #[test]
    fn swiglu_agrees_from_far_below_to_far_above_zero() {
        for isa in variants() {
            let gate: Vec<f32> = (-1000..=1000).map(|i| i as f32 * 0.11).collect();
            let up = numbers(4, gate.len());
            let mut out = gate.clone();
            swiglu(isa, &mut out, &up);
            for (index, &found) in out.iter().enumerate() {
                let gate = f64::from(gate[index]);
                let expected = gate / (1.0 + (-gate).exp()) * f64::from(up[index]);
                let tolerance = 1e-6 * expected.abs() + 1e-30;
                assert_close(&[found], &[expected], tolerance, &format!("{isa}, {gate}"));
            }
        }
    }

    #[test]
    fn empty_rows_are_fine() {
        for isa in variants() {
            layer_norm(isa, &[], &[], &[], EPSILON, &mut []);
            swiglu(isa, &mut [], &[]);
        }
    }

    #[test]
    #[should_panic(expected = "2 gains")]
    fn refuses_gains_of_another_length() {
        layer_norm(
            Isa::Portable,
            &[1.0; 3],
            &[1.0; 2],
            &[1.0; 3],
            EPSILON,
            &mut [0.0; 3],
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]
        #[test]
        fn layer_norm_agrees_at_any_length(
            length in 1_usize..200,
            offset in -10.0_f32..10.0,
            deviation in 0.1_f32..10.0,
        ) {
            for isa in Isa::available() {
                check_norm(isa, length, offset, deviation);
            }
        }
    }
}
