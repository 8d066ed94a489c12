//! The register tile of the matrix product.

use std::arch::x86_64::*;

use crate::backend::{End, Start, check_tile};
use crate::features::avx2;
use crate::isa::Avx2;
use crate::matrix::{Strided, StridedMut};

pub(super) const ROWS: usize = 6;
pub(super) const COLUMNS: usize = 16;

/// Columns of a register.
const LANES: usize = 8;

/// See [`crate::backend::Backend::tile`]; `V` registers of columns, 1 or 2.
#[inline]
pub(super) fn multiply<const V: usize>(
    _token: Avx2,
    rows: usize,
    a: Strided<'_>,
    b: &[f32],
    mut c: StridedMut<'_>,
    start: Start,
    end: End<'_>,
) {
    let depth = check_tile::<Avx2>(rows, V * LANES, a, b, &c, end);
    macro_rules! by_rows {
        ($($count:literal)*) => {
            match rows {
                // SAFETY: the token proves AVX2 and FMA, and it was just checked that
                // `rows` rows of `a` and of `c` and `depth` rows of `b` are there.
                $($count => unsafe {
                    tile::<$count, V>(depth, a, b, &mut c, start, end)
                },)*
                _ => unreachable!("a tile has 1 to {ROWS} rows"),
            }
        };
    }
    by_rows!(1 2 3 4 5 6);
}

avx2! {
    /// `c[r][j] (+)= sum over k of a[r][k] * b[k][j]`, or ReLU6 of that, for `R` rows and `V`
    /// registers of columns.
    ///
    /// # Safety
    /// The features of `Avx2`. [`check_tile`] has found that `a` has `R` rows of `depth` elements,
    /// `b` `depth` rows of 16, and `c` and a bias `R` rows of `V` registers. `V` is 1 or 2.
    unsafe fn tile<const R: usize, const V: usize>(
        depth: usize,
        a: Strided<'_>,
        b: &[f32],
        c: &mut StridedMut<'_>,
        start: Start,
        end: End<'_>,
    ) {
        debug_assert_eq!(check_tile::<Avx2>(R, V * LANES, a, b, c, end), depth);
        let (a_stride, c_stride) = (a.stride, c.stride);
        let (a, b, c) = (a.data.as_ptr(), b.as_ptr(), c.data.as_mut_ptr());
        let mut sums = [[_mm256_setzero_ps(); V]; R];
        if start == Start::Destination {
            for (r, sums) in sums.iter_mut().enumerate() {
                for (v, sum) in sums.iter_mut().enumerate() {
                    // SAFETY: row `r` of `c` has `V` registers.
                    *sum = unsafe { _mm256_loadu_ps(c.add(r * c_stride + v * LANES)) };
                }
            }
        }
        for k in 0..depth {
            // SAFETY: `k < depth`, so row `k` of `b` and element `k` of every row of `a` exist.
            unsafe {
                let mut panel = [_mm256_setzero_ps(); V];
                for (v, panel) in panel.iter_mut().enumerate() {
                    *panel = _mm256_loadu_ps(b.add(k * COLUMNS + v * LANES));
                }
                for (r, sums) in sums.iter_mut().enumerate() {
                    let x = _mm256_set1_ps(*a.add(r * a_stride + k));
                    for (sum, panel) in sums.iter_mut().zip(panel) {
                        *sum = _mm256_fmadd_ps(x, panel, *sum);
                    }
                }
            }
        }
        if let End::Relu6(bias) = end {
            for v in 0..V {
                // SAFETY: the bias has `V` registers.
                let bias = unsafe { _mm256_loadu_ps(bias.as_ptr().add(v * LANES)) };
                for sums in &mut sums {
                    let sum = _mm256_max_ps(_mm256_add_ps(sums[v], bias), _mm256_setzero_ps());
                    sums[v] = _mm256_min_ps(sum, _mm256_set1_ps(6.0));
                }
            }
        }
        for (r, sums) in sums.iter().enumerate() {
            for (v, &sum) in sums.iter().enumerate() {
                // SAFETY: row `r` of `c` has `V` writable registers.
                unsafe { _mm256_storeu_ps(c.add(r * c_stride + v * LANES), sum) };
            }
        }
    }
}
