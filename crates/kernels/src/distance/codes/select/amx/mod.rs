//! Batches of queries by tile registers: blocks of 32 rows and 32 queries.
//!
//! Rows are tiles as they lie in memory; queries are packed. The sums of a block go to 4 KB
//! within the first step of the next block, whose other steps leave the vector units time to
//! make keys of them (see `crate::bf16::amx`, where that was learned).

mod finish;
mod packed;

use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};

use finish::finish;
use packed::{Group, Packed, pack};

use super::{Scan, Selected, avx512};
use crate::amx::{Tiles, load, load_apart, product, store};
use crate::distance::codes::Line;
use crate::features::avx512;
use crate::isa::Amx;

/// Rows and columns of a tile of sums.
const TILE: usize = 16;

/// Rows of a block, and groups of sixteen queries.
const ROW_BLOCK: usize = 2 * TILE;
const GROUP_BLOCK: usize = 2;

/// Queries for which tiles are faster than vectors, by a tenth and more. For fewer, both wait
/// for memory.
const LEAST_QUERIES: usize = 4;

/// Sums of a block, `[groups][rows][queries]`.
#[repr(C, align(64))]
struct Sums([[[i32; TILE]; ROW_BLOCK]; GROUP_BLOCK]);

/// A block of rows and one or two groups.
#[derive(Clone, Copy)]
struct Block {
    first_row: usize,
    /// Rows at its start that an earlier block has too.
    done: usize,
    first_group: usize,
    groups: usize,
}

pub(super) fn select(token: Amx, scan: Scan<'_>, found: &mut [Vec<Selected>]) {
    let count = scan.lengths.len();
    if scan.bounds.len() < LEAST_QUERIES || count < ROW_BLOCK {
        return avx512::select(token.vectors().avx512(), scan, found);
    }
    let (groups, packed) = pack(scan);
    let tiles = Tiles::configure(token);
    let mut batch = Batch {
        scan,
        groups: &groups,
        packed: &packed,
        found,
        sums: Sums([[[0; TILE]; ROW_BLOCK]; GROUP_BLOCK]),
        held: None,
        ahead: scan.rows.as_ptr(),
    };
    // SAFETY: the token proves the features.
    unsafe { batch.run(&tiles) }
}

struct Batch<'a> {
    scan: Scan<'a>,
    groups: &'a [Group],
    /// `[groups][lines]`
    packed: &'a [Packed],
    found: &'a mut [Vec<Selected>],
    /// Of the block that is held.
    sums: Sums,
    /// A block whose sums are in the tiles, or stored and not finished.
    held: Option<Block>,
    /// What to fetch next, of the rows behind the block.
    ahead: *const Line,
}

/// Stores the sum `$sum` of the block that is held, if any, and starts a new one.
macro_rules! start {
    ($sum:literal, $offset:literal, $batch:expr, $group:expr) => {
        if $batch.held.is_some() {
            store!($sum, &raw mut $batch.sums, $offset);
        }
        // The same line for all rows.
        load_apart!($sum, &raw const $group.starts, 0_usize);
    };
}

impl Batch<'_> {
    avx512! {
        fn run(&mut self, tiles: &Tiles) {
            let count = self.scan.lengths.len();
            for first in (0..count).step_by(ROW_BLOCK) {
                // The last block overlaps the one before rather than have fewer rows.
                let first_row = first.min(count - ROW_BLOCK);
                let end = (first_row + ROW_BLOCK) * self.scan.lines;
                self.ahead = self.scan.rows[end..].as_ptr();
                for first_group in (0..self.groups.len()).step_by(GROUP_BLOCK) {
                    let block = Block {
                        first_row,
                        done: first - first_row,
                        first_group,
                        groups: GROUP_BLOCK.min(self.groups.len() - first_group),
                    };
                    self.multiply(tiles, block);
                }
            }
            if self.held.is_some() {
                let sums = &raw mut self.sums;
                // SAFETY: the tiles are configured; four of 1 KB.
                unsafe {
                    store!(0, sums, 0);
                    store!(1, sums, 1024);
                    store!(2, sums, 2048);
                    store!(3, sums, 3072);
                }
                self.finish(0, usize::MAX);
            }
        }
    }

    avx512! {
        /// Multiplies a block, and finishes the one that is held.
        #[inline]
        fn multiply(&mut self, _tiles: &Tiles, block: Block) {
            let lines = self.scan.lines;
            let rows = &self.scan.rows[block.first_row * lines..][..ROW_BLOCK * lines];
            let packed = &self.packed[block.first_group * lines..][..block.groups * lines];
            let groups = &self.groups[block.first_group..][..block.groups];
            let (left, right) = (&groups[0], &groups[block.groups - 1]);
            let is_pair = block.groups == GROUP_BLOCK;
            let stride = lines * size_of::<Line>();
            let fetches = ROW_BLOCK.div_ceil(self.groups.len().div_ceil(GROUP_BLOCK));
            let parts = self.held.map_or(0, |held| held.parts());
            let parts_per_step = parts.div_ceil(lines.max(2) - 1);
            for index in 0..lines {
                // SAFETY: the tiles are configured. There are 32 rows, as many groups as `packed`
                // has lines for, and four sums of 1 KB.
                unsafe {
                    let upper = rows.as_ptr().add(index);
                    let lower = upper.add(TILE * lines);
                    let query = packed.as_ptr().add(index);
                    let is_first = index == 0;
                    load!(6, query, 0);
                    load_apart!(4, upper, stride);
                    if is_first {
                        start!(0, 0, self, left);
                    }
                    product!(tdpbusd, 0, 4, 6);
                    load_apart!(5, lower, stride);
                    if is_first {
                        start!(1, 1024, self, left);
                    }
                    product!(tdpbusd, 1, 5, 6);
                    if is_pair {
                        load!(7, query.add(lines), 0);
                    }
                    if is_first {
                        start!(2, 2048, self, right);
                        start!(3, 3072, self, right);
                    }
                    if is_pair {
                        product!(tdpbusd, 2, 4, 7);
                        product!(tdpbusd, 3, 5, 7);
                    }
                }
                if index > 0 {
                    self.finish((index - 1) * parts_per_step, index * parts_per_step);
                }
                for _ in 0..fetches {
                    _mm_prefetch::<_MM_HINT_T0>(self.ahead.cast());
                    self.ahead = self.ahead.wrapping_add(1);
                }
            }
            if lines == 1 {
                self.finish(0, parts);
            }
            self.held = Some(block);
        }
    }

    avx512! {
        /// Finishes parts of the block that is held, if any.
        #[inline]
        fn finish(&mut self, start: usize, end: usize) {
            let Some(held) = self.held else { return };
            for part in start..end.min(held.parts()) {
                let (group, row) = (
                    part / Block::ROW_PARTS,
                    part % Block::ROW_PARTS * finish::ROWS,
                );
                let (sums, _) = self.sums.0[group][row..].as_chunks();
                let group = held.first_group + group;
                finish(
                    self.scan,
                    held.first_row + row,
                    held.done.saturating_sub(row),
                    &self.groups[group],
                    &sums[0],
                    &mut self.found[group * TILE..],
                );
            }
        }
    }
}

impl Block {
    /// Parts of a group that are finished at once.
    const ROW_PARTS: usize = ROW_BLOCK / finish::ROWS;

    fn parts(&self) -> usize {
        self.groups * Self::ROW_PARTS
    }
}
