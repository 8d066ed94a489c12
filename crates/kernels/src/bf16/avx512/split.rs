//! The epilogue of the projection to queries, keys and values.

use std::arch::x86_64::*;

use super::finish::{Finish, Sums, round, tile_row};
use crate::bf16::heads::{GROUP_TILES, KEYS, VALUES, value_row};
use crate::bf16::tile::Tile;

/// Results to queries, keys and values in the layout of [`crate::bf16::Heads`].
pub(crate) struct Split<'a, S> {
    sums: S,
    out: &'a mut [Tile],
    heads: usize,
}

impl<'a, S: Sums> Split<'a, S> {
    pub(crate) fn new(out: &'a mut [Tile], sums: S, heads: usize) -> Self {
        Self { sums, out, heads }
    }
}

impl<S: Sums> Finish for Split<'_, S> {
    const GROUPS: bool = true;
    const ROWS_PER_STEP: usize = 32;

    #[inline(always)]
    unsafe fn row(&mut self, block_sums: *const f32, block: usize, panel: usize, row: usize) {
        let (part, head, half) = (
            panel / (self.heads * 2),
            panel % (self.heads * 2) / 2,
            panel % 2,
        );
        let group = (block * self.heads + head) * GROUP_TILES;
        let sums = self.sums;
        // SAFETY: the features and the sums are promised, also those of rows that came before. A
        // block of rows is a group of 12 tiles for each head: four of queries, of keys and of
        // values. Block and panel lie within the output, as promised, and so do all tiles here.
        // The order that is loaded has 64 bytes.
        unsafe {
            let results = |row| sums.results(block_sums, block, panel, row);
            match part {
                0 => {
                    let [low, high] = results(row);
                    let out = tile_row(self.out, group + row / 16 * 2 + half, row % 16);
                    _mm512_store_si512(out, round(low, high));
                }
                1 if row % 16 == 15 => {
                    let mut pairs = [_mm512_setzero_si512(); 16];
                    for (index, pairs) in pairs.iter_mut().enumerate() {
                        let [low, high] = results(row - 15 + index);
                        *pairs = round(low, high);
                    }
                    let out = tile_row(self.out, group + KEYS + row / 16 * 2 + half, 0);
                    for (index, pairs) in transpose(pairs).into_iter().enumerate() {
                        _mm512_store_si512(out.add(index), pairs);
                    }
                }
                2 if row % 2 == 1 => {
                    let ([low, high], [next_low, next_high]) = (results(row - 1), results(row));
                    let values = group + VALUES + half * 2;
                    let out = tile_row(self.out, values, value_row(row));
                    let next = tile_row(self.out, values + 1, value_row(row));
                    let order = _mm512_loadu_si512(INTERLEAVE.as_ptr().cast());
                    let left = _mm512_permutexvar_epi16(order, round(low, next_low));
                    let right = _mm512_permutexvar_epi16(order, round(high, next_high));
                    _mm512_store_si512(out, left);
                    _mm512_store_si512(next, right);
                }
                _ => {}
            }
        }
    }
}

/// Takes the two halves of a vector of 16-bit numbers by turns.
static INTERLEAVE: [u16; 32] = {
    let mut order = [0; 32];
    let mut pair = 0;
    while pair < 16 {
        order[2 * pair] = pair as u16;
        order[2 * pair + 1] = pair as u16 + 16;
        pair += 1;
    }
    order
};

/// The transpose of 16 x 16 pairs of 16-bit numbers: in 4 x 4 blocks, then blocks.
///
/// # Safety
/// AVX-512 F.
#[inline(always)]
unsafe fn transpose(rows: [__m512i; 16]) -> [__m512i; 16] {
    let (mut a, mut b) = (rows, rows);
    // SAFETY: AVX-512 F is promised; nothing is read or written.
    unsafe {
        for i in 0..8 {
            b[2 * i] = _mm512_unpacklo_epi32(a[2 * i], a[2 * i + 1]);
            b[2 * i + 1] = _mm512_unpackhi_epi32(a[2 * i], a[2 * i + 1]);
        }
        for i in 0..4 {
            a[4 * i] = _mm512_unpacklo_epi64(b[4 * i], b[4 * i + 2]);
            a[4 * i + 1] = _mm512_unpackhi_epi64(b[4 * i], b[4 * i + 2]);
            a[4 * i + 2] = _mm512_unpacklo_epi64(b[4 * i + 1], b[4 * i + 3]);
            a[4 * i + 3] = _mm512_unpackhi_epi64(b[4 * i + 1], b[4 * i + 3]);
        }
        for i in 0..4 {
            b[i] = _mm512_shuffle_i32x4::<0x88>(a[i], a[4 + i]);
            b[4 + i] = _mm512_shuffle_i32x4::<0xdd>(a[i], a[4 + i]);
            b[8 + i] = _mm512_shuffle_i32x4::<0x88>(a[8 + i], a[12 + i]);
            b[12 + i] = _mm512_shuffle_i32x4::<0xdd>(a[8 + i], a[12 + i]);
        }
        for i in 0..4 {
            a[i] = _mm512_shuffle_i32x4::<0x88>(b[i], b[8 + i]);
            a[8 + i] = _mm512_shuffle_i32x4::<0xdd>(b[i], b[8 + i]);
            a[4 + i] = _mm512_shuffle_i32x4::<0x88>(b[4 + i], b[12 + i]);
            a[12 + i] = _mm512_shuffle_i32x4::<0xdd>(b[4 + i], b[12 + i]);
        }
    }
    a
}
