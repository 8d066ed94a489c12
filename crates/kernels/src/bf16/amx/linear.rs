//! Matrix products whose epilogues run between the steps of the next block's product.
//!
//! A step is four tile products, 64 cycles in which the vector units would idle; the epilogue
//! of the block before fills them. A panel of weights stays in L1 while all rows go by, in parts
//! if it is too long for that; the next one is fetched to L2 meanwhile.

use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
use std::mem::MaybeUninit;
use std::ops::Range;

use crate::amx::{Tiles, load, store, stream, zero};
use crate::bf16::avx512::{Biased, Finish, with_finish};
use crate::bf16::output::Output;
use crate::bf16::tile::{Blocked, Tile};
use crate::bf16::weights::PackedLinear;
use crate::features::avx512_bf16;
use crate::isa::Amx;

/// Blocks of 32 x 32 sums: of one pass, one that is filled while another one is finished; of
/// several, all that wait for the next pass. Written before they are read.
#[repr(C, align(64))]
struct Sums(MaybeUninit<[[f32; 1024]; BLOCKS]>);

/// Steps that all blocks go through before the next ones: the weights of this many and two rows
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
    // SAFETY: the token proves the features, `tiles` the configuration. Operand, weights and output
    // were checked to fit, and have the tiles and rows that `run` reads and writes.
    with_finish!(out, sums, weights.outputs(), finish => unsafe {
        let (x, depth, weights) = (x.tiles(), weights.depth(), weights.tiles());
        run::<Bf16, _>(&tiles, x, row_tiles, depth, weights, panels, &mut finish);
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
    ($(#[$attribute:meta])* $visibility:vis $name:ident, $tile:ty, $product:ident) => {
        $(#[$attribute])*
        $visibility struct $name;

        impl $crate::bf16::amx::Steps for $name {
            type Tile = $tile;

            #[inline(always)]
            unsafe fn product<const SUM: usize>() {
                // SAFETY: the configuration is promised; touches no memory.
                unsafe {
                    match SUM {
                        0 => $crate::amx::product!($product, 0, 4, 6),
                        1 => $crate::amx::product!($product, 1, 4, 7),
                        2 => $crate::amx::product!($product, 2, 5, 6),
                        _ => $crate::amx::product!($product, 3, 5, 7),
                    }
                }
            }
        }
    };
}
pub(crate) use steps;

steps! {
    /// Pairs of bf16 to sums in f32.
    Bf16, Tile, tdpbf16ps
}

/// A step of a block of 32 x 32, or of its upper 16 rows. Rows are not used again soon: see the
/// module.
///
/// # Safety
/// The tiles of this thread are configured; the last of `operands` are two tiles.
#[inline(always)]
unsafe fn step<S: Steps>(is_whole: bool, operands: [*const S::Tile; 3]) {
    let [upper, lower, b] = operands;
    // SAFETY: the configuration is promised, and so are the four tiles that are read at most.
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

/// Steps that some blocks go through together: a part of a panel's inputs.
#[derive(Clone, Copy)]
struct Pass {
    /// First step.
    start: usize,
    steps: usize,
    is_first: bool,
    is_last: bool,
}

/// The passes of `depth` steps, at least one.
fn passes(depth: usize) -> impl Iterator<Item = Pass> {
    let count = depth.div_ceil(PASS).max(1);
    let steps = depth.div_ceil(count);
    (0..count).map(move |index| Pass {
        start: index * steps,
        steps: steps.min(depth - index * steps),
        is_first: index == 0,
        is_last: index + 1 == count,
    })
}

/// The weights that come next, which are fetched to L2 a little at every step.
struct Ahead {
    next: *const i8,
    lines: usize,
    lines_per_step: usize,
}

impl Ahead {
    #[inline(always)]
    fn fetch(&mut self) {
        for _ in 0..self.lines.min(self.lines_per_step) {
            // SAFETY: a prefetch reads nothing, whatever the address.
            unsafe { _mm_prefetch::<_MM_HINT_T1>(self.next) };
            self.next = self.next.wrapping_add(64);
            self.lines -= 1;
        }
    }
}

/// A product under way.
struct Walk<'a, S: Steps, F> {
    /// `row_tiles` rows of `depth` tiles.
    x: &'a [S::Tile],
    row_tiles: usize,
    depth: usize,
    /// `[panel][depth][2]`
    weights: &'a [S::Tile],
    finish: &'a mut F,
    /// [`BLOCKS`] blocks of sums.
    sums: *mut [f32; 1024],
    pending: Option<Pending>,
    /// Where the sums in the tiles have to go.
    held: Option<*mut f32>,
}

avx512_bf16! {
    /// # Safety
    /// The features of `Amx`. `x` are `row_tiles` rows of `depth` tiles, `weights` has `depth` x 2
    /// tiles for each of `panels`, and `finish` takes as many rows and panels.
    pub(crate) unsafe fn run<S: Steps, F: Finish>(
        _tiles: &Tiles,
        x: &[S::Tile],
        row_tiles: usize,
        depth: usize,
        weights: &[S::Tile],
        panels: usize,
        finish: &mut F,
    ) {
        debug_assert!(row_tiles * depth <= x.len(), "{row_tiles} rows of {depth} tiles");
        debug_assert!(panels * depth * 2 <= weights.len(), "{panels} panels of {depth} x 2 tiles");
        let blocks = row_tiles.div_ceil(2);
        let mut sums = Sums(MaybeUninit::uninit());
        let mut walk = Walk::<S, F> {
            x,
            row_tiles,
            depth,
            weights,
            finish,
            sums: sums.0.as_mut_ptr().cast(),
            pending: None,
            held: None,
        };
        for panel in 0..panels {
            for first in (0..blocks).step_by(BLOCKS) {
                for pass in passes(depth) {
                    // SAFETY: panel and blocks exist, the features are promised, and `_tiles`
                    // proves the configuration.
                    unsafe { walk.pass(panel, first..blocks.min(first + BLOCKS), pass) };
                }
            }
        }
        // SAFETY: features and configuration as before.
        unsafe { walk.end() };
    }
}

impl<S: Steps, F: Finish> Walk<'_, S, F> {
    /// Takes `blocks`, at most [`BLOCKS`], through a pass.
    ///
    /// # Safety
    /// The features of `Amx`, and configured tiles. Panel and blocks exist; those of the pass
    /// before, if there is one, were the same.
    #[inline(always)]
    unsafe fn pass(&mut self, panel: usize, blocks: Range<usize>, pass: Pass) {
        let first = (panel * self.depth + pass.start) * 2;
        let part = &self.weights[first..][..pass.steps * 2];
        // Another part of this panel, or of the next one.
        let has_next = first + part.len() < self.weights.len();
        let mut ahead = Ahead {
            next: part.as_ptr_range().end.cast(),
            lines: if has_next { pass.steps * STEP_LINES } else { 0 },
            lines_per_step: STEP_LINES.div_ceil(blocks.len()),
        };
        for block in blocks.clone() {
            let slot = if pass.is_first && pass.is_last {
                block % 2
            } else {
                block - blocks.start
            };
            // SAFETY: features, configuration, block and panel are promised. The slot is not
            // pending: of one pass, the block before has the other one; of several, each block has
            // one of its own, and those of the blocks before these were finished meanwhile. Of a
            // later pass, the slot holds what the pass before has stored there.
            unsafe { self.block(part, block, slot, pass, &mut ahead) };
            if pass.is_last {
                let is_whole = block * 2 + 1 < self.row_tiles;
                let rows = if is_whole || F::GROUPS { 32 } else { 16 };
                self.pending = Some(Pending {
                    slot,
                    block,
                    panel,
                    rows,
                });
            }
        }
    }

    /// The steps of one block, between which the one that is pending is finished.
    ///
    /// # Safety
    /// As for [`Walk::pass`]. `part` are the weights of the pass. The slot is none that is
    /// pending, and holds the sums of the pass before, if there is one.
    #[inline(always)]
    unsafe fn block(
        &mut self,
        part: &[S::Tile],
        block: usize,
        slot: usize,
        pass: Pass,
        ahead: &mut Ahead,
    ) {
        let is_whole = block * 2 + 1 < self.row_tiles;
        let sums = self.sums.wrapping_add(slot).cast::<f32>();
        let per_step = self.pending.map_or(0, |pending| {
            pending
                .rows
                .div_ceil(pass.steps.max(2) - 1)
                .min(F::ROWS_PER_STEP)
        });
        let mut row = 0;
        let rows = self.x[block * 2 * self.depth + pass.start..].as_ptr();
        for k in 0..pass.steps {
            let upper = rows.wrapping_add(k);
            // The lower half of the last block may not exist: its sums stay zero.
            let lower = if is_whole {
                upper.wrapping_add(self.depth)
            } else {
                upper
            };
            let operands = [upper, lower, part[k * 2..].as_ptr()];
            if k == 0 {
                let before = (!pass.is_first).then_some(sums);
                // SAFETY: the configuration is promised. The tiles of the block exist in its rows
                // of tiles, and those of the weights in `part`; slots have 1024 numbers.
                unsafe { first_step::<S>(is_whole, operands, self.held, before) };
            } else {
                // SAFETY: configuration and tiles as in the first step.
                unsafe { step::<S>(is_whole, operands) };
                // After the first step, so that the stores of the sums are done.
                if let Some(pending) = self.pending {
                    let end = (row + per_step).min(pending.rows);
                    // SAFETY: the sums were held, and the first step has stored them.
                    unsafe { self.finish(pending, row..end) };
                    row = end;
                }
            }
            ahead.fetch();
        }
        if pass.steps == 0 {
            // SAFETY: the configuration is promised; what is held goes to a slot.
            unsafe {
                self.held.into_iter().for_each(|held| store_sums(held));
                zero_sums();
            }
        }
        if let Some(pending) = self.pending.take() {
            // SAFETY: the sums were held, and are stored by now.
            unsafe { self.finish(pending, row..pending.rows) };
        }
        self.held = Some(sums);
    }

    /// Finishes the last block.
    ///
    /// # Safety
    /// The features of `Amx`, and configured tiles.
    #[inline(always)]
    unsafe fn end(&mut self) {
        if let (Some(pending), Some(held)) = (self.pending.take(), self.held) {
            // SAFETY: features and configuration are promised. The sums that are held are those of
            // the block that is pending, and go to its slot of 1024 numbers.
            unsafe {
                store_sums(held);
                self.finish(pending, 0..pending.rows);
            }
        }
    }

    /// # Safety
    /// The features of `Amx`; the sums of the block were stored to its slot.
    #[inline(always)]
    unsafe fn finish(&mut self, pending: Pending, rows: Range<usize>) {
        let sums = self.sums.wrapping_add(pending.slot).cast();
        for row in rows {
            // SAFETY: the features are promised. The block is one of those that were walked, which
            // lie within the output; slots lie on boundaries of cache lines; rows come in order.
            unsafe { self.finish.row(sums, pending.block, pending.panel, row) };
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
    // SAFETY: the configuration is promised, and so are the operands' tiles and the numbers that
    // are stored and loaded.
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
    // SAFETY: the configuration is promised; touches no memory.
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
    // SAFETY: the configuration is promised, and so are the numbers of four tiles.
    unsafe {
        store!(0, out, 0);
        store!(1, out, 1024);
        store!(2, out, 2048);
        store!(3, out, 3072);
    }
}
