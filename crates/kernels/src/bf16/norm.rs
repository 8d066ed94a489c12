//! Layer norm of f32 rows into blocked bf16.

use super::portable;
use super::tile::BlockedMut;
use super::variant::Variant;
use crate::matrix::Matrix;

/// `out = (x - mean) / sqrt(variance + epsilon) * gain + bias`, rounded to bf16; mean and
/// (biased) variance over each row.
///
/// # Panics
/// The shapes differ.
pub fn layer_norm(
    variant: Variant,
    x: Matrix<'_>,
    gain: &[f32],
    bias: &[f32],
    epsilon: f32,
    mut out: BlockedMut<'_>,
) {
    assert_eq!(
        [gain.len(), bias.len(), out.columns()],
        [x.columns(); 3],
        "gains, biases and outputs of a row"
    );
    assert_eq!(out.rows(), x.rows(), "rows of the output");
    match variant {
        #[cfg(target_arch = "x86_64")]
        Variant::Avx512(token) => {
            super::avx512::layer_norm(token, x, gain, bias, epsilon, &mut out);
        }
        #[cfg(target_arch = "x86_64")]
        Variant::Amx(token) => {
            super::avx512::layer_norm(token.vectors(), x, gain, bias, epsilon, &mut out);
        }
        #[cfg(not(target_arch = "x86_64"))]
        Variant::Avx512(_) | Variant::Amx(_) => {
            unreachable!("tokens of x86 instruction sets do not exist on other CPUs")
        }
        Variant::Portable => portable::layer_norm(x, gain, bias, epsilon, &mut out),
    }
}
