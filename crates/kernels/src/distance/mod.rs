//! Inner products and squared Euclidean distances of f32 vectors: queries against rows.
//!
//! A pair is always summed in the same order, whatever stands beside it in the call: lane `i`
//! sums positions `i`, `i + lanes`, ..., the lanes are then added as a tree. One pair, a batch
//! and a gathered list therefore agree to the bit within an instruction set, which is what lets
//! an index split its rows over threads and still answer the same. The price is one chain of
//! additions a pair; four rows are taken at a time to hide its latency.
//!
//! Error of a result: at most `dim * 2^-24` times the sum of the absolute terms, and about
//! `dim / lanes * 2^-24` in the vector variants. Sums beyond the range of f32 become infinite
//! or NaN; callers that care recompute such pairs in f64.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
pub mod codes;
mod portable;
#[cfg(test)]
mod tests;

use crate::Isa;

/// Rows taken at a time by the vector variants.
#[cfg(target_arch = "x86_64")]
const ROW_TILE: usize = 4;

/// Rows of a row-major matrix that queries are compared with.
#[derive(Clone, Copy, Debug)]
pub enum Rows<'a> {
    /// All rows, `[count][dim]`.
    All(&'a [f32]),
    /// Rows that lie anywhere, `dim` values each.
    Each(&'a [&'a [f32]]),
}

impl<'a> From<&'a [f32]> for Rows<'a> {
    fn from(rows: &'a [f32]) -> Self {
        Self::All(rows)
    }
}

impl<'a> Rows<'a> {
    fn count(&self, dim: usize) -> usize {
        match self {
            Self::All(rows) => {
                assert_whole("rows", rows.len(), dim);
                rows.len() / dim
            }
            Self::Each(rows) => rows.len(),
        }
    }

    #[inline]
    fn get(&self, index: usize, dim: usize) -> &'a [f32] {
        match self {
            Self::All(rows) => &rows[index * dim..][..dim],
            Self::Each(rows) => &rows[index][..dim],
        }
    }
}

/// Inner products of `queries`, `[queries][dim]`, with `rows`, into `out`, `[queries][rows]`.
///
/// Reads each row from memory once for all queries; up to about 16 queries of 384 values stay
/// in the nearest cache meanwhile. With `dim` 0 every result is 0.
///
/// # Panics
/// When the queries or rows are not whole, a row is too short, or `out` has another size.
pub fn inner_products<'a>(
    isa: Isa,
    queries: &[f32],
    rows: impl Into<Rows<'a>>,
    dim: usize,
    out: &mut [f32],
) {
    matrix::<false>(isa, queries, rows.into(), dim, out);
}

/// Squared Euclidean distances, in the manner of [`inner_products`]; summed from the differences,
/// so that nothing cancels between lengths.
///
/// # Panics
/// When the queries or rows are not whole, a row is too short, or `out` has another size.
pub fn squared_l2s<'a>(
    isa: Isa,
    queries: &[f32],
    rows: impl Into<Rows<'a>>,
    dim: usize,
    out: &mut [f32],
) {
    matrix::<true>(isa, queries, rows.into(), dim, out);
}

fn matrix<const SQUARED_L2: bool>(
    isa: Isa,
    queries: &[f32],
    rows: Rows<'_>,
    dim: usize,
    out: &mut [f32],
) {
    if dim == 0 {
        out.fill(0.0);
        return;
    }
    assert_whole("queries", queries.len(), dim);
    let results = queries.len() / dim * rows.count(dim);
    assert_eq!(out.len(), results, "results for every query and row");
    match isa {
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512(token) => avx512::matrix::<SQUARED_L2>(token, queries, rows, dim, out),
        #[cfg(target_arch = "x86_64")]
        Isa::Amx(token) => {
            avx512::matrix::<SQUARED_L2>(token.vectors().avx512(), queries, rows, dim, out);
        }
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2(token) => avx2::matrix::<SQUARED_L2>(token, queries, rows, dim, out),
        _ => portable::matrix::<SQUARED_L2>(queries, rows, dim, out),
    }
}

fn assert_whole(what: &str, len: usize, dim: usize) {
    assert!(
        len.is_multiple_of(dim),
        "{what} of dimension {dim} are not whole: {len} values"
    );
}
