//! Matrix products whose epilogues run between the steps of the next block's product.
//!
//! A step is four tile products, 64 cycles in which the vector units would idle; the epilogue
//! of the block before fills them. A panel of weights stays in L1 while all rows go by, in parts
//! if it is too long for that; the next one is fetched to L2 meanwhile.

use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
use std::mem::MaybeUninit;
use std::ops::Range;

use super::{load, store, stream, zero};
use crate::amx::Tiles;
use crate::bf16::avx512::{Biased, Finish, vectors, with_finish};
use crate::bf16::linear::Output;
use crate::bf16::tile::{Blocked, Tile};
use crate::bf16::weights::PackedLinear;
use crate::isa::Amx;

/// Blocks of 32 x 32 sums: of one pass, one that is filled while another one is finished; of
/// several, all that wait for the next pass. Written before they are read.
#[repr(C, align(64))]
struct Sums(MaybeUninit<[[f32; 1024]; BLOCKS]>);

/// Steps that all blocks go through before the next ones: the weights of so many and two rows
/// of tiles stay in L1. At 1536 inputs of bf16, three passes of 16 steps were 6 % faster than
/// one; of 12 or 24 steps, 6 and 3 %.
const PASS: usize = 16;

/// Blocks that go through passes together, as many as a macro-block of 384 rows has.
const BLOCKS: usize = 12;

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

    /// The product of a step that goes to the sum `tmm` of this number.
    ///
    /// # Safety
    /// The tiles of this thread are configured, and the operands loaded: rows in `tmm4` and
    /// `tmm5`, weights in `tmm6` and `tmm7`.
    unsafe fn product<const SUM: usize>();
}

/// Implements [`Steps`] with an instruction.
macro_rules! steps {
    ($(#[$attribute:meta])* $visibility:vis $name:ident, $tile:ty, $product:literal) => {
        $(#[$attribute])*
        $visibility struct $name;

        impl $crate::bf16::amx::Steps for $name {
            type Tile = $tile;

            #[inline(always)]
            unsafe fn product<const SUM: usize>() {
                macro_rules! product {
                    ($operands:literal) => {
                        std::arch::asm!(
                            concat!($product, $operands),
                            options(nomem, nostack, preserves_flags)
                        )
                    };
                }
                // SAFETY: the caller's duty; touches no memory.
                unsafe {
                    match SUM {
                        0 => product!(" tmm0, tmm4, tmm6"),
                        1 => product!(" tmm1, tmm4, tmm7"),
                        2 => product!(" tmm2, tmm5, tmm6"),
                        _ => product!(" tmm3, tmm5, tmm7"),
                    }
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

/// A step of a block of 32 x 32, or of its upper 16 rows. Rows are not used again soon: see the
/// module.
///
/// # Safety
/// The tiles of this thread are configured; the last of `operands` are two tiles.
#[inline(always)]
unsafe fn step<S: Steps>(is_whole: bool, operands: [*const S::Tile; 3]) {
    let [upper, lower, b] = operands;
    // SAFETY: the caller's duty; reads up to four tiles.
    unsafe {
        load!(6, b, 0);
        stream!(4, upper, 0);
        if is_whole {
            stream!(5, lower, 0);
        }
        S::product::<0>();
        load!(7, b, 1024);
        if is_whole {
            S::product::<2>();
        }
        S::product::<1>();
        if is_whole {
            S::product::<3>();
        }
    }
}

/// A block whose sums wait to be finished.
#[derive(Clone, Copy)]
struct Pending {
    slot: usize,
    block: usize,
    panel: usize,
    rows: usize,
}

impl Pending {
    /// # Safety
    /// As for [`Finish::row`]; the sums of the block were stored in its slot of `sums`.
    #[inline(always)]
    unsafe fn finish<F: Finish>(self, finish: &F, sums: *const [f32; 1024], rows: Range<usize>) {
        for row in rows {
            // SAFETY: the caller's duty.
            unsafe { finish.row(sums.add(self.slot).cast(), self.block, self.panel, row) };
        }
    }
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
        let passes = depth.div_ceil(PASS).max(1);
        let pass_depth = depth.div_ceil(passes);
        let mut sums = Sums(MaybeUninit::uninit());
        let sums = sums.0.as_mut_ptr().cast::<[f32; 1024]>();
        let end = weights.as_ptr_range().end.cast::<i8>();
        let mut pending: Option<Pending> = None;
        // Where the sums in the tiles have to go.
        let mut held: Option<*mut f32> = None;
        for panel in 0..panels {
            for first in (0..blocks).step_by(BLOCKS) {
                let count = BLOCKS.min(blocks - first);
                for pass in 0..passes {
                    let start = pass * pass_depth;
                    let steps = pass_depth.min(depth - start);
                    // SAFETY: `panel < panels`, `start <= depth`.
                    let b = unsafe { weights.as_ptr().add((panel * depth + start) * 2) };
                    // What comes next: another part of this panel, or of the next one.
                    let mut next = b.wrapping_add(steps * 2).cast::<i8>();
                    let mut lines = if next < end { pass_depth * STEP_LINES } else { 0 };
                    for block in first..first + count {
                        let is_whole = block * 2 + 1 < row_tiles;
                        let rows = if is_whole || F::GROUPS { 32 } else { 16 };
                        // SAFETY: the tiles of this block and panel exist but for the lower half
                        // of the last block, whose sums stay zero. Sums are stored to a place
                        // that is not pending, and loaded where the pass before stored them.
                        unsafe {
                            let a = x.as_ptr().add(block * 2 * depth + start);
                            let slot = if passes == 1 { block % 2 } else { block - first };
                            let per_step = pending.map_or(0, |p: Pending| {
                                p.rows.div_ceil(steps.max(2) - 1).min(F::ROWS_PER_STEP)
                            });
                            let mut row = 0;
                            let before = (pass > 0).then(|| sums.add(slot).cast::<f32>());
                            for k in 0..steps {
                                let (upper, b) = (a.add(k), b.add(k * 2));
                                let lower = if is_whole { upper.add(depth) } else { upper };
                                let operands = [upper, lower, b];
                                if k == 0 {
                                    first_step::<S>(is_whole, operands, held, before);
                                } else {
                                    step::<S>(is_whole, operands);
                                }
                                // After the first step, so that the stores of the sums are done.
                                if let Some(p) = pending && k > 0 {
                                    let end = (row + per_step).min(p.rows);
                                    p.finish(finish, sums, row..end);
                                    row = end;
                                }
                                for _ in 0..lines.min(STEP_LINES.div_ceil(count)) {
                                    _mm_prefetch::<_MM_HINT_T1>(next);
                                    next = next.wrapping_add(64);
                                    lines -= 1;
                                }
                            }
                            if steps == 0 {
                                held.into_iter().for_each(|held| store_sums(held));
                                zero_sums();
                            }
                            if let Some(p) = pending.take() {
                                p.finish(finish, sums, row..p.rows);
                            }
                            held = Some(sums.add(slot).cast());
                            if pass + 1 == passes {
                                pending = Some(Pending { slot, block, panel, rows });
                            }
                        }
                    }
                }
            }
        }
        if let (Some(p), Some(held)) = (pending, held) {
            // SAFETY: the block lies within the matrix; its sums are the ones that are held.
            unsafe {
                store_sums(held);
                p.finish(finish, sums, 0..p.rows);
            }
        }
    }
}

/// The first step of a block, from the sums `before` or zero. Those of the block before it are
/// stored on the way: a store waits for its products, and so would everything behind it.
///
/// # Safety
/// The tiles of this thread are configured. The last of `operands` are two tiles; `held` and
/// `before` have 1024 numbers.
#[inline(always)]
unsafe fn first_step<S: Steps>(
    is_whole: bool,
    operands: [*const S::Tile; 3],
    held: Option<*mut f32>,
    before: Option<*mut f32>,
) {
    let [upper, lower, b] = operands;
    macro_rules! sum {
        ($sum:literal, $offset:literal, $has_product:expr) => {
            if let Some(held) = held {
                store!($sum, held, $offset);
            }
            if let Some(before) = before {
                load!($sum, before, $offset);
            } else {
                zero!($sum);
            }
            if $has_product {
                S::product::<$sum>();
            }
        };
    }
    // SAFETY: the caller's duties.
    unsafe {
        load!(6, b, 0);
        stream!(4, upper, 0);
        stream!(5, lower, 0);
        load!(7, b, 1024);
        sum!(0, 0, true);
        sum!(2, 2048, is_whole);
        sum!(1, 1024, true);
        sum!(3, 3072, is_whole);
    }
}

/// # Safety
/// The tiles of this thread are configured.
#[inline(always)]
unsafe fn zero_sums() {
    // SAFETY: the caller's duty; touches no memory.
    unsafe {
        zero!(0);
        zero!(1);
        zero!(2);
        zero!(3);
    }
}

/// # Safety
/// The tiles of this thread are configured; `out` has 1024 numbers.
#[inline(always)]
unsafe fn store_sums(out: *mut f32) {
    // SAFETY: the caller's duty; writes four tiles.
    unsafe {
        store!(0, out, 0);
        store!(1, out, 1024);
        store!(2, out, 2048);
        store!(3, out, 3072);
    }
}
