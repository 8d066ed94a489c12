//! Eight rows at a time, read once for two queries, in 16 bits a value as inner products are:
//! rows without their sign, queries widened in advance.

#![expect(unsafe_code, reason = "vector loads through pointers")]

use std::arch::x86_64::*;

use super::{Bound, Scan, Selected};
use crate::Avx2;
use crate::distance::codes::Line;
use crate::features::avx2;

/// Lanes of a vector of keys.
const ROW_BLOCK: usize = 8;

/// Rows whose sums are kept in registers, and queries for each: 8 vectors, and 4 for the rows.
const ROW_TILE: usize = 4;
const QUERY_TILE: usize = 2;

/// Values in a vector of 16-bit numbers.
const LANES: usize = 16;

/// A line of a query, in 16 bits a value.
#[repr(C, align(32))]
struct Wide([i16; Line::VALUES]);

struct Query {
    lines: Vec<Wide>,
    /// 128 times the sum of its values: rows are stored with 128 added to each value.
    excess: i32,
    bound: Bound,
}

impl Query {
    fn new(lines: &[Line], bound: Bound) -> Self {
        let value = |byte| i16::from(byte) - i16::from(Line::ZERO);
        let lines: Vec<Wide> = lines.iter().map(|line| Wide(line.0.map(value))).collect();
        let values = lines.iter().flat_map(|line| &line.0);
        let excess = 128 * values.map(|&value| i32::from(value)).sum::<i32>();
        Self {
            lines,
            excess,
            bound,
        }
    }
}

pub(super) fn select(_: Avx2, scan: Scan<'_>, found: &mut [Vec<Selected>]) {
    // SAFETY: the token proves AVX2 and FMA.
    unsafe { blocks(scan, found) }
}

avx2! {
    fn blocks(scan: Scan<'_>, found: &mut [Vec<Selected>]) {
        let queries: Vec<Query> = scan
            .queries
            .chunks_exact(scan.lines)
            .zip(scan.bounds)
            .map(|(lines, &bound)| Query::new(lines, bound))
            .collect();
        for first in (0..scan.lengths.len()).step_by(ROW_BLOCK) {
            let groups = queries.chunks(QUERY_TILE).zip(found.chunks_mut(QUERY_TILE));
            for (queries, found) in groups {
                match queries {
                    [a] => block(scan, first, [a], found),
                    [a, b, ..] => block(scan, first, [a, b], found),
                    [] => {}
                }
            }
        }
    }
}

avx2! {
    /// Up to eight rows from `first` on.
    #[inline]
    fn block<const QUERIES: usize>(
        scan: Scan<'_>,
        first: usize,
        queries: [&Query; QUERIES],
        found: &mut [Vec<Selected>],
    ) {
        let count = ROW_BLOCK.min(scan.lengths.len() - first);
        let mut parts = [[_mm_setzero_si128(); ROW_BLOCK / ROW_TILE]; QUERIES];
        for tile in 0..ROW_BLOCK / ROW_TILE {
            // A last block of fewer rows computes its last row several times.
            let rows = std::array::from_fn(|row| {
                let row = first + (tile * ROW_TILE + row).min(count - 1);
                &scan.rows[row * scan.lines..][..scan.lines]
            });
            let sums = sums(rows, queries.map(|query| &query.lines[..]));
            for (parts, sums) in parts.iter_mut().zip(sums) {
                parts[tile] = add_lanes(sums);
            }
        }
        let lengths = load_some(&scan.lengths[first..][..count]);
        let margins = load_some(&scan.margins[first..][..count]);
        for ((query, [low, high]), found) in queries.iter().zip(parts).zip(found) {
            let excess = _mm256_set1_epi32(query.excess);
            let sums = _mm256_sub_epi32(_mm256_set_m128i(high, low), excess);
            let keys = keys(&query.bound, sums, lengths, margins);
            let least = _mm256_set1_ps(query.bound.least);
            let selected = _mm256_movemask_ps(_mm256_cmp_ps::<_CMP_NLT_UQ>(keys, least));
            if selected != 0 {
                push(selected, keys, first, count, found);
            }
        }
    }
}

avx2! {
    /// Sums of four rows with each of the queries, in lanes that are still to be added.
    #[inline]
    fn sums<const QUERIES: usize>(
        rows: [&[Line]; ROW_TILE],
        queries: [&[Wide]; QUERIES],
    ) -> [[__m256i; ROW_TILE]; QUERIES] {
        let lines = rows[0].len();
        let rows = rows.map(|row| &row[..lines]);
        let queries = queries.map(|query| &query[..lines]);
        let mut sums = [[_mm256_setzero_si256(); ROW_TILE]; QUERIES];
        for index in 0..lines {
            for part in 0..Line::VALUES / LANES {
                for (row, codes) in rows.iter().enumerate() {
                    let codes = widened(&codes[index], part);
                    for (sums, query) in sums.iter_mut().zip(queries) {
                        let products = _mm256_madd_epi16(codes, load(&query[index], part));
                        sums[row] = _mm256_add_epi32(sums[row], products);
                    }
                }
            }
        }
        sums
    }
}

avx2! {
    /// Bytes `part * 16 ..` of a line, in 16 bits each.
    #[inline]
    fn widened(line: &Line, part: usize) -> __m256i {
        let bytes = line.0[part * LANES..][..LANES].as_ptr();
        // SAFETY: 16 bytes, on a boundary of 16 as the line lies on one of 64.
        _mm256_cvtepu8_epi16(unsafe { _mm_load_si128(bytes.cast()) })
    }
}

avx2! {
    /// Values `part * 16 ..` of a line.
    #[inline]
    fn load(line: &Wide, part: usize) -> __m256i {
        let values = line.0[part * LANES..][..LANES].as_ptr();
        // SAFETY: 32 bytes, on a boundary of 32.
        unsafe { _mm256_load_si256(values.cast()) }
    }
}

avx2! {
    /// The sum of the lanes of each vector.
    #[inline]
    fn add_lanes([a, b, c, d]: [__m256i; 4]) -> __m128i {
        let four = _mm256_hadd_epi32(_mm256_hadd_epi32(a, b), _mm256_hadd_epi32(c, d));
        _mm_add_epi32(
            _mm256_castsi256_si128(four),
            _mm256_extracti128_si256::<1>(four),
        )
    }
}

avx2! {
    /// Up to eight values, and zeros.
    #[inline]
    fn load_some(values: &[f32]) -> __m256 {
        let mut lanes = [0.0; ROW_BLOCK];
        lanes[..values.len()].copy_from_slice(values);
        // SAFETY: eight values.
        unsafe { _mm256_loadu_ps(lanes.as_ptr()) }
    }
}

avx2! {
    /// [`Bound::key`] of eight rows.
    #[inline]
    fn keys(bound: &Bound, sums: __m256i, lengths: __m256, margins: __m256) -> __m256 {
        let rest = _mm256_fnmadd_ps(
            _mm256_set1_ps(bound.square),
            lengths,
            _mm256_set1_ps(bound.length),
        );
        let inner = _mm256_fmadd_ps(
            _mm256_set1_ps(bound.product),
            _mm256_cvtepi32_ps(sums),
            rest,
        );
        let margin = _mm256_mul_ps(_mm256_set1_ps(bound.margin), margins);
        _mm256_fmadd_ps(lengths, inner, margin)
    }
}

avx2! {
    /// Not in line: most blocks have nothing to push. Lanes from `count` on are of no row.
    #[cold]
    fn push(selected: i32, keys: __m256, first: usize, count: usize, found: &mut Vec<Selected>) {
        let mut lanes = [0.0; ROW_BLOCK];
        // SAFETY: `lanes` has room for eight keys.
        unsafe { _mm256_storeu_ps(lanes.as_mut_ptr(), keys) };
        for (lane, &key) in lanes[..count].iter().enumerate() {
            if selected >> lane & 1 == 1 {
                let row = (first + lane) as u32;
                found.push(Selected { row, key });
            }
        }
    }
}
