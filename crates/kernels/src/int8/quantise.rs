//! Where quantised activations come from.

use super::portable;
use super::tile::QuantisedMut;
use crate::bf16::{Blocked, Variant};
use crate::matrix::Matrix;

/// `out = (x - mean) / sqrt(variance + epsilon)`, quantised; mean and (biased) variance over
/// each row. Gain and bias are linear, and belong into the weights that come behind.
///
/// # Panics
/// The shapes differ.
pub fn layer_norm(variant: Variant, x: Matrix<'_>, epsilon: f32, mut out: QuantisedMut<'_>) {
    assert_eq!(out.columns(), x.columns(), "columns of the output");
    assert_eq!(out.rows(), x.rows(), "rows of the output");
    match variant {
        #[cfg(target_arch = "x86_64")]
        Variant::Avx512(token) => {
            super::avx512::layer_norm(token, x, epsilon, &mut out);
        }
        #[cfg(target_arch = "x86_64")]
        Variant::Amx(token) => {
            super::avx512::layer_norm(token.vectors(), x, epsilon, &mut out);
        }
        _ => portable::layer_norm(x, epsilon, &mut out),
    }
}

/// `out = x`, quantised: what attention or an activation function wrote. The same in every
/// variant.
///
/// # Panics
/// The shapes differ.
pub fn quantise(variant: Variant, x: Blocked<'_>, mut out: QuantisedMut<'_>) {
    assert_eq!(out.columns(), x.columns(), "columns of the output");
    assert_eq!(out.rows(), x.rows(), "rows of the output");
    match variant {
        #[cfg(target_arch = "x86_64")]
        Variant::Avx512(token) => super::avx512::quantise(token, x, &mut out),
        #[cfg(target_arch = "x86_64")]
        Variant::Amx(token) => super::avx512::quantise(token.vectors(), x, &mut out),
        _ => portable::quantise(x, &mut out),
    }
}
