//! Products of tiles by `vpdpbusd`, for CPUs without tile registers.
//!
//! Its left operand has no sign: weights have 128 added to them (see
//! [`crate::int8::PackedLinear`]), and sums start at -128 times the sum of the row.

use std::arch::x86_64::*;

use super::Scaled;
use crate::bf16::Output;
use crate::bf16::avx512::{Finish, with_finish};
use crate::features::avx512_bf16;
use crate::int8::tile::{Quantised, Tile};
use crate::int8::weights::PackedLinear;
use crate::isa::Avx512Bf16;

/// A block of 32 x 32 sums, as 2 x 2 blocks of 16 x 16.
#[repr(C, align(64))]
struct Sums([i32; 1024]);

/// See [`crate::int8::linear()`], which has checked the shapes.
pub(in crate::int8) fn linear(
    _token: Avx512Bf16,
    x: Quantised<'_>,
    weights: &PackedLinear,
    out: &mut Output<'_>,
) {
    let (panels, depth) = (weights.panels(), weights.depth());
    let row_tiles = x.rows().div_ceil(Tile::ROWS);
    // SAFETY: the token proves the features; `x` has `depth` tiles to a row of tiles.
    let starts = unsafe { starts(x.tiles(), row_tiles, depth) };
    let sums = Scaled::new(x.scales(), weights);
    // SAFETY: the token proves the features. Operand, weights and output were checked to fit, and
    // have the tiles and rows that `run` reads and writes.
    with_finish!(out, sums, weights.outputs(), finish => unsafe {
        run(x.tiles(), &starts, depth, weights.tiles(), panels, &mut finish);
    });
}

avx512_bf16! {
    /// What the sums of each row start with, for `row_tiles` rows of tiles.
    ///
    /// # Safety
    /// The features of `Avx512Bf16`.
    unsafe fn starts(x: &[Tile], row_tiles: usize, depth: usize) -> Vec<[i32; 16]> {
        let mut starts = vec![[0; 16]; row_tiles];
        for (index, starts) in starts.iter_mut().enumerate() {
            let tiles = &x[index * depth..][..depth];
            for (row, start) in starts.iter_mut().enumerate() {
                let mut sum = _mm512_setzero_si512();
                for tile in tiles {
                    // SAFETY: a tile has 16 rows of one vector.
                    let part = unsafe {
                        _mm512_load_si512(tile.0.as_ptr().cast::<__m512i>().add(row))
                    };
                    sum = _mm512_dpbusd_epi32(sum, _mm512_set1_epi8(1), part);
                }
                *start = -128 * _mm512_reduce_add_epi32(sum);
            }
        }
        starts
    }
}

avx512_bf16! {
    /// # Safety
    /// The features of `Avx512Bf16`. `x` has `depth` tiles for each of `starts`, `weights` has
    /// `depth` x 2 tiles for each of `panels`, and `finish` takes as many rows and panels.
    unsafe fn run<F: Finish>(
        x: &[Tile],
        starts: &[[i32; 16]],
        depth: usize,
        weights: &[Tile],
        panels: usize,
        finish: &mut F,
    ) {
        let row_tiles = starts.len();
        debug_assert!(row_tiles * depth <= x.len() && panels * depth * 2 <= weights.len());
        let mut sums = Sums([0; 1024]);
        for panel in 0..panels {
            for block in 0..row_tiles.div_ceil(2) {
                let is_whole = block * 2 + 1 < row_tiles;
                // SAFETY: the features are promised. The tiles of this block and panel exist; the
                // lower half of the last block may not, in which case the sums of the block before
                // stand in. Rows come in order, and block and panel lie within the output.
                unsafe {
                    let b = weights.as_ptr().add(panel * depth * 2);
                    let sums = sums.0.as_mut_ptr();
                    for half in 0..1 + usize::from(is_whole) {
                        let index = block * 2 + half;
                        let a = x.as_ptr().add(index * depth);
                        multiply(a, &starts[index], b, depth, sums.add(half * 512));
                    }
                    let rows = if is_whole || F::GROUPS { 32 } else { 16 };
                    for row in 0..rows {
                        finish.row(sums.cast(), block, panel, row);
                    }
                }
            }
        }
    }
}

/// Sums of 16 rows by a panel, as two blocks of 16 x 16, from `starts` on.
///
/// # Safety
/// The features of `Avx512Bf16`; `a` are `depth` tiles, `b` twice as many; `out` are 512 sums
/// on a cache line's boundary.
#[inline(always)]
unsafe fn multiply(
    a: *const Tile,
    starts: &[i32; 16],
    b: *const Tile,
    depth: usize,
    out: *mut i32,
) {
    // Eight rows by two vectors: 16 accumulators hide the latency of the products.
    for first in [0, 8] {
        // SAFETY: the features are promised, and `depth` tiles of each operand. Rows `first` to
        // `first + 7` lie in one tile of 16 rows of 16 fours, and in blocks of 16 x 16 sums.
        unsafe {
            let mut sums = [[_mm512_setzero_si512(); 2]; 8];
            for (sums, start) in sums.iter_mut().zip(&starts[first..]) {
                *sums = [_mm512_set1_epi32(*start); 2];
            }
            for k in 0..depth {
                let a = a.add(k).cast::<i32>().add(first * 16);
                let left = b.add(k * 2).cast::<__m512i>();
                for four in 0..16 {
                    let b = [
                        _mm512_load_si512(left.add(four)),
                        _mm512_load_si512(left.add(four + 16)),
                    ];
                    for (row, sums) in sums.iter_mut().enumerate() {
                        let a = _mm512_set1_epi32(*a.add(row * 16 + four));
                        sums[0] = _mm512_dpbusd_epi32(sums[0], b[0], a);
                        sums[1] = _mm512_dpbusd_epi32(sums[1], b[1], a);
                    }
                }
            }
            for (row, sums) in sums.iter().enumerate() {
                let out = out.add((first + row) * 16);
                _mm512_store_si512(out.cast(), sums[0]);
                _mm512_store_si512(out.add(256).cast(), sums[1]);
            }
        }
    }
}
