//! Matrix products whose epilogues run between the steps of the next block's product.
//!
//! A step is four tile products, 64 cycles in which the vector units would idle; the epilogue
//! of the block before fills them. A panel of weights stays in L1 while all rows go by; the
//! next one is fetched to L2 meanwhile.

use std::arch::asm;
use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};

use super::ROW_BYTES;
use crate::amx::Tiles;
use crate::bf16::avx512::{Biased, Finish, vectors, with_finish};
use crate::bf16::linear::Output;
use crate::bf16::tile::{Blocked, Tile};
use crate::bf16::weights::PackedLinear;
use crate::isa::Amx;

/// Two blocks of 32 x 32 sums: one is filled while the other is finished.
#[repr(C, align(64))]
struct Sums([[f32; 1024]; 2]);

/// Cache lines of the weights of one step.
const STEP_LINES: usize = 32;

/// See [`crate::bf16::linear()`], which has checked the shapes.
pub(in crate::bf16) fn linear(
    token: Amx,
    x: Blocked<'_>,
    weights: &PackedLinear,
    out: &mut Output<'_>,
) {
    let panels = weights.panels();
    let row_tiles = x.rows().div_ceil(Tile::ROWS);
    let tiles = Tiles::configure(token);
    let sums = Biased::new(weights);
    // SAFETY: the token proves the features, `tiles` the configuration. The shapes fit: see
    // `run`.
    with_finish!(out, sums, weights.outputs(), finish => unsafe {
        let (x, depth, weights) = (x.tiles(), weights.depth(), weights.tiles());
        run::<Bf16, _>(&tiles, x, row_tiles, depth, weights, panels, &finish);
    });
}

/// What one kind of numbers needs of the tiles: the products of one step, whose operands are
/// tiles of 1 KB, to sums of 4 bytes in `tmm0` to `tmm3`.
pub(crate) trait Steps {
    /// 1 KB on a boundary of a cache line.
    type Tile;

    /// A step of a block of 32 x 32.
    ///
    /// # Safety
    /// The tiles of this thread are configured; `b` are two tiles.
    unsafe fn whole(upper: *const Self::Tile, lower: *const Self::Tile, b: *const Self::Tile);

    /// [`Steps::whole`] without the lower 16 rows.
    ///
    /// # Safety
    /// The tiles of this thread are configured; `b` are two tiles.
    unsafe fn upper(upper: *const Self::Tile, b: *const Self::Tile);
}

/// Implements [`Steps`] with an instruction. The first operand is not used again soon: see the
/// module.
macro_rules! steps {
    ($(#[$attribute:meta])* $visibility:vis $name:ident, $tile:ty, $product:literal) => {
        $(#[$attribute])*
        $visibility struct $name;

        impl $crate::bf16::amx::Steps for $name {
            type Tile = $tile;

            #[inline(always)]
            unsafe fn whole(upper: *const $tile, lower: *const $tile, b: *const $tile) {
                // SAFETY: the caller's duty; reads four tiles.
                unsafe {
                    std::arch::asm!(
                        "tileloadd tmm6, [{b} + {s}*1]",
                        "tileloaddt1 tmm4, [{upper} + {s}*1]",
                        "tileloaddt1 tmm5, [{lower} + {s}*1]",
                        concat!($product, " tmm0, tmm4, tmm6"),
                        "tileloadd tmm7, [{b} + {s}*1 + 1024]",
                        concat!($product, " tmm2, tmm5, tmm6"),
                        concat!($product, " tmm1, tmm4, tmm7"),
                        concat!($product, " tmm3, tmm5, tmm7"),
                        upper = in(reg) upper,
                        lower = in(reg) lower,
                        b = in(reg) b,
                        s = in(reg) $crate::bf16::amx::ROW_BYTES,
                        options(readonly, nostack, preserves_flags)
                    );
                }
            }

            #[inline(always)]
            unsafe fn upper(upper: *const $tile, b: *const $tile) {
                // SAFETY: the caller's duty; reads three tiles.
                unsafe {
                    std::arch::asm!(
                        "tileloadd tmm6, [{b} + {s}*1]",
                        "tileloaddt1 tmm4, [{upper} + {s}*1]",
                        "tileloadd tmm7, [{b} + {s}*1 + 1024]",
                        concat!($product, " tmm0, tmm4, tmm6"),
                        concat!($product, " tmm1, tmm4, tmm7"),
                        upper = in(reg) upper,
                        b = in(reg) b,
                        s = in(reg) $crate::bf16::amx::ROW_BYTES,
                        options(readonly, nostack, preserves_flags)
                    );
                }
            }
        }
    };
}
pub(crate) use steps;

steps! {
    /// Pairs of bf16 to sums in f32.
    Bf16, Tile, "tdpbf16ps"
}

/// A block whose sums wait to be finished.
#[derive(Clone, Copy)]
struct Pending {
    block: usize,
    panel: usize,
    rows: usize,
}

vectors! {
    /// # Safety
    /// The features of `Amx`. `x` are `row_tiles` rows of `depth` tiles, `weights` has `depth` x 2 tiles
    /// for each of `panels`, and `finish` takes as many rows and panels.
    pub(crate) unsafe fn run<S: Steps, F: Finish>(
        _tiles: &Tiles,
        x: &[S::Tile],
        row_tiles: usize,
        depth: usize,
        weights: &[S::Tile],
        panels: usize,
        finish: &F,
    ) {
        let blocks = row_tiles.div_ceil(2);
        let mut sums = Sums([[0.0; 1024]; 2]);
        let sums = sums.0.as_mut_ptr();
        let mut pending: Option<Pending> = None;
        let mut current = 0;
        for panel in 0..panels {
            // SAFETY: `panel < panels`.
            let b = unsafe { weights.as_ptr().add(panel * depth * 2) };
            let mut next = b.wrapping_add(depth * 2).cast::<i8>();
            let mut lines = if panel + 1 < panels { depth * STEP_LINES } else { 0 };
            for block in 0..blocks {
                let is_whole = block * 2 + 1 < row_tiles;
                let rows = if is_whole || F::GROUPS { 32 } else { 16 };
                // SAFETY: the tiles of this block and panel exist; the lower half of the last
                // block may not, in which case the upper one stands in or only 16 rows are
                // computed. Sums are stored to the half of `sums` that is not pending.
                unsafe {
                    let a = x.as_ptr().add(block * 2 * depth);
                    let lower = if is_whole { a.add(depth) } else { a };
                    let per_step = pending.map_or(0, |p| p.rows.div_ceil(depth.max(2) - 1));
                    let mut row = 0;
                    zero();
                    for k in 0..depth {
                        if rows == 32 {
                            S::whole(a.add(k), lower.add(k), b.add(k * 2));
                        } else {
                            S::upper(a.add(k), b.add(k * 2));
                        }
                        // After the first step, so that the stores of the sums are done.
                        if let Some(p) = pending && k > 0 {
                            let end = (row + per_step).min(p.rows);
                            while row < end {
                                finish.row(sums.add(current ^ 1).cast(), p.block, p.panel, row);
                                row += 1;
                            }
                        }
                        for _ in 0..lines.min(STEP_LINES.div_ceil(blocks)) {
                            _mm_prefetch::<_MM_HINT_T1>(next);
                            next = next.wrapping_add(64);
                            lines -= 1;
                        }
                    }
                    if let Some(p) = pending {
                        for row in row..p.rows {
                            finish.row(sums.add(current ^ 1).cast(), p.block, p.panel, row);
                        }
                    }
                    store(sums.add(current).cast());
                }
                pending = Some(Pending { block, panel, rows });
                current ^= 1;
            }
        }
        if let Some(p) = pending {
            for row in 0..p.rows {
                // SAFETY: the block lies within the matrix and its sums were stored last.
                unsafe { finish.row(sums.add(current ^ 1).cast(), p.block, p.panel, row) };
            }
        }
    }
}

/// # Safety
/// The tiles of this thread are configured.
#[inline(always)]
pub(super) unsafe fn zero() {
    // SAFETY: the caller's duty; touches no memory.
    unsafe {
        asm!(
            "tilezero tmm0",
            "tilezero tmm1",
            "tilezero tmm2",
            "tilezero tmm3",
            options(nomem, nostack, preserves_flags)
        );
    }
}

/// # Safety
/// The tiles of this thread are configured; `out` has 1024 numbers.
#[inline(always)]
pub(super) unsafe fn store(out: *mut f32) {
    // SAFETY: the caller's duty; writes four tiles.
    unsafe {
        asm!(
            "tilestored [{out} + {s}*1], tmm0",
            "tilestored [{out} + {s}*1 + 1024], tmm1",
            "tilestored [{out} + {s}*1 + 2048], tmm2",
            "tilestored [{out} + {s}*1 + 3072], tmm3",
            out = in(reg) out,
            s = in(reg) ROW_BYTES,
            options(nostack, preserves_flags)
        );
    }
}
