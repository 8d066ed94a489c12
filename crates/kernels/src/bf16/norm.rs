//! Layer norm of f32 rows into blocked bf16.

use super::portable;
use super::tile::BlockedMut;
use super::variant::Variant;
use crate::matrix::Matrix;

/// `out = (x - mean) / sqrt(variance + epsilon)`, rounded to bf16; mean and (biased) variance
/// over each row. Gain and bias are linear, and belong into the weights that come behind.
///
/// # Panics
/// The shapes differ.
pub fn layer_norm(variant: Variant, x: Matrix<'_>, epsilon: f32, mut out: BlockedMut<'_>) {
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
        #[cfg(not(target_arch = "x86_64"))]
        Variant::Avx512(_) | Variant::Amx(_) => {
            unreachable!("tokens of x86 instruction sets do not exist on other CPUs")
        }
        Variant::Portable => portable::layer_norm(x, epsilon, &mut out),
    }
}
