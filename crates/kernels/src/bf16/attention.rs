//! Attention over blocked heads without the matrix of all logits.
//!
//! Keys go by in groups of 32 and every query keeps a reference that its weights are powers
//! of two relative to, as in the f32 attention. The reference is the greatest logit of the
//! first group; it moves only when a later logit exceeds it by so much that weights would soon
//! overflow, which is decided for each query by itself. Weights lose nothing by being large
//! (bf16 and f32 have the same range and one precision over all of it), so this is exact as
//! long as the logits of a query differ by less than 2^24, and usually rescales nothing.

use super::attend_scratch::AttendScratch;
use super::heads::{HEAD_SIZE, Heads, ROW_GROUP};
use super::portable;
use super::tile::BlockedMut;
use super::variant::Variant;

/// `out = softmax(queries * keys^T) * values` of every head, side by side: `out.rows()`
/// queries from row `first` on, by heads x [`HEAD_SIZE`].
///
/// Scores are exponents of two (see [`super::PackedLinear::pack_heads`]). Weights are rounded
/// to bf16 after being computed within 0.7 %; their sum takes them as rounded.
///
/// # Panics
/// `first` is not a multiple of [`ROW_GROUP`], there are fewer rows, or `out` has other columns.
pub fn attend(
    variant: Variant,
    heads: Heads<'_>,
    first: usize,
    scratch: &mut AttendScratch,
    mut out: BlockedMut<'_>,
) {
    assert!(first.is_multiple_of(ROW_GROUP), "first row {first}");
    assert!(
        first <= heads.rows() && out.rows() <= heads.rows() - first,
        "{} queries from {first} on of {}",
        out.rows(),
        heads.rows()
    );
    assert_eq!(
        out.columns(),
        heads.heads() * HEAD_SIZE,
        "columns of the output"
    );
    if out.rows() == 0 || heads.heads() == 0 {
        return;
    }
    match variant {
        #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
        Variant::Amx(token) => super::amx::attend(token, heads, first, scratch, &mut out),
        #[cfg(target_arch = "x86_64")]
        Variant::Avx512(token) => super::avx512::attend(token, heads, first, scratch, &mut out),
        _ => portable::attend(heads, first, &mut scratch.weights, &mut out),
    }
}
