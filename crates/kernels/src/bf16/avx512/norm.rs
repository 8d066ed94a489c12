//! Layer norm.

use std::arch::x86_64::*;

use super::finish::round;
use super::vectors;
use crate::bf16::tile::{BlockedMut, Tile};
use crate::isa::Avx512Bf16;
use crate::matrix::Matrix;

/// See [`crate::bf16::layer_norm`], which has checked the shapes.
pub(in crate::bf16) fn layer_norm(
    _token: Avx512Bf16,
    x: Matrix<'_>,
    gain: &[f32],
    bias: &[f32],
    epsilon: f32,
    out: &mut BlockedMut<'_>,
) {
    let depth = x.columns().div_ceil(Tile::COLUMNS);
    let tiles = out.tiles_mut();
    assert!(gain.len() == x.columns() && bias.len() == x.columns());
    for row in 0..x.rows() {
        let tiles = &mut tiles[row / Tile::ROWS * depth..][..depth];
        let (x, row) = (x.row(row), row % Tile::ROWS);
        // SAFETY: the token proves the features; gains and biases are as long as the row, which
        // is whole as told, and the tiles cover its columns.
        unsafe {
            if x.len().is_multiple_of(Tile::COLUMNS) {
                norm_row::<true>(x, gain, bias, epsilon, tiles, row);
            } else {
                norm_row::<false>(x, gain, bias, epsilon, tiles, row);
            }
        }
    }
}

vectors! {
    /// # Safety
    /// The features of `Avx512Bf16`; `gain` and `bias` are as long as `x`, `tiles` cover its
    /// columns, which are whole vectors by twos if `WHOLE`; `row < 16`.
    unsafe fn norm_row<const WHOLE: bool>(
        x: &[f32],
        gain: &[f32],
        bias: &[f32],
        epsilon: f32,
        tiles: &mut [Tile],
        row: usize,
    ) {
        // SAFETY: the caller's duties; a tile has 16 rows of one vector.
        unsafe {
            let normal = Normal::<WHOLE>::new(x, gain, bias, epsilon);
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
    gain: &'a [f32],
    bias: &'a [f32],
    mean: __m512,
    scale: __m512,
}

impl<'a, const WHOLE: bool> Normal<'a, WHOLE> {
    /// Computes mean and variance.
    ///
    /// # Safety
    /// AVX-512 F; if `WHOLE`, the row has a multiple of 32 numbers; gains and biases are as many.
    #[inline(always)]
    pub(crate) unsafe fn new(x: &'a [f32], gain: &'a [f32], bias: &'a [f32], epsilon: f32) -> Self {
        let count = x.len() as f32;
        // SAFETY: `part` stays within its slices: a whole row has 32 numbers from each multiple
        // of 32 on.
        unsafe {
            // Two chains of sums each hide the latency of the additions.
            let mut sums = [_mm512_setzero_ps(); 2];
            for index in (0..x.len()).step_by(32) {
                sums[0] = _mm512_add_ps(sums[0], part::<WHOLE>(x, index).0);
                sums[1] = _mm512_add_ps(sums[1], part::<WHOLE>(x, index + 16).0);
            }
            let mean = _mm512_reduce_add_ps(_mm512_add_ps(sums[0], sums[1])) / count;
            let mean = _mm512_set1_ps(mean);
            let mut squares = [_mm512_setzero_ps(); 2];
            for index in (0..x.len()).step_by(32) {
                for (half, square) in squares.iter_mut().enumerate() {
                    let (x, mask) = part::<WHOLE>(x, index + half * 16);
                    let distance = _mm512_maskz_sub_ps(mask, x, mean);
                    *square = _mm512_fmadd_ps(distance, distance, *square);
                }
            }
            let variance = _mm512_reduce_add_ps(_mm512_add_ps(squares[0], squares[1])) / count;
            let scale = _mm512_set1_ps(1.0 / (variance + epsilon).sqrt());
            Self {
                x,
                gain,
                bias,
                mean,
                scale,
            }
        }
    }

    /// The 16 results from `index` on, zeros behind the end.
    ///
    /// # Safety
    /// AVX-512 F; if `WHOLE`, there are 16 more.
    #[inline(always)]
    pub(crate) unsafe fn part(&self, index: usize) -> __m512 {
        // SAFETY: `part` stays within its slices by the caller's duty, as gains and biases are
        // as long as the row.
        unsafe {
            let (x, mask) = part::<WHOLE>(self.x, index);
            let x = _mm512_mul_ps(_mm512_sub_ps(x, self.mean), self.scale);
            let (gain, bias) = (
                part::<WHOLE>(self.gain, index).0,
                part::<WHOLE>(self.bias, index).0,
            );
            _mm512_maskz_fmadd_ps(mask, x, gain, bias)
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
        // SAFETY: the caller's duty.
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
