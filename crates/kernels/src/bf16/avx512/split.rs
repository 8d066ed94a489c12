//! The epilogue of the projection to queries, keys and values.

use std::arch::x86_64::*;

use super::finish::{Finish, Sums, round};
use crate::bf16::heads::{GROUP_TILES, KEYS, VALUES, value_row};
use crate::bf16::tile::Tile;

/// Results to queries, keys and values in the layout of [`crate::bf16::Heads`].
pub(crate) struct Split<S> {
    sums: S,
    out: *mut Tile,
    heads: usize,
}

impl<S: Sums> Split<S> {
    pub(crate) fn new(out: &mut [Tile], sums: S, heads: usize) -> Self {
        Self {
            sums,
            out: out.as_mut_ptr(),
            heads,
        }
    }
}

impl<S: Sums> Finish for Split<S> {
    const GROUPS: bool = true;
    const ROWS_PER_STEP: usize = 32;

    #[inline(always)]
    unsafe fn row(&self, block_sums: *const f32, block: usize, panel: usize, row: usize) {
        let (part, head, half) = (
            panel / (self.heads * 2),
            panel % (self.heads * 2) / 2,
            panel % 2,
        );
        // SAFETY: a block of rows is a group, and the caller keeps both within the output,
        // where a group has 12 tiles a head.
        unsafe {
            let group = self.out.add((block * self.heads + head) * GROUP_TILES);
            let results = |row| self.sums.results(block_sums, block, panel, row);
            match part {
                0 => {
                    let [low, high] = results(row);
                    let out = group.add(row / 16 * 2 + half).cast::<__m512i>();
                    _mm512_store_si512(out.add(row % 16), round(low, high));
                }
                1 if row % 16 == 15 => {
                    let mut pairs = [_mm512_setzero_si512(); 16];
                    for (index, pairs) in pairs.iter_mut().enumerate() {
                        let [low, high] = results(row - 15 + index);
                        *pairs = round(low, high);
                    }
                    let out = group.add(KEYS + row / 16 * 2 + half).cast::<__m512i>();
                    for (index, pairs) in transpose(pairs).into_iter().enumerate() {
                        _mm512_store_si512(out.add(index), pairs);
                    }
                }
                2 if row % 2 == 1 => {
                    let ([low, high], [next_low, next_high]) = (results(row - 1), results(row));
                    let out = group.add(VALUES + half * 2).cast::<__m512i>();
                    let out = out.add(value_row(row));
                    let order = _mm512_loadu_si512(INTERLEAVE.as_ptr().cast());
                    let left = _mm512_permutexvar_epi16(order, round(low, next_low));
                    let right = _mm512_permutexvar_epi16(order, round(high, next_high));
                    _mm512_store_si512(out, left);
                    _mm512_store_si512(out.add(16), right);
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
    // SAFETY: the caller's duty.
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
