//! What the tests of several modules need: variants, seeded numbers, comparison.

pub(crate) use lookalike_testkit::numbers::numbers;

use crate::isa::{Amx, Avx2, Avx512, Isa};

/// Every variant of this CPU; says which ones are skipped.
pub(crate) fn variants() -> Vec<Isa> {
    if Avx2::detect().is_none() {
        println!("avx2: skipped, this CPU lacks it");
    }
    if Avx512::detect().is_none() {
        println!("avx512: skipped, this CPU lacks it");
    }
    if Amx::detect().is_none() {
        println!("amx: skipped, this CPU lacks it");
    }
    Isa::available()
}

/// Panics with `subject` unless all differences are at most `tolerance`.
#[track_caller]
pub(crate) fn assert_close(found: &[f32], expected: &[f64], tolerance: f64, subject: &str) {
    assert_eq!(found.len(), expected.len(), "{subject}");
    for (index, (&found, &expected)) in found.iter().zip(expected).enumerate() {
        let difference = (f64::from(found) - expected).abs();
        assert!(
            difference <= tolerance,
            "{subject}: element {index} is {found}, expected {expected}, tolerance {tolerance:e}"
        );
    }
}

/// The error function in double precision, within 1e-13: its Taylor series up to 3, the
/// continued fraction of its complement beyond.
pub(crate) fn erf(x: f64) -> f64 {
    let magnitude = x.abs();
    let value = if magnitude < 3.0 {
        let (mut term, mut sum) = (magnitude, magnitude);
        for n in 1..120 {
            let n = f64::from(n);
            term *= -magnitude * magnitude / n;
            sum += term / (2.0 * n + 1.0);
        }
        sum * std::f64::consts::FRAC_2_SQRT_PI
    } else {
        let mut fraction = magnitude;
        for n in (1..120).rev() {
            fraction = magnitude + f64::from(n) / 2.0 / fraction;
        }
        1.0 - (-magnitude * magnitude).exp() / fraction / std::f64::consts::PI.sqrt()
    };
    value.copysign(x)
}
