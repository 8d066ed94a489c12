//! The register tile of the matrix product.

use std::arch::x86_64::*;

use crate::backend::{End, Start, Strided, StridedMut, check_tile};
use crate::isa::Avx2;

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
    c: StridedMut<'_>,
    start: Start,
    end: End<'_>,
) {
    let depth = check_tile::<Avx2>(rows, V * LANES, a, b, &c, end);
    let StridedMut { data, stride } = c;
    macro_rules! by_rows {
        ($($count:literal)*) => {
            match rows {
                // SAFETY: the token proves AVX2 and FMA, and it was just checked that
                // `rows` rows of `a` and of `c` and `depth` rows of `b` are there.
                $($count => unsafe {
                    tile::<$count, V>(depth, a.data.as_ptr(), a.stride, b.as_ptr(),
                        data.as_mut_ptr(), stride, start, end)
                },)*
                _ => unreachable!("a tile has 1 to {ROWS} rows"),
            }
        };
    }
    by_rows!(1 2 3 4 5 6);
}

/// `c[r][j] (+)= sum over k of a[r][k] * b[k][j]`, or ReLU6 of that, for `R` rows and `V`
/// registers of columns.
///
/// # Safety
/// The CPU has the features named here. `a` holds `R` rows of `depth` elements, `a_stride` apart;
/// `b` `depth` rows of 16; `c` `R` writable rows of `V` registers, `c_stride` apart; a bias as
/// many elements. `V` is 1 or 2.
#[target_feature(enable = "avx2,fma")]
#[expect(
    clippy::too_many_arguments,
    reason = "pointers whose bounds are checked before"
)]
unsafe fn tile<const R: usize, const V: usize>(
    depth: usize,
    a: *const f32,
    a_stride: usize,
    b: *const f32,
    c: *mut f32,
    c_stride: usize,
    start: Start,
    end: End<'_>,
) {
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
