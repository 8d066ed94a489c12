//! One line a vector, four rows at a time.

#![expect(unsafe_code, reason = "vector loads through pointers")]

use std::arch::x86_64::{
    __m128i, __m512i, _mm_add_epi32, _mm_storeu_si128, _mm_unpackhi_epi32, _mm_unpackhi_epi64,
    _mm_unpacklo_epi32, _mm_unpacklo_epi64, _mm256_add_epi32, _mm256_castsi256_si128,
    _mm256_extracti128_si256, _mm512_castsi512_si256, _mm512_dpbusd_epi32,
    _mm512_extracti64x4_epi64, _mm512_load_si512, _mm512_reduce_add_epi32, _mm512_set1_epi8,
    _mm512_setzero_si512, _mm512_xor_si512,
};

use super::Line;
use crate::Avx512;
use crate::features::avx512;

const ROW_TILE: usize = 4;

pub(super) fn inner_products(_: Avx512, query: &[Line], rows: &[&[Line]], out: &mut [i32]) {
    // SAFETY: the token proves AVX-512 F, BW, VL and VNNI.
    unsafe { tiles(query, rows, out) }
}

avx512! {
    fn tiles(query: &[Line], rows: &[&[Line]], out: &mut [i32]) {
        // Rows are stored with 128 added to each value: that many times the query's sum too much.
        let mut sum = _mm512_setzero_si512();
        for line in query {
            sum = _mm512_dpbusd_epi32(sum, _mm512_set1_epi8(1), signed(line));
        }
        let excess = 128 * _mm512_reduce_add_epi32(sum);
        for (rows, out) in rows.chunks(ROW_TILE).zip(out.chunks_mut(ROW_TILE)) {
            // A last tile of fewer rows computes its last row several times and stores it once.
            let tile_rows = std::array::from_fn(|row| rows[row.min(rows.len() - 1)]);
            let sums = tile(query, tile_rows);
            for (out, sum) in out.iter_mut().zip(sums) {
                *out = sum - excess;
            }
        }
    }
}

avx512! {
    #[inline]
    fn tile(query: &[Line], rows: [&[Line]; ROW_TILE]) -> [i32; ROW_TILE] {
        let rows = rows.map(|row| &row[..query.len()]);
        let mut sums = [_mm512_setzero_si512(); ROW_TILE];
        for (index, line) in query.iter().enumerate() {
            let line = signed(line);
            for (sum, row) in sums.iter_mut().zip(rows) {
                *sum = _mm512_dpbusd_epi32(*sum, load(&row[index]), line);
            }
        }
        add_lanes(sums)
    }
}

avx512! {
    #[inline]
    fn load(line: &Line) -> __m512i {
        // SAFETY: a line is 64 bytes on a boundary of 64.
        unsafe { _mm512_load_si512(std::ptr::from_ref(line).cast()) }
    }
}

avx512! {
    /// The values themselves, without the 128 added.
    #[inline]
    fn signed(line: &Line) -> __m512i {
        _mm512_xor_si512(load(line), _mm512_set1_epi8(-128))
    }
}

avx512! {
    /// The sum of the lanes of each vector.
    #[inline]
    fn add_lanes(sums: [__m512i; ROW_TILE]) -> [i32; ROW_TILE] {
        let [a, b, c, d] = sums;
        let (a, b, c, d) = (fold(a), fold(b), fold(c), fold(d));
        let a_b = _mm_add_epi32(_mm_unpacklo_epi32(a, b), _mm_unpackhi_epi32(a, b));
        let c_d = _mm_add_epi32(_mm_unpacklo_epi32(c, d), _mm_unpackhi_epi32(c, d));
        let four = _mm_add_epi32(_mm_unpacklo_epi64(a_b, c_d), _mm_unpackhi_epi64(a_b, c_d));
        let mut out = [0; ROW_TILE];
        // SAFETY: `out` has room for four sums.
        unsafe { _mm_storeu_si128(out.as_mut_ptr().cast(), four) };
        out
    }
}

avx512! {
    /// The lanes modulo four.
    #[inline]
    fn fold(sum: __m512i) -> __m128i {
        let eight = _mm256_add_epi32(
            _mm512_castsi512_si256(sum),
            _mm512_extracti64x4_epi64::<1>(sum),
        );
        _mm_add_epi32(
            _mm256_castsi256_si128(eight),
            _mm256_extracti128_si256::<1>(eight),
        )
    }
}
