//! The register tile of the matrix product.

use std::arch::x86_64::*;

use crate::backend::{Start, Strided, StridedMut, check_tile};
use crate::isa::Avx512;

pub(super) const ROWS: usize = 12;
pub(super) const COLUMNS: usize = 32;

/// See [`crate::backend::Backend::tile`].
#[inline]
pub(super) fn multiply(
    _token: Avx512,
    rows: usize,
    a: Strided<'_>,
    b: &[f32],
    c: StridedMut<'_>,
    start: Start,
) {
    let depth = check_tile::<Avx512>(rows, a, b, &c);
    let StridedMut { data, stride } = c;
    macro_rules! by_rows {
        ($($count:literal)*) => {
            match rows {
                // SAFETY: the token proves AVX-512 F, and it was just checked that
                // `rows` rows of `a` and of `c` and `depth` rows of `b` are there.
                $($count => unsafe {
                    tile::<$count>(depth, a.data.as_ptr(), a.stride, b.as_ptr(),
                        data.as_mut_ptr(), stride, start)
                },)*
                _ => unreachable!("a tile has 1 to {ROWS} rows"),
            }
        };
    }
    by_rows!(1 2 3 4 5 6 7 8 9 10 11 12);
}

/// `c[r][j] (+)= sum over k of a[r][k] * b[k][j]` for `R` rows.
///
/// # Safety
/// The CPU has AVX-512 F. `a` holds `R` rows of `depth` elements, `a_stride` apart; `b`
/// `depth` rows of 32; `c` `R` writable rows of 32, `c_stride` apart.
#[target_feature(enable = "avx512f,avx512vl,avx2,fma")]
unsafe fn tile<const R: usize>(
    depth: usize,
    a: *const f32,
    a_stride: usize,
    b: *const f32,
    c: *mut f32,
    c_stride: usize,
    start: Start,
) {
    let mut sums = [[_mm512_setzero_ps(); 2]; R];
    if start == Start::Destination {
        for (r, sums) in sums.iter_mut().enumerate() {
            // SAFETY: row `r` of `c` has 32 elements.
            unsafe {
                sums[0] = _mm512_loadu_ps(c.add(r * c_stride));
                sums[1] = _mm512_loadu_ps(c.add(r * c_stride + 16));
            }
        }
    }
    for k in 0..depth {
        // SAFETY: `k < depth`, so row `k` of `b` and element `k` of every row of `a` exist.
        unsafe {
            let left = _mm512_loadu_ps(b.add(k * COLUMNS));
            let right = _mm512_loadu_ps(b.add(k * COLUMNS + 16));
            for (r, sums) in sums.iter_mut().enumerate() {
                let x = _mm512_set1_ps(*a.add(r * a_stride + k));
                sums[0] = _mm512_fmadd_ps(x, left, sums[0]);
                sums[1] = _mm512_fmadd_ps(x, right, sums[1]);
            }
        }
    }
    for (r, sums) in sums.iter().enumerate() {
        // SAFETY: row `r` of `c` has 32 writable elements.
        unsafe {
            _mm512_storeu_ps(c.add(r * c_stride), sums[0]);
            _mm512_storeu_ps(c.add(r * c_stride + 16), sums[1]);
        }
    }
}
