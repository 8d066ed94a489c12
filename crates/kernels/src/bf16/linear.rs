//! Matrix products with packed bf16 weights and fused epilogues.

use super::output::Output;
use super::portable;
use super::tile::Blocked;
use super::variant::Variant;
use super::weights::PackedLinear;

/// `out = epilogue(x * weights^T + bias)`.
///
/// Weights are read once a call, panel by panel, and `x` once a panel: a call is fastest with
/// as many rows as keep `x` in L2 (a few hundred). Sums over the inputs run in the same order
/// for every row.
///
/// # Panics
/// The shapes of `x`, `weights` and `out` do not fit together.
pub fn linear(x: Blocked<'_>, weights: &PackedLinear, mut out: Output<'_>) {
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
