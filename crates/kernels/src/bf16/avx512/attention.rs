//! Attention of 32 queries at a time, with products by vectors.

use std::arch::x86_64::*;

use super::finish::{round, sums, tile_row};
use super::linear::{Operands, multiply};
use super::scratch::{BATCH_GROUPS, Parts, Scratch};
use super::weigh::{Weigher, settle, start, sum_of_each};
use crate::bf16::attend_scratch::AttendScratch;
use crate::bf16::heads::{GROUP_TILES, Heads, KEYS, ROW_GROUP, VALUES};
use crate::bf16::tile::{BlockedMut, Tile};
use crate::features::avx512_bf16;
use crate::isa::Avx512Bf16;

/// See [`crate::bf16::attend`], which has checked the shapes.
pub(in crate::bf16) fn attend(
    _token: Avx512Bf16,
    heads: Heads<'_>,
    first: usize,
    scratch: &mut AttendScratch,
    out: &mut BlockedMut<'_>,
) {
    let scratch = scratch.blocks.get_or_insert_with(Scratch::boxed);
    // A head's keys and values stay in L2 while all queries go by.
    for head in 0..heads.heads() {
        for group in 0..out.rows().div_ceil(ROW_GROUP) {
            let head = Head::new(heads, head);
            // SAFETY: the token proves the features. The queries' group and the head were
            // checked to exist.
            unsafe {
                attend_group(head, first / ROW_GROUP + group, scratch.parts());
                write_means(head, group, scratch.parts(), out);
            }
        }
    }
}

/// Where the tiles of one head are.
#[derive(Clone, Copy)]
pub(in crate::bf16) struct Head<'a> {
    number: usize,
    tiles: &'a [Tile],
    /// Tiles from one group to the next.
    pub(in crate::bf16) stride: usize,
    /// Groups of 32 rows.
    pub(in crate::bf16) groups: usize,
    /// Keys of the last group that exist, a bit each.
    last_mask: u32,
}

impl<'a> Head<'a> {
    /// Head `number` of `heads`, which have at least one row.
    pub(in crate::bf16) fn new(heads: Heads<'a>, number: usize) -> Self {
        let groups = heads.rows().div_ceil(ROW_GROUP);
        let rest = heads.rows() - (groups - 1) * ROW_GROUP;
        Self {
            number,
            tiles: &heads.tiles()[number * GROUP_TILES..],
            stride: heads.heads() * GROUP_TILES,
            groups,
            last_mask: if rest == 32 { !0 } else { (1 << rest) - 1 },
        }
    }

    /// Keys of a group that exist.
    pub(in crate::bf16) fn mask(self, group: usize) -> u32 {
        if group + 1 == self.groups {
            self.last_mask
        } else {
            !0
        }
    }

    /// The four tiles of queries of a group.
    ///
    /// # Safety
    /// There is such a group; so for the other parts.
    pub(in crate::bf16) unsafe fn queries(self, group: usize) -> *const Tile {
        debug_assert!(group < self.groups, "group {group} of {}", self.groups);
        // SAFETY: every group of every head has 12 tiles, the queries first; the group is one of
        // them, as promised.
        unsafe { self.tiles.as_ptr().add(group * self.stride) }
    }

    /// # Safety
    /// See [`Head::queries`].
    pub(in crate::bf16) unsafe fn keys(self, group: usize) -> *const Tile {
        // SAFETY: the group exists, as promised, and the keys are 4 of its 12 tiles.
        unsafe { self.queries(group).add(KEYS) }
    }

    /// # Safety
    /// See [`Head::queries`].
    pub(in crate::bf16) unsafe fn values(self, group: usize) -> *const Tile {
        // SAFETY: the group exists, as promised, and the values are the last 4 of its 12 tiles.
        unsafe { self.queries(group).add(VALUES) }
    }
}

avx512_bf16! {
    /// Gathers the weighted values, and the weights, of the queries of group `queries`.
    ///
    /// # Safety
    /// The features of `Avx512Bf16`; the group exists.
    unsafe fn attend_group(head: Head<'_>, queries: usize, scratch: Parts<'_>) {
        debug_assert!(queries < head.groups, "group {queries} of {}", head.groups);
        // SAFETY: the features are promised, and the group of queries; those of keys and values
        // stay below `head.groups`. Blocks of scratch are as large as a group or a batch needs.
        unsafe {
            scratch.clear_gathered();
            scratch.clear_sums();
            for group in 0..head.groups {
                let (turn, slot) = (group % 2, group % (2 * BATCH_GROUPS));
                multiply_scores(head.queries(queries), head.keys(group), scratch.scores(turn));
                let mask = head.mask(group);
                if group == 0 {
                    start(scratch, mask);
                }
                let mut weigher = Weigher::new(scratch, turn, slot, mask);
                for row in 0..32 {
                    weigher.row::<false>(row);
                }
                let peak = weigher.peak();
                settle(scratch, turn, slot, mask, peak);
                let batch = slot % BATCH_GROUPS;
                if batch + 1 == BATCH_GROUPS || group + 1 == head.groups {
                    let count = batch + 1;
                    let values = head.values(group - batch);
                    let weights = scratch.weights(slot - batch);
                    gather(weights, values, head.stride, count, scratch.gathered());
                }
            }
        }
    }
}

/// # Safety
/// AVX-512 BF16; four tiles each of queries and keys, `out` are 1024 numbers on a cache line's
/// boundary.
#[inline(always)]
unsafe fn multiply_scores(queries: *const Tile, keys: *const Tile, out: *mut f32) {
    // SAFETY: the features and four tiles of each are promised: two tiles of 32 elements for each
    // 16 rows of queries and of keys.
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

/// # Safety
/// AVX-512 BF16; `groups` groups have 2 tiles of weights and, `stride` tiles apart, 4 of
/// values; `out` are 2048 numbers on a cache line's boundary.
#[inline(always)]
unsafe fn gather(
    weights: *const Tile,
    values: *const Tile,
    stride: usize,
    groups: usize,
    out: *mut f32,
) {
    for half in 0..2 {
        // SAFETY: features, weights and values are promised: two tiles of values a group for each
        // half, whose sums are 1024 of the 2048 numbers.
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
            multiply::<false>(operands, out.add(half * 1024));
        }
    }
}

avx512_bf16! {
    /// Writes what was gathered, divided by the sums of weights, as rows of group `group` of
    /// `out`, which has the columns of all heads.
    ///
    /// # Safety
    /// The features of `Avx512Bf16`; the group lies within `out`.
    pub(in crate::bf16) unsafe fn write_means(
        head: Head<'_>,
        group: usize,
        scratch: Parts<'_>,
        out: &mut BlockedMut<'_>,
    ) {
        let depth = out.columns().div_ceil(Tile::COLUMNS);
        let rows = (out.rows().next_multiple_of(Tile::ROWS) - group * ROW_GROUP).min(ROW_GROUP);
        let totals = scratch.sums((head.groups + 1) % 2);
        let mut inverses = [0.0; 32];
        for first in (0..32).step_by(16) {
            // SAFETY: there are 32 rows of one vector.
            unsafe {
                let mut rows = [_mm512_setzero_ps(); 16];
                for (row, out) in rows.iter_mut().enumerate() {
                    *out = _mm512_load_ps(totals.add((first + row) * 16));
                }
                let total = sum_of_each(rows);
                let inverse = _mm512_div_ps(_mm512_set1_ps(1.0), total);
                _mm512_storeu_ps(inverses.as_mut_ptr().add(first), inverse);
            }
        }
        for (row, inverse) in inverses.into_iter().enumerate().take(rows) {
            // SAFETY: two blocks of 32 x 32 were gathered; a tile has 16 rows of one vector.
            unsafe {
                let inverse = _mm512_set1_ps(inverse);
                for half in 0..2 {
                    let (low, high) = sums(scratch.gathered().add(half * 1024), row);
                    let index = (group * 2 + row / 16) * depth + head.number * 2 + half;
                    let out = tile_row(out.tiles_mut(), index, row % 16);
                    let mean = round(_mm512_mul_ps(low, inverse), _mm512_mul_ps(high, inverse));
                    _mm512_store_si512(out, mean);
                }
            }
        }
    }
}
