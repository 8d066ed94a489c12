//! Sixteen vectors of the packed set in a register, four values of each at a time.
//!
//! `vpdpbusd` takes one operand without sign: the packed values have 128 added, and 128 times the
//! sum of the other vector is taken off each product.

#![expect(unsafe_code, reason = "vector loads and stores through pointers")]

use std::arch::x86_64::{
    __m512i, _mm512_dpbusd_epi32, _mm512_load_si512, _mm512_mask_blend_epi32, _mm512_max_epi32,
    _mm512_reduce_max_epi32, _mm512_set1_epi32, _mm512_setzero_si512, _mm512_storeu_si512,
    _mm512_sub_epi32,
};

use super::MOST_VALUES;
use crate::Avx512;
use crate::distance::codes::Line;
use crate::features::avx512;

/// Vectors in a register.
const LANES: usize = 16;

/// Values that one instruction multiplies in a lane.
const GROUP: usize = 4;

/// Vectors of the other set at a time: as many chains of sums hide the latency of the products.
const TILE: usize = 8;

const MOST_GROUPS: usize = MOST_VALUES / GROUP;

#[derive(Clone, Debug)]
pub(super) struct Fours {
    token: Avx512,
    /// For each block of [`LANES`] vectors a line for each group of values. What no vector or no
    /// value fills is 0, which adds nothing to a product.
    lines: Vec<Line>,
}

/// Some vectors of the other set, as they are broadcast.
struct Tile {
    words: [[i32; MOST_GROUPS]; TILE],
    /// 128 times the sum of each.
    excess: [i32; TILE],
}

impl Fours {
    pub(super) fn pack(token: Avx512, values: &[i8], dim: usize) -> Self {
        let groups = dim.div_ceil(GROUP);
        let blocks = (values.len() / dim).div_ceil(LANES);
        let mut lines = vec![Line([0; Line::VALUES]); blocks * groups];
        for (vector, values) in values.chunks(dim).enumerate() {
            for (index, &value) in values.iter().enumerate() {
                let line = &mut lines[vector / LANES * groups + index / GROUP];
                line.0[vector % LANES * GROUP + index % GROUP] = value.cast_unsigned() ^ 128;
            }
        }
        Self { token, lines }
    }

    pub(super) fn best(&self, other: &[i8], dim: usize, of_self: &mut [i32], of_other: &mut [i32]) {
        let _: Avx512 = self.token;
        // SAFETY: the token proves AVX-512 F, BW, DQ, VL and VNNI.
        unsafe { best(&self.lines, other, dim, of_self, of_other) }
    }
}

impl Tile {
    /// At most [`TILE`] vectors; those missing are 0.
    fn new(vectors: &[i8], dim: usize) -> Self {
        let mut tile = Self {
            words: [[0; MOST_GROUPS]; TILE],
            excess: [0; TILE],
        };
        for (index, vector) in vectors.chunks(dim).enumerate() {
            for (word, values) in tile.words[index].iter_mut().zip(vector.chunks(GROUP)) {
                let mut bytes = [0; GROUP];
                for (byte, value) in bytes.iter_mut().zip(values) {
                    *byte = value.cast_unsigned();
                }
                *word = i32::from_le_bytes(bytes);
            }
            let sum: i32 = vector.iter().map(|&value| i32::from(value)).sum();
            tile.excess[index] = 128 * sum;
        }
        tile
    }
}

avx512! {
    fn best(lines: &[Line], other: &[i8], dim: usize, of_self: &mut [i32], of_other: &mut [i32]) {
        let groups = dim.div_ceil(GROUP);
        for (vectors, of_vectors) in other.chunks(TILE * dim).zip(of_other.chunks_mut(TILE)) {
            let tile = Tile::new(vectors, dim);
            let mut best_of_vectors = [_mm512_set1_epi32(i32::MIN); TILE];
            for (block, of_block) in lines.chunks(groups).zip(of_self.chunks_mut(LANES)) {
                let sums = products(block, &tile);
                let present = u16::MAX >> (LANES - of_block.len());
                let mut best_of_block = _mm512_set1_epi32(i32::MIN);
                for (index, &sum) in sums.iter().enumerate() {
                    let sum = _mm512_mask_blend_epi32(present, _mm512_set1_epi32(i32::MIN), sum);
                    best_of_vectors[index] = _mm512_max_epi32(best_of_vectors[index], sum);
                    if index < of_vectors.len() {
                        best_of_block = _mm512_max_epi32(best_of_block, sum);
                    }
                }
                let mut lanes = [0; LANES];
                // SAFETY: `lanes` has room for the 16 values of a register.
                unsafe { _mm512_storeu_si512(lanes.as_mut_ptr().cast(), best_of_block) };
                for (best, lane) in of_block.iter_mut().zip(lanes) {
                    *best = lane.max(*best);
                }
            }
            for (best, lanes) in of_vectors.iter_mut().zip(best_of_vectors) {
                *best = _mm512_reduce_max_epi32(lanes);
            }
        }
    }
}

avx512! {
    /// Inner products of a block's vectors (a lane each) with each vector of the tile.
    #[inline]
    fn products(block: &[Line], tile: &Tile) -> [__m512i; TILE] {
        let mut sums = [_mm512_setzero_si512(); TILE];
        for (group, line) in block.iter().enumerate().take(MOST_GROUPS) {
            // SAFETY: a line is 64 bytes on a boundary of 64.
            let line = unsafe { _mm512_load_si512(std::ptr::from_ref(line).cast()) };
            for (sum, words) in sums.iter_mut().zip(&tile.words) {
                *sum = _mm512_dpbusd_epi32(*sum, line, _mm512_set1_epi32(words[group]));
            }
        }
        for (sum, &excess) in sums.iter_mut().zip(&tile.excess) {
            *sum = _mm512_sub_epi32(*sum, _mm512_set1_epi32(excess));
        }
        sums
    }
}
