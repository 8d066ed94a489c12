//! Quantised activations, row by row: a pass for the greatest magnitude, a pass for integers.
//!
//! Magnitudes are compared as bits, in which order NaN is greatest and therefore shows.

use std::arch::x86_64::*;

use crate::bf16::avx512::Normal;
use crate::bf16::{Blocked, Tile as Bf16Tile};
use crate::features::avx512_bf16;
use crate::int8::scale::Scale;
use crate::int8::tile::{QuantisedMut, Tile};
use crate::isa::Avx512Bf16;
use crate::matrix::Matrix;

/// See [`crate::int8::layer_norm`], which has checked the shapes.
pub(in crate::int8) fn layer_norm(
    _token: Avx512Bf16,
    x: Matrix<'_>,
    epsilon: f32,
    out: &mut QuantisedMut<'_>,
) {
    for row in 0..x.rows() {
        let (tiles, step) = out.row_mut(row);
        let (x, row) = (x.row(row), row % Tile::ROWS);
        // SAFETY: the token proves the features; the row is whole as told.
        *step = unsafe {
            if x.len().is_multiple_of(Tile::COLUMNS) {
                norm_row::<true>(x, epsilon, tiles, row)
            } else {
                norm_row::<false>(x, epsilon, tiles, row)
            }
        };
    }
}

/// See [`crate::int8::quantise`], which has checked the shapes.
pub(in crate::int8) fn quantise(_token: Avx512Bf16, x: Blocked<'_>, out: &mut QuantisedMut<'_>) {
    let depth = x.columns().div_ceil(Bf16Tile::COLUMNS);
    for index in 0..x.rows().div_ceil(Bf16Tile::ROWS) {
        let source = &x.tiles()[index * depth..][..depth];
        let (tiles, steps) = out.tile_row_mut(index);
        // SAFETY: the token proves the features.
        let all = unsafe { quantise_rows(source, tiles) };
        steps.copy_from_slice(&all[..steps.len()]);
    }
}

avx512_bf16! {
    /// Fills row `row` of `tiles`; returns the scale.
    ///
    /// # Safety
    /// The features of `Avx512Bf16`; `x` fills up `tiles` if `WHOLE`; `row < 16`.
    unsafe fn norm_row<const WHOLE: bool>(
        x: &[f32],
        epsilon: f32,
        tiles: &mut [Tile],
        row: usize,
    ) -> f32 {
        debug_assert!(row < Tile::ROWS && x.len() <= tiles.len() * Tile::COLUMNS, "row {row}");
        // SAFETY: the features are promised, and that `x` fills up the tiles if `WHOLE`, so that
        // each has 64 numbers of it. A tile has 16 rows of one vector, of which `row` is one; the
        // order that is loaded has 64 bytes.
        unsafe {
            let normal = Normal::<WHOLE>::new(x, epsilon);
            let magnitude = _mm512_set1_epi32(0x7fff_ffff);
            let mut greatest = _mm512_setzero_si512();
            for index in (0..x.len()).step_by(16) {
                let bits = _mm512_castps_si512(normal.part(index));
                greatest = _mm512_max_epu32(greatest, _mm512_and_si512(bits, magnitude));
            }
            let scale = Scale::of(f32::from_bits(_mm512_reduce_max_epu32(greatest)));
            let inverse = _mm512_set1_ps(scale.inverse);
            let order = _mm512_loadu_si512(BLOCKS.as_ptr().cast());
            for (block, tile) in tiles.iter_mut().enumerate() {
                let part = |part: usize| {
                    let x = normal.part(block * 64 + part * 16);
                    _mm512_cvtps_epi32(_mm512_mul_ps(x, inverse))
                };
                let integers = narrow([part(0), part(1), part(2), part(3)]);
                let out = tile.0.as_mut_ptr().cast::<__m512i>().add(row);
                _mm512_store_si512(out, _mm512_permutexvar_epi32(order, integers));
            }
            scale.step
        }
    }
}

avx512_bf16! {
    /// Fills a row of `tiles` with that of `source`, tiles of as many columns, rounded up;
    /// returns the scales of its rows.
    ///
    /// Tile by tile, not row by row: rows of tiles lie 1 KB apart and would push one another
    /// out of L1.
    ///
    /// # Safety
    /// The features of `Avx512Bf16`.
    unsafe fn quantise_rows(source: &[Bf16Tile], tiles: &mut [Tile]) -> [f32; 16] {
        // SAFETY: the features are promised. A tile of either kind has 16 rows of one vector; the
        // order that is loaded has 64 bytes.
        unsafe {
            let vector = |tile: &Bf16Tile, row: usize| {
                _mm512_load_si512(tile.0.as_ptr().cast::<__m512i>().add(row))
            };
            let magnitude = _mm512_set1_epi16(0x7fff);
            let mut greatest = [_mm512_setzero_si512(); 16];
            for tile in source {
                for (row, greatest) in greatest.iter_mut().enumerate() {
                    let bits = _mm512_and_si512(vector(tile, row), magnitude);
                    *greatest = _mm512_max_epu16(*greatest, bits);
                }
            }
            let scales = greatest.map(|greatest| {
                // Of each pair, the one in the upper half and the one in the lower half.
                let lower = _mm512_slli_epi32::<16>(greatest);
                let bits = _mm512_reduce_max_epu32(_mm512_max_epu32(greatest, lower));
                Scale::of(f32::from_bits(bits & 0xffff_0000))
            });
            let odd = _mm512_set1_epi32(0xffff_0000_u32.cast_signed());
            let order = _mm512_loadu_si512(TURNS.as_ptr().cast());
            for (tile, pair) in tiles.iter_mut().zip(source.chunks(2)) {
                for (row, scale) in scales.iter().enumerate() {
                    let inverse = _mm512_set1_ps(scale.inverse);
                    let integers = |bits| {
                        _mm512_cvtps_epi32(_mm512_mul_ps(_mm512_castsi512_ps(bits), inverse))
                    };
                    // A bf16 is an f32 without its lower half.
                    let halves = |bits| {
                        let even = integers(_mm512_slli_epi32::<16>(bits));
                        [even, integers(_mm512_and_si512(bits, odd))]
                    };
                    let [a, b] = halves(vector(&pair[0], row));
                    let [c, d] = match pair.get(1) {
                        Some(tile) => halves(vector(tile, row)),
                        None => [_mm512_setzero_si512(); 2],
                    };
                    let out = tile.0.as_mut_ptr().cast::<__m512i>().add(row);
                    let integers = narrow([a, b, c, d]);
                    _mm512_store_si512(out, _mm512_permutexvar_epi8(order, integers));
                }
            }
            scales.map(|scale| scale.step)
        }
    }
}

/// Four vectors of i32 as i8, saturated; four integers of each by turns.
///
/// # Safety
/// AVX-512 BW.
#[inline(always)]
unsafe fn narrow([a, b, c, d]: [__m512i; 4]) -> __m512i {
    // SAFETY: AVX-512 BW is promised; nothing is read or written.
    unsafe { _mm512_packs_epi16(_mm512_packs_epi32(a, b), _mm512_packs_epi32(c, d)) }
}

/// Fours of what [`narrow`] made, in the order of its vectors.
static BLOCKS: [u32; 16] = [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15];

/// Where the integers of what [`narrow`] made are whose first two vectors and last two took
/// turns.
static TURNS: [u8; 64] = {
    let mut order = [0; 64];
    let mut to = 0;
    while to < 64 {
        let (vector, index) = (to / 32 * 2 + to % 2, to % 32 / 2);
        order[to] = (index / 4 * 16 + vector * 4 + index % 4) as u8;
        to += 1;
    }
    order
};
