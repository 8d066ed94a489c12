//! Sixteen rows at a time, read once for four queries.
//!
//! Rows are taken by fours, one line after the other, so that codes come in nearly the order in
//! which they lie in memory; sums of sixteen rows make a vector, and so do their keys.

#![expect(unsafe_code, reason = "vector loads and prefetches through pointers")]

use std::arch::x86_64::*;

use super::{Bound, Scan, Selected};
use crate::Avx512;
use crate::distance::codes::Line;
use crate::features::avx512;

/// Lanes of a vector of sums and of keys.
const ROW_BLOCK: usize = 16;

/// Rows whose sums are kept in registers, and queries for each: 16 vectors, and 4 for the rows.
const ROW_TILE: usize = 4;
const QUERY_TILE: usize = 4;

/// Lines ahead of those in use that are fetched: 8 KB.
const AHEAD: usize = 128;

/// A query as `vpdpbusd` takes it.
struct Query<'a> {
    /// With the sign bit flipped back.
    lines: &'a [Line],
    /// 128 times the sum of its values: rows are stored with 128 added to each value.
    excess: i32,
    bound: Bound,
}

pub(super) fn select(_: Avx512, scan: Scan<'_>, found: &mut [Vec<Selected>]) {
    // SAFETY: the token proves AVX-512 F, BW, DQ, VL and VNNI.
    unsafe { blocks(scan, found) }
}

avx512! {
    fn blocks(scan: Scan<'_>, found: &mut [Vec<Selected>]) {
        let mut signed = scan.queries.to_vec();
        for byte in signed.iter_mut().flat_map(|line| &mut line.0) {
            *byte ^= 128;
        }
        let queries: Vec<Query<'_>> = signed
            .chunks_exact(scan.lines)
            .zip(scan.bounds)
            .map(|(lines, &bound)| Query {
                lines,
                excess: excess(lines),
                bound,
            })
            .collect();
        for first in (0..scan.lengths.len()).step_by(ROW_BLOCK) {
            let groups = queries.chunks(QUERY_TILE).zip(found.chunks_mut(QUERY_TILE));
            for (queries, found) in groups {
                match queries {
                    [a] => block(scan, first, [a], found),
                    [a, b] => block(scan, first, [a, b], found),
                    [a, b, c] => block(scan, first, [a, b, c], found),
                    [a, b, c, d, ..] => block(scan, first, [a, b, c, d], found),
                    [] => {}
                }
            }
        }
    }
}

avx512! {
    /// 128 times the sum of the values of a query.
    #[inline]
    fn excess(lines: &[Line]) -> i32 {
        let mut sum = _mm512_setzero_si512();
        for line in lines {
            sum = _mm512_dpbusd_epi32(sum, _mm512_set1_epi8(1), load(line));
        }
        128 * _mm512_reduce_add_epi32(sum)
    }
}

avx512! {
    /// Up to sixteen rows from `first` on.
    #[inline]
    fn block<const QUERIES: usize>(
        scan: Scan<'_>,
        first: usize,
        queries: [&Query<'_>; QUERIES],
        found: &mut [Vec<Selected>],
    ) {
        let count = ROW_BLOCK.min(scan.lengths.len() - first);
        let mut parts = [[_mm512_setzero_si512(); ROW_BLOCK / ROW_TILE]; QUERIES];
        for tile in 0..ROW_BLOCK / ROW_TILE {
            // A last block of fewer rows computes its last row several times.
            let rows = std::array::from_fn(|row| {
                let row = first + (tile * ROW_TILE + row).min(count - 1);
                &scan.rows[row * scan.lines..][..scan.lines]
            });
            let sums = sums(rows, queries.map(|query| &query.lines[..scan.lines]));
            for (parts, sums) in parts.iter_mut().zip(sums) {
                parts[tile] = interleave(sums);
            }
        }
        let mask = u16::MAX >> (ROW_BLOCK - count);
        let lengths = load_some(mask, &scan.lengths[first..][..count]);
        let margins = load_some(mask, &scan.margins[first..][..count]);
        for ((query, parts), found) in queries.iter().zip(parts).zip(found) {
            let sums = _mm512_sub_epi32(gather(parts), _mm512_set1_epi32(query.excess));
            let keys = keys(&query.bound, sums, lengths, margins);
            let least = _mm512_set1_ps(query.bound.least);
            let selected = _mm512_mask_cmp_ps_mask::<_CMP_NLT_UQ>(mask, keys, least);
            if selected != 0 {
                push(selected, keys, first, found);
            }
        }
    }
}

avx512! {
    /// Sums of four rows with each of the queries, in lanes that are still to be added.
    #[inline]
    fn sums<const QUERIES: usize>(
        rows: [&[Line]; ROW_TILE],
        queries: [&[Line]; QUERIES],
    ) -> [[__m512i; ROW_TILE]; QUERIES] {
        let lines = rows[0].len();
        let rows = rows.map(|row| &row[..lines]);
        let queries = queries.map(|query| &query[..lines]);
        let mut sums = [[_mm512_setzero_si512(); ROW_TILE]; QUERIES];
        for index in 0..lines {
            let queries = queries.map(|query| load(&query[index]));
            for (row, codes) in rows.iter().enumerate() {
                let ahead = codes.as_ptr().wrapping_add(index + AHEAD);
                _mm_prefetch::<_MM_HINT_T0>(ahead.cast());
                let codes = load(&codes[index]);
                for (sums, query) in sums.iter_mut().zip(queries) {
                    sums[row] = _mm512_dpbusd_epi32(sums[row], codes, query);
                }
            }
        }
        sums
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
    /// The values that `mask` has bits for, and zeros.
    #[inline]
    fn load_some(mask: __mmask16, values: &[f32]) -> __m512 {
        assert!(mask.count_ones() as usize <= values.len());
        // SAFETY: the lowest bits of the mask are those that are set: see `block`; so many values
        // are there, and others are not read.
        unsafe { _mm512_maskz_loadu_ps(mask, values.as_ptr()) }
    }
}

avx512! {
    /// Four vectors as one that has a part of each sum in every quarter.
    #[inline]
    fn interleave([a, b, c, d]: [__m512i; 4]) -> __m512i {
        let a_b = _mm512_add_epi32(_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
        let c_d = _mm512_add_epi32(_mm512_unpacklo_epi32(c, d), _mm512_unpackhi_epi32(c, d));
        _mm512_add_epi32(
            _mm512_unpacklo_epi64(a_b, c_d),
            _mm512_unpackhi_epi64(a_b, c_d),
        )
    }
}

avx512! {
    /// The quarters of each vector added, one after the other.
    #[inline]
    fn gather([a, b, c, d]: [__m512i; 4]) -> __m512i {
        const EVEN: i32 = 0b10_00_10_00;
        const ODD: i32 = 0b11_01_11_01;
        let a_b = _mm512_add_epi32(
            _mm512_shuffle_i32x4::<EVEN>(a, b),
            _mm512_shuffle_i32x4::<ODD>(a, b),
        );
        let c_d = _mm512_add_epi32(
            _mm512_shuffle_i32x4::<EVEN>(c, d),
            _mm512_shuffle_i32x4::<ODD>(c, d),
        );
        _mm512_add_epi32(
            _mm512_shuffle_i32x4::<EVEN>(a_b, c_d),
            _mm512_shuffle_i32x4::<ODD>(a_b, c_d),
        )
    }
}

avx512! {
    /// [`Bound::key`] of sixteen rows.
    #[inline]
    fn keys(bound: &Bound, sums: __m512i, lengths: __m512, margins: __m512) -> __m512 {
        let rest = _mm512_fnmadd_ps(
            _mm512_set1_ps(bound.square),
            lengths,
            _mm512_set1_ps(bound.length),
        );
        let inner = _mm512_fmadd_ps(
            _mm512_set1_ps(bound.product),
            _mm512_cvtepi32_ps(sums),
            rest,
        );
        let margin = _mm512_mul_ps(_mm512_set1_ps(bound.margin), margins);
        _mm512_fmadd_ps(lengths, inner, margin)
    }
}

avx512! {
    /// Not in line: most blocks have nothing to push.
    #[cold]
    fn push(selected: __mmask16, keys: __m512, first: usize, found: &mut Vec<Selected>) {
        let mut lanes = [0.0; ROW_BLOCK];
        // SAFETY: `lanes` has room for sixteen keys.
        unsafe { _mm512_storeu_ps(lanes.as_mut_ptr(), keys) };
        for (lane, key) in lanes.into_iter().enumerate() {
            if selected >> lane & 1 == 1 {
                let row = (first + lane) as u32;
                found.push(Selected { row, key });
            }
        }
    }
}
