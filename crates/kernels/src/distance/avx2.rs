//! Eight lanes, tiles of two queries and four rows, tails by mask.

#![expect(unsafe_code, reason = "vector loads through pointers")]

use std::arch::x86_64::{
    __m128, __m256, __m256i, _mm_add_ps, _mm_movehl_ps, _mm_movelh_ps, _mm_shuffle_ps,
    _mm_storeu_ps, _mm256_castps256_ps128, _mm256_cmpgt_epi32, _mm256_extractf128_ps,
    _mm256_fmadd_ps, _mm256_loadu_ps, _mm256_maskload_ps, _mm256_set1_epi32, _mm256_setr_epi32,
    _mm256_setzero_ps, _mm256_sub_ps,
};

use super::{ROW_TILE, Rows};
use crate::Avx2;
use crate::features::avx2;

const LANES: usize = 8;

/// Queries in a full tile: 2 x 4 sums and the rows' 4 vectors fit 16 registers.
const QUERY_TILE: usize = 2;

pub(super) fn matrix<const SQUARED_L2: bool>(
    _: Avx2,
    queries: &[f32],
    rows: Rows<'_>,
    dim: usize,
    out: &mut [f32],
) {
    // SAFETY: the token proves AVX2 and FMA.
    unsafe { tiles::<SQUARED_L2>(queries, rows, dim, out) }
}

avx2! {
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
                let (first, second) = queries.split_at(dim);
                for sums in tile::<SQUARED_L2, QUERY_TILE>([first, second], row_tile) {
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

avx2! {
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
        let mut sums = [[_mm256_setzero_ps(); ROW_TILE]; QUERIES];
        let mut row_lanes = [_mm256_setzero_ps(); ROW_TILE];
        let mut query_lanes = [_mm256_setzero_ps(); QUERIES];
        let whole = dim / LANES * LANES;
        for position in (0..whole).step_by(LANES) {
            for (lanes, row) in row_lanes.iter_mut().zip(rows) {
                // SAFETY: all vectors have `dim` values, and `position + LANES <= whole <= dim`.
                *lanes = unsafe { _mm256_loadu_ps(row.as_ptr().add(position)) };
            }
            for (lanes, query) in query_lanes.iter_mut().zip(queries) {
                // SAFETY: queries have `dim` values as rows have, and as many from `position` on.
                *lanes = unsafe { _mm256_loadu_ps(query.as_ptr().add(position)) };
            }
            add::<SQUARED_L2, QUERIES>(&mut sums, query_lanes, row_lanes);
        }
        if whole < dim {
            let mask = first_lanes(dim - whole);
            for (lanes, row) in row_lanes.iter_mut().zip(rows) {
                // SAFETY: all vectors have `dim` values; `mask` stands for those from `whole` on.
                *lanes = unsafe { _mm256_maskload_ps(row.as_ptr().add(whole), mask) };
            }
            for (lanes, query) in query_lanes.iter_mut().zip(queries) {
                // SAFETY: queries have `dim` values as rows have, and `mask` stands for the last.
                *lanes = unsafe { _mm256_maskload_ps(query.as_ptr().add(whole), mask) };
            }
            add::<SQUARED_L2, QUERIES>(&mut sums, query_lanes, row_lanes);
        }
        let mut out = [[0.0; ROW_TILE]; QUERIES];
        for (out, sums) in out.iter_mut().zip(sums) {
            *out = add_lanes(sums);
        }
        out
    }
}

avx2! {
    /// Adds one term to each lane of each sum.
    #[inline]
    fn add<const SQUARED_L2: bool, const QUERIES: usize>(
        sums: &mut [[__m256; ROW_TILE]; QUERIES],
        queries: [__m256; QUERIES],
        rows: [__m256; ROW_TILE],
    ) {
        for (sums, query) in sums.iter_mut().zip(queries) {
            for (sum, row) in sums.iter_mut().zip(rows) {
                *sum = if SQUARED_L2 {
                    let difference = _mm256_sub_ps(query, row);
                    _mm256_fmadd_ps(difference, difference, *sum)
                } else {
                    _mm256_fmadd_ps(query, row, *sum)
                };
            }
        }
    }
}

avx2! {
    /// The mask of the first `count` lanes, `count` below 8.
    #[inline]
    fn first_lanes(count: usize) -> __m256i {
        let count = _mm256_set1_epi32(count as i32);
        _mm256_cmpgt_epi32(count, _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7))
    }
}

avx2! {
    /// The sum of the lanes of each vector: lane `i` with `i + 4`, then with `i + 2`, `i + 1`.
    #[inline]
    fn add_lanes(sums: [__m256; ROW_TILE]) -> [f32; ROW_TILE] {
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

avx2! {
    /// The lanes modulo four.
    #[inline]
    fn fold(sum: __m256) -> __m128 {
        _mm_add_ps(_mm256_castps256_ps128(sum), _mm256_extractf128_ps::<1>(sum))
    }
}
