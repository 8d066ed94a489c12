//! Scalar exp, erf and GELU; the vector versions use the same formulas and constants.

use crate::constants::{erf as e, exp as c, gelu_tanh as g};

/// `e^x` within 3e-7 of its value on [-87, 88]; outside, the value at the nearest end.
pub(super) fn exp(x: f32) -> f32 {
    let x = x.clamp(c::LOWEST, c::HIGHEST);
    let n = (x * c::LOG2_E).round_ties_even();
    let r = x - n * c::LN2_HIGH - n * c::LN2_LOW;
    let mut p = c::POLYNOMIAL[0];
    for coefficient in &c::POLYNOMIAL[1..] {
        p = p * r + coefficient;
    }
    let mantissa = p * r * r + r + 1.0;
    mantissa * f32::from_bits(((n as i32 + 127) as u32) << 23)
}

/// The error function, absolute error below 4e-7 everywhere.
pub(super) fn erf(x: f32) -> f32 {
    let x = x.clamp(-e::LIMIT, e::LIMIT);
    let square = x * x;
    let mut p = e::NUMERATOR[0];
    for coefficient in &e::NUMERATOR[1..] {
        p = p * square + coefficient;
    }
    let mut q = e::DENOMINATOR[0];
    for coefficient in &e::DENOMINATOR[1..] {
        q = q * square + coefficient;
    }
    x * p / q
}

/// The exact GELU: `x` times the normal distribution's mass below `x`.
pub(crate) fn gelu(x: f32) -> f32 {
    0.5 * x * (1.0 + erf(x * std::f32::consts::FRAC_1_SQRT_2))
}

/// `x / (1 + e^-x)`
pub(crate) fn silu(x: f32) -> f32 {
    x / (1.0 + exp(-x))
}

/// The GELU by a hyperbolic tangent.
pub(crate) fn gelu_tanh(x: f32) -> f32 {
    x / (1.0 + exp(-x * (g::LINEAR + g::CUBIC * x * x)))
}

#[cfg(test)]
mod tests {
    use super::{erf, exp, gelu};
    use crate::testing;

    /// An interpreter is a thousand times slower.
    const STEP: usize = if cfg!(miri) { 997 } else { 1 };

    #[test]
    fn exp_keeps_its_bound() {
        for i in (-870_000..=880_000).step_by(STEP) {
            let x = i as f32 * 1e-4;
            let expected = f64::from(x).exp();
            let error = (f64::from(exp(x)) - expected).abs() / expected;
            assert!(error < 3e-7, "exp({x}) is off by {error:e}");
        }
        assert_eq!(exp(0.0), 1.0);
        assert!(exp(f32::NEG_INFINITY) < 2e-38);
        assert!(exp(1e30).is_finite());
    }

    #[test]
    fn erf_and_gelu_keep_their_bounds() {
        for i in (-60_000..=60_000).step_by(STEP) {
            let x = i as f32 * 1e-4;
            let wide = f64::from(x);
            let error = (f64::from(erf(x)) - testing::erf(wide)).abs();
            assert!(error < 4e-7, "erf({x}) is off by {error:e}");
            let expected = 0.5 * wide * (1.0 + testing::erf(wide / 2_f64.sqrt()));
            let error = (f64::from(gelu(x)) - expected).abs();
            assert!(
                error < 4e-7 * (1.0 + wide.abs()),
                "gelu({x}) is off by {error:e}"
            );
        }
        assert_eq!(erf(f32::INFINITY), 1.0);
        assert_eq!(gelu(0.0), 0.0);
    }
}
