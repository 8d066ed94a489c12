//! Sixteen values a vector, widened to 16 bits: `vpmaddubsw` would be twice as fast, but its sums
//! of two products of bytes do not fit the 16 bits that it gives them.

#![expect(unsafe_code, reason = "vector loads through pointers")]

use std::arch::x86_64::{
    __m256i, _MM_HINT_T0, _mm_add_epi32, _mm_cvtsi128_si32, _mm_load_si128, _mm_prefetch,
    _mm_shuffle_epi32, _mm256_add_epi32, _mm256_castsi256_si128, _mm256_cvtepu8_epi16,
    _mm256_extracti128_si256, _mm256_madd_epi16, _mm256_set1_epi16, _mm256_setzero_si256,
    _mm256_sub_epi16,
};

use super::Line;
use crate::Avx2;
use crate::features::avx2;

/// Values in a vector of 16-bit numbers.
const LANES: usize = 16;

const ROW_TILE: usize = 4;

/// Bytes that a fetch brings.
const CACHE_LINE: usize = 64;

pub(super) fn inner_products(_: Avx2, query: &[Line], rows: &[&[Line]], out: &mut [i32]) {
    // SAFETY: the token proves AVX2.
    unsafe { tiles(query, rows, out) }
}

/// See [`super::prefetch`]. Every CPU with x86-64 has the instruction.
#[inline]
pub(super) fn prefetch<T>(data: &[T]) {
    let first: *const i8 = data.as_ptr().cast();
    for offset in (0..size_of_val(data)).step_by(CACHE_LINE) {
        // SAFETY: the address lies within `data`, and a prefetch reads nothing anyway.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(first.add(offset)) };
    }
}

avx2! {
    fn tiles(query: &[Line], rows: &[&[Line]], out: &mut [i32]) {
        for (rows, out) in rows.chunks(ROW_TILE).zip(out.chunks_mut(ROW_TILE)) {
            // A last tile of fewer rows computes its last row several times and stores it once.
            let tile_rows: [&[Line]; ROW_TILE] =
                std::array::from_fn(|row| &rows[row.min(rows.len() - 1)][..query.len()]);
            let mut sums = [_mm256_setzero_si256(); ROW_TILE];
            for (index, line) in query.iter().enumerate() {
                for part in 0..Line::VALUES / LANES {
                    let values = signed(line, part);
                    for (sum, row) in sums.iter_mut().zip(tile_rows) {
                        let products = _mm256_madd_epi16(values, signed(&row[index], part));
                        *sum = _mm256_add_epi32(*sum, products);
                    }
                }
            }
            for (out, sum) in out.iter_mut().zip(sums) {
                *out = add_lanes(sum);
            }
        }
    }
}

avx2! {
    /// Values `part * 16 ..` of a line, in 16 bits each.
    #[inline]
    fn signed(line: &Line, part: usize) -> __m256i {
        let bytes = line.0[part * LANES..][..LANES].as_ptr();
        // SAFETY: 16 bytes, on a boundary of 16 as the line lies on one of 64.
        let bytes = unsafe { _mm_load_si128(bytes.cast()) };
        _mm256_sub_epi16(_mm256_cvtepu8_epi16(bytes), _mm256_set1_epi16(128))
    }
}

avx2! {
    #[inline]
    fn add_lanes(sum: __m256i) -> i32 {
        let four = _mm_add_epi32(
            _mm256_castsi256_si128(sum),
            _mm256_extracti128_si256::<1>(sum),
        );
        let two = _mm_add_epi32(four, _mm_shuffle_epi32::<0b01_00_11_10>(four));
        _mm_cvtsi128_si32(_mm_add_epi32(two, _mm_shuffle_epi32::<0b10_11_00_01>(two)))
    }
}
