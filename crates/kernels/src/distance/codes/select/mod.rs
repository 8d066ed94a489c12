//! A scan of coded rows that keeps those which may be good enough: the rough half of an exact
//! search, which compares only these with the vectors themselves.
//!
//! A [`Bound`] turns the integer inner product of a query's and a row's codes into the most
//! favourable score that the row can have. All variants round at the same places, by fused
//! multiply-adds, and so select the same rows with the same keys to the bit. Fused ones, because
//! a vector of keys then takes six instructions instead of nine, which counts for batches by
//! tiles, and because portable code has them too.
//!
//! Nothing is stored for a row that is left out: a scan for one query runs as fast as memory
//! gives the codes. `examples/select_speed.rs` measures it; `docs/kernels.md` has figures.

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
#[expect(
    unsafe_code,
    reason = "tile registers and vector loads; tokens prove that they may be used"
)]
mod amx;
#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod portable;
#[cfg(test)]
mod tests;

use super::{Line, MOST_LINES};
use crate::Isa;

/// What turns an integer inner product into the most favourable score that a row can have:
///
/// `key = length * (product * sum + length_term - square * length) + margin * row_margin`
///
/// with the `length` and `row_margin` of the row, and `self.length` for `length_term`.
///
/// A key misses the exact value by at most `2^-22` times the sum of the magnitudes
/// `length * product * sum`, `length * (length_term - square * length)` and
/// `margin * row_margin`, unless something underflows.
#[derive(Clone, Copy, Debug)]
pub struct Bound {
    /// Factor of the sum.
    pub product: f32,
    /// What is added to the product, before it is multiplied with the row's length.
    pub length: f32,
    /// Factor of the row's margin.
    pub margin: f32,
    /// Factor of the square of the row's length.
    pub square: f32,
    /// Rows with a lower key are left out. A key that is NaN is not lower.
    pub least: f32,
}

impl Bound {
    /// The key of a row, as every variant computes it.
    #[inline]
    #[must_use]
    pub fn key(&self, sum: i32, length: f32, margin: f32) -> f32 {
        let rest = (-self.square).mul_add(length, self.length);
        let inner = self.product.mul_add(sum as f32, rest);
        length.mul_add(inner, self.margin * margin)
    }
}

/// A row that may be good enough.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Selected {
    /// Its index within the call.
    pub row: u32,
    /// Its most favourable score.
    pub key: f32,
}

/// Rows to scan and what for, of shapes that fit together.
#[derive(Clone, Copy)]
struct Scan<'a> {
    queries: &'a [Line],
    bounds: &'a [Bound],
    rows: &'a [Line],
    /// Of each query and row: at least one.
    lines: usize,
    lengths: &'a [f32],
    margins: &'a [f32],
}

/// Appends to `found[query]` the `rows` whose key is not less than the query's `least`, by
/// rising index.
///
/// `rows` are `[count][lines]`, `queries` are `[queries][lines]`. There is a length and a margin
/// for every row, a bound and a list of what is found for every query. Bytes are those of
/// [`super::inner_products`].
///
/// Each call packs its queries again, about as much work as a few dozen rows: give it hundreds.
///
/// # Panics
/// When `lines` is 0 or more than [`MOST_LINES`], shapes do not fit together, or there are more
/// rows than a `u32` counts.
#[expect(
    clippy::too_many_arguments,
    reason = "what is given for queries and for rows; a struct would be taken apart at once"
)]
pub fn select(
    isa: Isa,
    queries: &[Line],
    bounds: &[Bound],
    rows: &[Line],
    lines: usize,
    lengths: &[f32],
    margins: &[f32],
    found: &mut [Vec<Selected>],
) {
    assert!((1..=MOST_LINES).contains(&lines), "{lines} lines");
    let count = lengths.len();
    assert!(u32::try_from(count).is_ok(), "{count} rows in one call");
    assert_eq!(rows.len(), count * lines, "a length for every row");
    assert_eq!(margins.len(), count, "a margin for every row");
    assert_eq!(
        queries.len(),
        bounds.len() * lines,
        "a bound for every query"
    );
    assert_eq!(found.len(), bounds.len(), "a list for every query");
    let scan = Scan {
        queries,
        bounds,
        rows,
        lines,
        lengths,
        margins,
    };
    match isa {
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512(token) => avx512::select(token, scan, found),
        #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
        Isa::Amx(token) => amx::select(token, scan, found),
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2(token) => avx2::select(token, scan, found),
        _ => portable::select(scan, found),
    }
}
