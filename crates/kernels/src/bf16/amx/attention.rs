//! The products of attention.

use std::arch::asm;

use super::ROW_BYTES;
use super::linear::{load, store, zero};
use crate::amx::Tiles;
use crate::bf16::attention::AttendScratch;
use crate::bf16::avx512::{Products, attend_with};
use crate::bf16::heads::Heads;
use crate::bf16::tile::{BlockedMut, Tile};
use crate::isa::Amx;

/// See [`crate::bf16::attend`], which has checked the shapes.
pub(in crate::bf16) fn attend(
    token: Amx,
    heads: Heads<'_>,
    first: usize,
    scratch: &mut AttendScratch,
    out: &mut BlockedMut<'_>,
) {
    let tiles = Tiles::configure(token);
    attend_with(token.vectors(), &tiles, heads, first, scratch, out);
}

impl Products for Tiles {
    #[inline(always)]
    unsafe fn scores<const HALF: usize>(
        &self,
        queries: *const Tile,
        keys: *const Tile,
        out: *mut f32,
        before: *mut f32,
    ) {
        // SAFETY: the guard proves the configuration; see the trait for the memory. The first
        // group's early stores fall into its own block, which is written over.
        unsafe {
            if HALF == 0 {
                left_scores(queries, keys, before);
            } else {
                right_scores(queries, keys.add(2), out);
            }
        }
    }

    #[inline(always)]
    unsafe fn finish_scores(&self, before: *mut f32) {
        // SAFETY: the guard proves the configuration; writes two tiles of the block.
        unsafe {
            asm!(
                "tilestored [{before} + {s}*1 + 1024], tmm2",
                "tilestored [{before} + {s}*1 + 3072], tmm3",
                before = in(reg) before,
                s = in(reg) ROW_BYTES,
                options(nostack, preserves_flags)
            );
        }
    }

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
            // SAFETY: the guard proves the configuration; see the trait for the memory.
            unsafe {
                let out = out.add(half * 1024);
                if first {
                    zero();
                } else {
                    load(out);
                }
                for group in 0..groups {
                    gather_group(
                        weights.add(group * 2),
                        values.add(group * stride + half * 2),
                    );
                }
                store(out);
            }
        }
    }
}

/// Logits of the first 16 keys of a group, in `tmm0` and `tmm1`. Meanwhile stores those of the
/// other 16 keys of the group before, `finished`: chains of products through one accumulator,
/// and stores right behind them, would wait.
///
/// # Safety
/// The tiles of this thread are configured. `queries` are four tiles, `keys` two; the pointer
/// to store to has 1024 numbers.
#[inline(always)]
unsafe fn left_scores(queries: *const Tile, keys: *const Tile, finished: *mut f32) {
    // SAFETY: the caller's duty.
    unsafe {
        asm!(
            "tileloadd tmm4, [{q} + {s}*1]",
            "tileloaddt1 tmm6, [{k} + {s}*1]",
            "tileloadd tmm5, [{q} + {s}*1 + 2048]",
            "tilezero tmm0",
            "tilezero tmm1",
            "tdpbf16ps tmm0, tmm4, tmm6",
            "tdpbf16ps tmm1, tmm5, tmm6",
            "tileloadd tmm4, [{q} + {s}*1 + 1024]",
            "tileloaddt1 tmm7, [{k} + {s}*1 + 1024]",
            "tileloadd tmm5, [{q} + {s}*1 + 3072]",
            "tilestored [{out} + {s}*1 + 1024], tmm2",
            "tdpbf16ps tmm0, tmm4, tmm7",
            "tilestored [{out} + {s}*1 + 3072], tmm3",
            "tdpbf16ps tmm1, tmm5, tmm7",
            q = in(reg) queries,
            k = in(reg) keys,
            out = in(reg) finished,
            s = in(reg) ROW_BYTES,
            options(nostack, preserves_flags)
        );
    }
}

/// Logits of the other 16 keys of a group, in `tmm2` and `tmm3`. Meanwhile stores those of the
/// first 16, to `finished`.
///
/// # Safety
/// The tiles of this thread are configured. `queries` are four tiles, `keys` two; the pointer
/// to store to has 1024 numbers.
#[inline(always)]
unsafe fn right_scores(queries: *const Tile, keys: *const Tile, finished: *mut f32) {
    // SAFETY: the caller's duty.
    unsafe {
        asm!(
            "tileloadd tmm4, [{q} + {s}*1]",
            "tileloaddt1 tmm6, [{k} + {s}*1]",
            "tileloadd tmm5, [{q} + {s}*1 + 2048]",
            "tilezero tmm2",
            "tilezero tmm3",
            "tdpbf16ps tmm2, tmm4, tmm6",
            "tdpbf16ps tmm3, tmm5, tmm6",
            "tileloadd tmm4, [{q} + {s}*1 + 1024]",
            "tileloaddt1 tmm7, [{k} + {s}*1 + 1024]",
            "tileloadd tmm5, [{q} + {s}*1 + 3072]",
            "tilestored [{out} + {s}*1], tmm0",
            "tdpbf16ps tmm2, tmm4, tmm7",
            "tilestored [{out} + {s}*1 + 2048], tmm1",
            "tdpbf16ps tmm3, tmm5, tmm7",
            q = in(reg) queries,
            k = in(reg) keys,
            out = in(reg) finished,
            s = in(reg) ROW_BYTES,
            options(nostack, preserves_flags)
        );
    }
}

/// Adds the values of 32 keys, half a head wide, times their weights.
///
/// # Safety
/// The tiles of this thread are configured; `weights` and `values` are two tiles each.
#[inline(always)]
unsafe fn gather_group(weights: *const Tile, values: *const Tile) {
    // SAFETY: the caller's duty; reads four tiles.
    unsafe {
        asm!(
            "tileloadd tmm4, [{p} + {s}*1]",
            "tileloaddt1 tmm6, [{v} + {s}*1]",
            "tileloaddt1 tmm7, [{v} + {s}*1 + 1024]",
            "tdpbf16ps tmm0, tmm4, tmm6",
            "tileloadd tmm5, [{p} + {s}*1 + 1024]",
            "tdpbf16ps tmm1, tmm4, tmm7",
            "tdpbf16ps tmm2, tmm5, tmm6",
            "tdpbf16ps tmm3, tmm5, tmm7",
            p = in(reg) weights,
            v = in(reg) values,
            s = in(reg) ROW_BYTES,
            options(readonly, nostack, preserves_flags)
        );
    }
}
