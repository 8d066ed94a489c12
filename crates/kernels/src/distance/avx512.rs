//! Sixteen lanes, tiles of four queries and four rows, tails by mask.
//!
//! A tile holds 16 sums and loads 8 vectors for 16 multiply-adds, which two load ports keep up
//! with; with one query a tile is bound by loads, far above what memory delivers.

#![expect(unsafe_code, reason = "vector loads through pointers")]

use std::arch::x86_64::{
    __m128, __m512, __mmask16, _mm_add_ps, _mm_movehl_ps, _mm_movelh_ps, _mm_shuffle_ps,
    _mm_storeu_ps, _mm256_add_ps, _mm256_castps256_ps128, _mm256_extractf128_ps,
    _mm512_castps512_ps256, _mm512_extractf32x8_ps, _mm512_fmadd_ps, _mm512_maskz_loadu_ps,
    _mm512_setzero_ps, _mm512_sub_ps,
};

use super::{ROW_TILE, Rows};
use crate::Avx512;
use crate::features::avx512;

const LANES: usize = 16;

/// Queries in a full tile: 4 x 4 sums and 5 operands of the 32 registers. (Without VL the compiler
/// keeps to the lower 16 registers, as the halves of the upper ones cannot be named, and spills.)
const QUERY_TILE: usize = 4;

pub(super) fn matrix<const SQUARED_L2: bool>(
    _: Avx512,
    queries: &[f32],
    rows: Rows<'_>,
    dim: usize,
    out: &mut [f32],
) {
    // SAFETY: the token proves AVX-512 F, DQ and VL.
    unsafe { tiles::<SQUARED_L2>(queries, rows, dim, out) }
}

avx512! {
    fn tiles<const SQUARED_L2: bool>(queries: &[f32], rows: Rows<'_>, dim: usize, out: &mut [f32]) {
        let count = rows.count(dim);
        for first_row in (0..count).step_by(ROW_TILE) {
            let row_count = ROW_TILE.min(count - first_row);
            // A last tile of fewer rows computes its last row several times and stores it once.
            let row_tile: [&[f32]; ROW_TILE] =
                std::array::from_fn(|row| rows.get(first_row + row.min(row_count - 1), dim));
            let mut store = |query_index: usize, sums: [f32; ROW_TILE]| {
                let out = &mut out[query_index * count + first_row..][..row_count];
                out.copy_from_slice(&sums[..row_count]);
            };
            let mut query_tiles = queries.chunks_exact(QUERY_TILE * dim);
            let mut query_index = 0;
            for queries in &mut query_tiles {
                let query_tile = std::array::from_fn(|query| &queries[query * dim..][..dim]);
                for sums in tile::<SQUARED_L2, QUERY_TILE>(query_tile, row_tile) {
                    store(query_index, sums);
                    query_index += 1;
                }
            }
            for query in query_tiles.remainder().chunks_exact(dim) {
                let [sums] = tile::<SQUARED_L2, 1>([query], row_tile);
                store(query_index, sums);
                query_index += 1;
            }
        }
    }
}

avx512! {
    #[inline]
    fn tile<const SQUARED_L2: bool, const QUERIES: usize>(
        queries: [&[f32]; QUERIES],
        rows: [&[f32]; ROW_TILE],
    ) -> [[f32; ROW_TILE]; QUERIES] {
        let dim = rows[0].len();
        assert!(
            queries
                .iter()
                .chain(&rows)
                .all(|vector| vector.len() == dim)
        );
        let mut sums = [[_mm512_setzero_ps(); ROW_TILE]; QUERIES];
        let whole = dim / LANES * LANES;
        for position in (0..whole).step_by(LANES) {
            // SAFETY: all vectors have `dim` values, and `position + LANES <= whole <= dim`.
            unsafe { add::<SQUARED_L2, QUERIES>(&mut sums, queries, rows, position, !0) };
        }
        if whole < dim {
            let mask = (1 << (dim - whole)) - 1;
            // SAFETY: all vectors have `dim` values, and `mask` stands for those from `whole` on.
            unsafe { add::<SQUARED_L2, QUERIES>(&mut sums, queries, rows, whole, mask) };
        }
        let mut out = [[0.0; ROW_TILE]; QUERIES];
        for (out, sums) in out.iter_mut().zip(sums) {
            *out = add_lanes(sums);
        }
        out
    }
}

avx512! {
    /// Adds the terms at `position` and the lanes after it that `mask` names.
    ///
    /// # Safety
    /// Every vector has a value at each of these positions.
    #[inline]
    unsafe fn add<const SQUARED_L2: bool, const QUERIES: usize>(
        sums: &mut [[__m512; ROW_TILE]; QUERIES],
        queries: [&[f32]; QUERIES],
        rows: [&[f32]; ROW_TILE],
        position: usize,
        mask: __mmask16,
    ) {
        let mut row_lanes = [_mm512_setzero_ps(); ROW_TILE];
        for (lanes, row) in row_lanes.iter_mut().zip(rows) {
            debug_assert!(position + mask.count_ones() as usize <= row.len(), "{position}");
            // SAFETY: rows have a value at every position that the mask has a bit for, as promised;
            // others are not read.
            *lanes = unsafe { _mm512_maskz_loadu_ps(mask, row.as_ptr().add(position)) };
        }
        for (sums, query) in sums.iter_mut().zip(queries) {
            debug_assert!(position + mask.count_ones() as usize <= query.len(), "{position}");
            // SAFETY: queries have a value at every position that the mask has a bit for, as
            // promised; others are not read.
            let query_lanes = unsafe { _mm512_maskz_loadu_ps(mask, query.as_ptr().add(position)) };
            for (sum, row_lanes) in sums.iter_mut().zip(row_lanes) {
                *sum = if SQUARED_L2 {
                    let difference = _mm512_sub_ps(query_lanes, row_lanes);
                    _mm512_fmadd_ps(difference, difference, *sum)
                } else {
                    _mm512_fmadd_ps(query_lanes, row_lanes, *sum)
                };
            }
        }
    }
}

avx512! {
    /// The sum of the lanes of each vector: lane `i` with `i + 8`, then with `i + 4`, `i + 2`,
    /// `i + 1`.
    #[inline]
    fn add_lanes(sums: [__m512; ROW_TILE]) -> [f32; ROW_TILE] {
        let [a, b, c, d] = sums;
        let (a, b, c, d) = (fold(a), fold(b), fold(c), fold(d));
        let a_b = _mm_add_ps(_mm_movelh_ps(a, b), _mm_movehl_ps(b, a));
        let c_d = _mm_add_ps(_mm_movelh_ps(c, d), _mm_movehl_ps(d, c));
        let four = _mm_add_ps(
            _mm_shuffle_ps::<0b10_00_10_00>(a_b, c_d),
            _mm_shuffle_ps::<0b11_01_11_01>(a_b, c_d),
        );
        let mut out = [0.0; ROW_TILE];
        // SAFETY: `out` has room for four values.
        unsafe { _mm_storeu_ps(out.as_mut_ptr(), four) };
        out
    }
}

avx512! {
    /// The lanes modulo four.
    #[inline]
    fn fold(sum: __m512) -> __m128 {
        let eight = _mm256_add_ps(
            _mm512_castps512_ps256(sum),
            _mm512_extractf32x8_ps::<1>(sum),
        );
        _mm_add_ps(
            _mm256_castps256_ps128(eight),
            _mm256_extractf128_ps::<1>(eight),
        )
    }
}
