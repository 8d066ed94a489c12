//! The order of work of attention, for products by vectors and by tiles.
//!
//! The logits of the next batch are computed piece by piece between the weights of the present
//! one: tiles and vectors are different units, and neither needs to wait for the other.

use std::arch::x86_64::*;

use super::finish::{round, sums};
use super::linear::{Operands, multiply};
use super::vectors;
use super::weigh::{start, weigh};
use crate::bf16::attention::{AttendScratch, output_depth};
use crate::bf16::heads::{GROUP_TILES, Heads, KEYS, ROW_GROUP, VALUES};
use crate::bf16::tile::{BlockedMut, Tile};
use crate::isa::Avx512Bf16;

/// Groups of 32 keys in a batch. Logits of two batches and weights of one take 30 KB of the
/// 48 KB of L1, beside what was gathered and the keys that go by. Four groups were as fast at
/// 1370 tokens and slower at 257; two were slower at both.
pub(super) const BATCH_GROUPS: usize = 3;

/// What 32 queries need while the keys go by.
#[derive(Debug)]
#[repr(C, align(64))]
pub(in crate::bf16) struct Scratch {
    /// 32 x 32 blocks of logits, each as 2 x 2 blocks of 16 x 16; of the batch that is
    /// weighed and the next one by turns.
    pub(super) scores: [[f32; BATCH_GROUPS * 1024]; 2],
    /// Two tiles a group, one for 16 queries.
    pub(super) weights: [Tile; BATCH_GROUPS * 2],
    /// Sums of weighted values: two blocks of 32 x 32, for the halves of the head.
    pub(super) gathered: [f32; 2048],
    /// Sums of weights, spread over a vector, by query.
    pub(super) sums: [[f32; 16]; 32],
    /// What the weights of a query are relative to, in steps of 2^(1/128).
    pub(super) references: [f32; 32],
}

impl Scratch {
    fn boxed() -> Box<Self> {
        Box::new(Self {
            scores: [[0.0; BATCH_GROUPS * 1024]; 2],
            weights: [Tile::ZERO; BATCH_GROUPS * 2],
            gathered: [0.0; 2048],
            sums: [[0.0; 16]; 32],
            references: [0.0; 32],
        })
    }
}

/// The matrix products of attention. Groups of keys and values lie `stride` tiles apart.
pub(in crate::bf16) trait Products {
    /// Logits of 32 queries and one group of keys: call for `HALF` 0, then 1. Those may only
    /// be there after the next call, or [`Products::finish_scores`], with `out` as `before`.
    ///
    /// # Safety
    /// The CPU has the instructions of the implementor. Queries and keys are 4 tiles; `out` and
    /// `before` are 1024 numbers on a cache line's boundary each.
    unsafe fn scores<const HALF: usize>(
        &self,
        queries: *const Tile,
        keys: *const Tile,
        out: *mut f32,
        before: *mut f32,
    );

    /// Completes the logits of the group before.
    ///
    /// # Safety
    /// As for [`Products::scores`].
    unsafe fn finish_scores(&self, before: *mut f32);

    /// Adds values times weights to `out`, or starts it in the `first` batch.
    ///
    /// # Safety
    /// The CPU has the instructions of the implementor. A group has 2 tiles of weights and 4
    /// of values; `out` has 2048 numbers on a cache line's boundary.
    unsafe fn gather(
        &self,
        weights: *const Tile,
        values: *const Tile,
        stride: usize,
        groups: usize,
        first: bool,
        out: *mut f32,
    );
}

/// See [`crate::bf16::attend`], which has checked the shapes.
pub(in crate::bf16) fn attend(
    token: Avx512Bf16,
    heads: Heads<'_>,
    first: usize,
    scratch: &mut AttendScratch,
    out: &mut BlockedMut<'_>,
) {
    attend_with(token, &Vectors, heads, first, scratch, out);
}

/// [`attend`] with the products of `products`.
pub(in crate::bf16) fn attend_with<P: Products>(
    _token: Avx512Bf16,
    products: &P,
    heads: Heads<'_>,
    first: usize,
    scratch: &mut AttendScratch,
    out: &mut BlockedMut<'_>,
) {
    let scratch = scratch.blocks.get_or_insert_with(Scratch::boxed);
    let groups = out.rows().div_ceil(ROW_GROUP);
    // A head's keys and values stay in L2 while all queries go by.
    for head in 0..heads.heads() {
        for group in 0..groups {
            // SAFETY: the token proves the features, and `products` its own. The queries'
            // group and the head were checked to exist.
            unsafe {
                attend_group(
                    products,
                    heads,
                    head,
                    first / ROW_GROUP,
                    group,
                    scratch,
                    out,
                );
            }
        }
    }
}

vectors! {
    /// # Safety
    /// The features of `Avx512Bf16` and of `products`; `head` exists, and the group of queries
    /// `first + group` in `heads`, of which `group` is in `out`.
    unsafe fn attend_group<P: Products>(
        products: &P,
        heads: Heads<'_>,
        head: usize,
        first: usize,
        group: usize,
        scratch: &mut Scratch,
        out: &mut BlockedMut<'_>,
    ) {
        let stride = heads.heads() * GROUP_TILES;
        let key_groups = heads.rows().div_ceil(ROW_GROUP);
        let rest = heads.rows() - (key_groups - 1) * ROW_GROUP;
        let last_mask = if rest == 32 { !0 } else { (1_u32 << rest) - 1 };
        let depth = output_depth(heads.heads());
        let tiles = heads.tiles()[head * GROUP_TILES..].as_ptr();
        // SAFETY: every group of every head has 12 tiles; batches stay below `key_groups`,
        // and blocks of scratch are as large as a batch needs.
        unsafe {
            let queries = tiles.add((first + group) * stride);
            let counts = |batch: usize| BATCH_GROUPS.min(key_groups.saturating_sub(batch));
            let keys = tiles.add(KEYS);
            let mut before = scratch.scores[0].as_mut_ptr();
            for index in 0..counts(0) {
                let block = scratch.scores[0].as_mut_ptr().add(index * 1024);
                products.scores::<0>(queries, keys.add(index * stride), block, before);
                products.scores::<1>(queries, keys.add(index * stride), block, block);
                before = block;
            }
            products.finish_scores(before);
            for (turn, batch) in (0..key_groups).step_by(BATCH_GROUPS).enumerate() {
                let count = counts(batch);
                let next = batch + count;
                let mask = if next == key_groups { last_mask } else { !0 };
                if batch == 0 {
                    start(scratch, count, mask);
                }
                // A piece of the next batch's products, then a few rows of this one's weights.
                let pieces = 2 * counts(next);
                let mut row = 0;
                let blocks = scratch.scores[(turn + 1) % 2].as_mut_ptr();
                let mut before = blocks;
                for index in 0..counts(next) {
                    let (keys, block) = (keys.add((next + index) * stride), blocks.add(index * 1024));
                    products.scores::<0>(queries, keys, block, before);
                    let end = (index * 2 + 1) * 32 / pieces;
                    weigh(scratch, turn % 2, row..end, count, mask);
                    products.scores::<1>(queries, keys, block, block);
                    row = (index * 2 + 2) * 32 / pieces;
                    weigh(scratch, turn % 2, end..row, count, mask);
                    before = block;
                }
                if pieces > 0 {
                    products.finish_scores(before);
                }
                weigh(scratch, turn % 2, row..32, count, mask);
                let (weights, gathered) =
                    (scratch.weights.as_ptr(), scratch.gathered.as_mut_ptr());
                let values = tiles.add(batch * stride + VALUES);
                products.gather(weights, values, stride, count, batch == 0, gathered);
            }
            let rows = (out.rows().next_multiple_of(Tile::ROWS) - group * ROW_GROUP).min(ROW_GROUP);
            for row in 0..rows {
                let total = _mm512_reduce_add_ps(_mm512_load_ps(scratch.sums[row].as_ptr()));
                let inverse = _mm512_set1_ps(1.0 / total);
                for half in 0..2 {
                    let (low, high) = sums(scratch.gathered.as_ptr().add(half * 1024), row);
                    let index = (group * 2 + row / 16) * depth + head * 2 + half;
                    let tile = out.tiles_mut()[index].0.as_mut_ptr().cast::<__m512i>();
                    let mean = round(_mm512_mul_ps(low, inverse), _mm512_mul_ps(high, inverse));
                    _mm512_store_si512(tile.add(row % 16), mean);
                }
            }
        }
    }
}

/// Products by `vdpbf16ps`, which the token of `attend_with` covers.
struct Vectors;

impl Products for Vectors {
    #[inline(always)]
    unsafe fn scores<const HALF: usize>(
        &self,
        queries: *const Tile,
        keys: *const Tile,
        out: *mut f32,
        _before: *mut f32,
    ) {
        if HALF == 1 {
            return;
        }
        // SAFETY: four tiles of queries: two of 32 elements for each 16 rows; likewise keys.
        unsafe {
            let operands = Operands {
                upper: queries,
                lower: queries.add(2),
                row_step: 1,
                left: keys,
                right: keys.add(2),
                column_step: 1,
                depth: 2,
            };
            multiply::<true>(operands, out);
        }
    }

    #[inline(always)]
    unsafe fn finish_scores(&self, _before: *mut f32) {}

    #[inline(always)]
    unsafe fn gather(
        &self,
        weights: *const Tile,
        values: *const Tile,
        stride: usize,
        groups: usize,
        first: bool,
        out: *mut f32,
    ) {
        for half in 0..2 {
            // SAFETY: two tiles of weights a group; four of values, two for each half.
            unsafe {
                let values = values.add(half * 2);
                let operands = Operands {
                    upper: weights,
                    lower: weights.add(1),
                    row_step: 2,
                    left: values,
                    right: values.add(1),
                    column_step: stride,
                    depth: groups,
                };
                let out = out.add(half * 1024);
                if first {
                    multiply::<true>(operands, out);
                } else {
                    multiply::<false>(operands, out);
                }
            }
        }
    }
}
