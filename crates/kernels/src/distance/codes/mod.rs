//! Inner products of vectors whose values are coded in a byte each, for searches that look at
//! many rows roughly before a few are compared exactly.
//!
//! A value `v` from -127 to 127 is stored as `v + 128`: `vpdpbusd` wants one operand without
//! sign, and so rows lie in memory as it takes them. The other operand gets its sign back by a
//! flipped bit, and 128 times its sum is taken off the result, so that rows can be compared
//! with one another as well as with a query. Sums are exact: all variants agree to the bit.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod portable;
mod select;
#[cfg(test)]
mod tests;

use crate::Isa;

pub use select::{Bound, Selected, select};

/// 64 coded values on a cache line of their own. What a vector does not fill is coded 0, which
/// is 128 and the default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C, align(64))]
pub struct Line(pub [u8; Line::VALUES]);

impl Line {
    /// Values in a line.
    pub const VALUES: usize = 64;

    /// The byte that stands for the value 0.
    pub const ZERO: u8 = 128;
}

#[expect(unsafe_code, reason = "lines and their bytes are the same memory")]
impl Line {
    /// Bytes as lines, for those that lie in a mapped file.
    ///
    /// # Panics
    /// When they do not begin on a boundary of 64 bytes or the last line is not whole.
    #[must_use]
    pub fn of_bytes(bytes: &[u8]) -> &[Self] {
        let first = bytes.as_ptr().cast::<Self>();
        assert!(first.is_aligned(), "lines begin between boundaries");
        assert!(
            bytes.len().is_multiple_of(Self::VALUES),
            "a line is not whole"
        );
        // SAFETY: as many lines as there are bytes for, on their boundary; a line may hold any
        // bytes and is no longer than these, and the borrow is the same.
        unsafe { std::slice::from_raw_parts(first, bytes.len() / Self::VALUES) }
    }

    /// The bytes of lines, one after another.
    #[must_use]
    pub fn to_bytes(lines: &[Self]) -> &[u8] {
        // SAFETY: lines are bytes without any between them, and the borrow is the same.
        unsafe { std::slice::from_raw_parts(lines.as_ptr().cast(), size_of_val(lines)) }
    }
}

impl Default for Line {
    fn default() -> Self {
        Self([Self::ZERO; Self::VALUES])
    }
}

/// The most lines of a vector: sums of 65,536 products of 255 and 127 fit 32 bits.
pub const MOST_LINES: usize = 1024;

/// Inner products of `query` with each of `rows`, of as many lines, into `out`.
///
/// Values are those coded, from -127 to 127 (a byte 0 counts as -128 and is summed exactly too,
/// up to half of [`MOST_LINES`]).
///
/// # Panics
/// When a row has another length than the query, there are more lines than [`MOST_LINES`], or
/// `out` has another length than `rows`.
pub fn inner_products(isa: Isa, query: &[Line], rows: &[&[Line]], out: &mut [i32]) {
    assert!(query.len() <= MOST_LINES, "{} lines", query.len());
    assert_eq!(out.len(), rows.len(), "results for every row");
    assert!(
        rows.iter().all(|row| row.len() == query.len()),
        "rows of other lengths than the query"
    );
    match isa {
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512(token) => avx512::inner_products(token, query, rows, out),
        #[cfg(target_arch = "x86_64")]
        Isa::Amx(token) => avx512::inner_products(token.vectors().avx512(), query, rows, out),
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2(token) => avx2::inner_products(token, query, rows, out),
        _ => portable::inner_products(query, rows, out),
    }
}

/// Asks the CPU to fetch `data` into its nearest cache; no more than a hint.
#[inline]
pub fn prefetch<T>(data: &[T]) {
    #[cfg(target_arch = "x86_64")]
    avx2::prefetch(data);
    #[cfg(not(target_arch = "x86_64"))]
    let _ = data;
}
