//! Matrix products with quantised operands and the epilogues of bf16.

use super::portable;
use super::tile::Quantised;
use super::weights::PackedLinear;
use crate::bf16::{Output, Variant};

/// `out = epilogue(x * weights^T + bias)`: a sum of products of integers, exact, times the
/// scales of row and column.
///
/// As for [`crate::bf16::linear()`], a call is fastest with a few hundred rows.
///
/// # Panics
/// The shapes of `x`, `weights` and `out` do not fit together.
pub fn linear(x: Quantised<'_>, weights: &PackedLinear, mut out: Output<'_>) {
    assert_eq!(x.columns(), weights.inputs(), "columns of the left operand");
    out.check(x.rows(), weights.arrangement(), weights.outputs());
    if x.rows() == 0 || weights.outputs() == 0 {
        return;
    }
    match weights.variant() {
        #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
        Variant::Amx(token) => super::amx::linear(token, x, weights, &mut out),
        #[cfg(target_arch = "x86_64")]
        Variant::Avx512(token) => super::avx512::linear(token, x, weights, &mut out),
        _ => portable::linear(x, weights, &mut out),
    }
    out.clear_padding();
}
