//! Layer norm.

use std::arch::x86_64::*;

use super::finish::round;
use crate::bf16::tile::{BlockedMut, Tile};
use crate::features::avx512_bf16;
use crate::isa::Avx512Bf16;
use crate::matrix::Matrix;

/// See [`crate::bf16::layer_norm`], which has checked the shapes.
pub(in crate::bf16) fn layer_norm(
    _token: Avx512Bf16,
    x: Matrix<'_>,
    epsilon: f32,
    out: &mut BlockedMut<'_>,
) {
    let depth = x.columns().div_ceil(Tile::COLUMNS);
    let tiles = out.tiles_mut();
    for row in 0..x.rows() {
        let tiles = &mut tiles[row / Tile::ROWS * depth..][..depth];
        let (x, row) = (x.row(row), row % Tile::ROWS);
        // SAFETY: the token proves the features; the row is whole as told, and the tiles cover
        // its columns.
        unsafe {
            if x.len().is_multiple_of(Tile::COLUMNS) {
                norm_row::<true>(x, epsilon, tiles, row);
            } else {
                norm_row::<false>(x, epsilon, tiles, row);
            }
        }
    }
}

avx512_bf16! {
    /// # Safety
    /// The features of `Avx512Bf16`; `tiles` cover the columns of `x`, which are whole vectors by
    /// twos if `WHOLE`; `row < 16`.
    unsafe fn norm_row<const WHOLE: bool>(
        x: &[f32],
        epsilon: f32,
        tiles: &mut [Tile],
        row: usize,
    ) {
        debug_assert!(row < Tile::ROWS && x.len() <= tiles.len() * Tile::COLUMNS, "row {row}");
        // SAFETY: the features are promised, and that the row is whole if `WHOLE`: then every tile
        // has 32 numbers of it. A tile has 16 rows of one vector, of which `row` is one.
        unsafe {
            let normal = Normal::<WHOLE>::new(x, epsilon);
            for (block, tile) in tiles.iter_mut().enumerate() {
                let out = tile.0.as_mut_ptr().cast::<__m512i>().add(row);
                let rounded = round(normal.part(block * 32), normal.part(block * 32 + 16));
                _mm512_store_si512(out, rounded);
            }
        }
    }
}

/// A row under layer norm; if `WHOLE`, of whole vectors by twos, which spares masks and a third
/// of the time.
pub(crate) struct Normal<'a, const WHOLE: bool> {
    x: &'a [f32],
    scale: __m512,
    /// What the mean becomes.
    shift: __m512,
}

impl<'a, const WHOLE: bool> Normal<'a, WHOLE> {
    /// Computes mean and variance in one pass, from distances to the first number. That is one of
    /// those that make up the variance: a mean square of n numbers' distances to one of them is at
    /// most n + 1 times their variance, and loses no more than as many roundings when the mean is
    /// taken off.
    ///
    /// # Safety
    /// AVX-512 F; if `WHOLE`, the row has a multiple of 32 numbers.
    #[inline(always)]
    pub(crate) unsafe fn new(x: &'a [f32], epsilon: f32) -> Self {
        let count = x.len() as f32;
        let first = x.first().copied().unwrap_or_default();
        // SAFETY: AVX-512 F is promised. A whole row has 32 numbers from each multiple of 32 below
        // its length on, which is what `part` asks for.
        unsafe {
            let origin = _mm512_set1_ps(first);
            // Two chains of sums each hide the latency of the additions.
            let (mut sums, mut squares) = ([_mm512_setzero_ps(); 2], [_mm512_setzero_ps(); 2]);
            for index in (0..x.len()).step_by(32) {
                for half in 0..2 {
                    let (x, mask) = part::<WHOLE>(x, index + half * 16);
                    let distance = _mm512_maskz_sub_ps(mask, x, origin);
                    sums[half] = _mm512_add_ps(sums[half], distance);
                    squares[half] = _mm512_fmadd_ps(distance, distance, squares[half]);
                }
            }
            let distance = _mm512_reduce_add_ps(_mm512_add_ps(sums[0], sums[1])) / count;
            let square = _mm512_reduce_add_ps(_mm512_add_ps(squares[0], squares[1])) / count;
            let variance = square - distance * distance;
            // Not `max`, which would make zero of NaN.
            let variance = if variance < 0.0 { 0.0 } else { variance };
            let scale = 1.0 / (variance + epsilon).sqrt();
            Self {
                x,
                scale: _mm512_set1_ps(scale),
                shift: _mm512_set1_ps(-(first + distance) * scale),
            }
        }
    }

    /// The 16 results from `index` on, zeros behind the end.
    ///
    /// # Safety
    /// AVX-512 F; if `WHOLE`, there are 16 more.
    #[inline(always)]
    pub(crate) unsafe fn part(&self, index: usize) -> __m512 {
        // SAFETY: AVX-512 F is promised, and what `part` asks for.
        unsafe {
            let (x, mask) = part::<WHOLE>(self.x, index);
            _mm512_maskz_fmadd_ps(mask, x, self.scale, self.shift)
        }
    }
}

/// The vector of up to 16 numbers from `index` on, zeros behind the end.
///
/// # Safety
/// AVX-512 F; if `WHOLE`, there are 16 more.
#[inline(always)]
unsafe fn part<const WHOLE: bool>(x: &[f32], index: usize) -> (__m512, __mmask16) {
    if WHOLE {
        debug_assert!(index + 16 <= x.len(), "{index} of {}", x.len());
        // SAFETY: AVX-512 F is promised, and so are 16 numbers from `index` on.
        return unsafe { (_mm512_loadu_ps(x.as_ptr().add(index)), !0) };
    }
    let left = x.len().saturating_sub(index);
    let mask = if left >= 16 { 0xffff } else { (1 << left) - 1 };
    // SAFETY: the mask keeps the load within the slice.
    unsafe {
        (
            _mm512_maskz_loadu_ps(mask, x.as_ptr().wrapping_add(index)),
            mask,
        )
    }
}
