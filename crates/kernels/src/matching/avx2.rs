//! Eight vectors of the packed set in a register, two values of each at a time, widened to 16
//! bits: products of bytes would not fit the 16 bits that `vpmaddubsw` sums them in.

#![expect(unsafe_code, reason = "vector loads and stores through pointers")]

use std::arch::x86_64::{
    __m256i, _mm256_add_epi32, _mm256_load_si256, _mm256_madd_epi16, _mm256_max_epi32,
    _mm256_set1_epi32, _mm256_setzero_si256, _mm256_storeu_si256,
};

use super::MOST_VALUES;
use crate::Avx2;
use crate::features::avx2;

/// Vectors in a register.
const LANES: usize = 8;

/// Values that one instruction multiplies in a lane.
const GROUP: usize = 2;

/// Vectors of the other set at a time.
const TILE: usize = 4;

const MOST_GROUPS: usize = MOST_VALUES / GROUP;

/// Two values of each of eight vectors.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(32))]
struct Line([[i16; GROUP]; LANES]);

#[derive(Clone, Debug)]
pub(super) struct Pairs {
    token: Avx2,
    /// For each block of [`LANES`] vectors a line for each group of values; 0 where there is none.
    lines: Vec<Line>,
}

impl Pairs {
    pub(super) fn pack(token: Avx2, values: &[i8], dim: usize) -> Self {
        let groups = dim.div_ceil(GROUP);
        let blocks = (values.len() / dim).div_ceil(LANES);
        let mut lines = vec![Line([[0; GROUP]; LANES]); blocks * groups];
        for (vector, values) in values.chunks(dim).enumerate() {
            for (index, &value) in values.iter().enumerate() {
                let line = &mut lines[vector / LANES * groups + index / GROUP];
                line.0[vector % LANES][index % GROUP] = i16::from(value);
            }
        }
        Self { token, lines }
    }

    pub(super) fn best(&self, other: &[i8], dim: usize, of_self: &mut [i32], of_other: &mut [i32]) {
        let _: Avx2 = self.token;
        // SAFETY: the token proves AVX2.
        unsafe { best(&self.lines, other, dim, of_self, of_other) }
    }
}

/// Pairs of values of at most [`TILE`] vectors, as they are broadcast; those missing are 0.
fn broadcast(vectors: &[i8], dim: usize) -> [[i32; MOST_GROUPS]; TILE] {
    let mut tile = [[0; MOST_GROUPS]; TILE];
    for (words, vector) in tile.iter_mut().zip(vectors.chunks(dim)) {
        for (word, values) in words.iter_mut().zip(vector.chunks(GROUP)) {
            let value = |index: usize| values.get(index).map_or(0, |&value| i16::from(value));
            let [low, high] = [value(0), value(1)].map(i16::cast_unsigned).map(u32::from);
            *word = (low | high << 16).cast_signed();
        }
    }
    tile
}

avx2! {
    fn best(lines: &[Line], other: &[i8], dim: usize, of_self: &mut [i32], of_other: &mut [i32]) {
        let groups = dim.div_ceil(GROUP);
        for (vectors, of_vectors) in other.chunks(TILE * dim).zip(of_other.chunks_mut(TILE)) {
            let tile = broadcast(vectors, dim);
            for (block, of_block) in lines.chunks(groups).zip(of_self.chunks_mut(LANES)) {
                let sums = products(block, &tile);
                for (best, sum) in of_vectors.iter_mut().zip(sums) {
                    let lanes = lanes(sum);
                    let present = lanes[..of_block.len()].iter().copied();
                    *best = present.fold(*best, i32::max);
                }
                let present = &sums[..of_vectors.len()];
                let of_lanes = present
                    .iter()
                    .fold(_mm256_set1_epi32(i32::MIN), |best, &sum| {
                        _mm256_max_epi32(best, sum)
                    });
                for (best, lane) in of_block.iter_mut().zip(lanes(of_lanes)) {
                    *best = lane.max(*best);
                }
            }
        }
    }
}

avx2! {
    /// Inner products of a block's vectors (a lane each) with each vector of the tile.
    #[inline]
    fn products(block: &[Line], tile: &[[i32; MOST_GROUPS]; TILE]) -> [__m256i; TILE] {
        let mut sums = [_mm256_setzero_si256(); TILE];
        for (group, line) in block.iter().enumerate().take(MOST_GROUPS) {
            // SAFETY: a line is 32 bytes on a boundary of 32.
            let line = unsafe { _mm256_load_si256(std::ptr::from_ref(line).cast()) };
            for (sum, words) in sums.iter_mut().zip(tile) {
                let products = _mm256_madd_epi16(line, _mm256_set1_epi32(words[group]));
                *sum = _mm256_add_epi32(*sum, products);
            }
        }
        sums
    }
}

avx2! {
    #[inline]
    fn lanes(register: __m256i) -> [i32; LANES] {
        let mut lanes = [0; LANES];
        // SAFETY: `lanes` has room for the 8 values of a register.
        unsafe { _mm256_storeu_si256(lanes.as_mut_ptr().cast(), register) };
        lanes
    }
}
