//! Products of tiles by `vdpbf16ps`, for CPUs that have it but no tile registers.

use std::arch::x86_64::*;

use super::finish::{Biased, Finish};
use super::with_finish::with_finish;
use crate::bf16::output::Output;
use crate::bf16::tile::{Blocked, Tile};
use crate::bf16::weights::PackedLinear;
use crate::features::avx512_bf16;
use crate::isa::Avx512Bf16;

/// A block of 32 x 32 sums, as 2 x 2 blocks of 16 x 16.
#[repr(C, align(64))]
struct Sums([f32; 1024]);

/// The tiles of a block's product: upper and lower rows, left and right columns, each `depth`
/// tiles, a step apart.
#[derive(Clone, Copy)]
pub(in crate::bf16) struct Operands {
    pub(in crate::bf16) upper: *const Tile,
    pub(in crate::bf16) lower: *const Tile,
    pub(in crate::bf16) row_step: usize,
    pub(in crate::bf16) left: *const Tile,
    pub(in crate::bf16) right: *const Tile,
    pub(in crate::bf16) column_step: usize,
    pub(in crate::bf16) depth: usize,
}

/// See [`crate::bf16::linear()`], which has checked the shapes.
pub(in crate::bf16) fn linear(
    _token: Avx512Bf16,
    x: Blocked<'_>,
    weights: &PackedLinear,
    out: &mut Output<'_>,
) {
    let panels = weights.panels();
    let row_tiles = x.rows().div_ceil(Tile::ROWS);
    let sums = Biased::new(weights);
    // SAFETY: the token proves the features. Operand, weights and output were checked to fit, and
    // have the tiles and rows that `run` reads and writes.
    with_finish!(out, sums, weights.outputs(), finish => unsafe {
        run(x.tiles(), row_tiles, weights.depth(), weights.tiles(), panels, &mut finish);
    });
}

avx512_bf16! {
    /// # Safety
    /// The features of `Avx512Bf16`. `x` are `row_tiles` rows of `depth` tiles, `weights` has
    /// `depth` x 2 tiles for each of `panels`, and `finish` takes as many rows and panels.
    unsafe fn run<F: Finish>(
        x: &[Tile],
        row_tiles: usize,
        depth: usize,
        weights: &[Tile],
        panels: usize,
        finish: &mut F,
    ) {
        debug_assert!(row_tiles * depth <= x.len() && panels * depth * 2 <= weights.len());
        let mut sums = Sums([0.0; 1024]);
        for panel in 0..panels {
            for block in 0..row_tiles.div_ceil(2) {
                let is_whole = block * 2 + 1 < row_tiles;
                // SAFETY: the features are promised. The tiles of this block and panel exist; the
                // lower half of the last block may not, in which case the upper one stands in. Rows
                // come in order, and block and panel lie within the output.
                unsafe {
                    let upper = x.as_ptr().add(block * 2 * depth);
                    let left = weights.as_ptr().add(panel * depth * 2);
                    let operands = Operands {
                        upper,
                        lower: if is_whole { upper.add(depth) } else { upper },
                        row_step: 1,
                        left,
                        right: left.add(1),
                        column_step: 2,
                        depth,
                    };
                    multiply::<true>(operands, sums.0.as_mut_ptr());
                    let rows = if is_whole || F::GROUPS { 32 } else { 16 };
                    for row in 0..rows {
                        finish.row(sums.0.as_ptr(), block, panel, row);
                    }
                }
            }
        }
    }
}

/// `out = product` if `ZERO`, else `out += product`, over `depth` in order.
///
/// # Safety
/// AVX-512 BF16; the operands' tiles exist; `out` are 1024 sums on a cache line's boundary.
#[inline(always)]
pub(super) unsafe fn multiply<const ZERO: bool>(operands: Operands, out: *mut f32) {
    // Eight rows by two vectors: 16 accumulators hide the latency of the products.
    for first in (0..32).step_by(8) {
        // SAFETY: AVX-512 BF16 is promised, and `depth` tiles of each operand. Rows `first` to
        // `first + 7` lie in one tile of 16 rows of 16 pairs, their sums in two blocks of 16 x 16.
        unsafe {
            let out = out.add(first / 16 * 512 + first % 16 * 16);
            let mut sums = [[_mm512_setzero_ps(); 2]; 8];
            if !ZERO {
                for (row, sums) in sums.iter_mut().enumerate() {
                    sums[0] = _mm512_load_ps(out.add(row * 16));
                    sums[1] = _mm512_load_ps(out.add(row * 16 + 256));
                }
            }
            let rows = if first < 16 {
                operands.upper
            } else {
                operands.lower
            };
            for k in 0..operands.depth {
                let a = rows
                    .add(k * operands.row_step)
                    .cast::<i32>()
                    .add(first % 16 * 16);
                let left = operands
                    .left
                    .add(k * operands.column_step)
                    .cast::<__m512i>();
                let right = operands
                    .right
                    .add(k * operands.column_step)
                    .cast::<__m512i>();
                for pair in 0..16 {
                    let b = [
                        _mm512_load_si512(left.add(pair)),
                        _mm512_load_si512(right.add(pair)),
                    ];
                    for (row, sums) in sums.iter_mut().enumerate() {
                        let a = pairs(_mm512_set1_epi32(*a.add(row * 16 + pair)));
                        sums[0] = _mm512_dpbf16_ps(sums[0], a, pairs(b[0]));
                        sums[1] = _mm512_dpbf16_ps(sums[1], a, pairs(b[1]));
                    }
                }
            }
            for (row, sums) in sums.iter().enumerate() {
                _mm512_store_ps(out.add(row * 16), sums[0]);
                _mm512_store_ps(out.add(row * 16 + 256), sums[1]);
            }
        }
    }
}

/// The same bits as pairs of bf16.
#[inline(always)]
pub(super) fn pairs(bits: __m512i) -> __m512bh {
    // SAFETY: both types are 512 bits without invalid values.
    unsafe { std::mem::transmute(bits) }
}
