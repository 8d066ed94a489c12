//! From sums to rows that are selected.

use std::arch::x86_64::*;

use super::TILE;
use super::packed::{Column, Group};
use crate::distance::codes::select::{Scan, Selected};
use crate::features::avx512;

/// Rows that are looked at together: that none is selected costs one branch.
pub(super) const ROWS: usize = 4;

avx512! {
    /// Selects among four rows for the queries of a group, whose lists `found` are.
    ///
    /// The rows are those from `row` on in `scan`, and from `sums_row` on in `sums`; the first
    /// `done` of them are left out, as another block has them.
    #[inline]
    pub(super) fn finish(
        scan: Scan<'_>,
        row: usize,
        done: usize,
        group: &Group,
        sums: &[[i32; TILE]; ROWS],
        found: &mut [Vec<Selected>],
    ) {
        let product = load(&group.product);
        let length = load(&group.length);
        let margin = load(&group.margin);
        let square = load(&group.square);
        let least = load(&group.least);
        let lengths = &scan.lengths[row..][..ROWS];
        let margins = &scan.margins[row..][..ROWS];
        let mut keys = [_mm512_setzero_ps(); ROWS];
        // Queries for which all rows so far are left out.
        let mut none = group.queries;
        for (index, keys) in keys.iter_mut().enumerate() {
            // SAFETY: sixteen sums.
            let sums = unsafe { _mm512_loadu_si512(sums[index].as_ptr().cast()) };
            let row_length = _mm512_set1_ps(lengths[index]);
            let rest = _mm512_fnmadd_ps(square, row_length, length);
            let inner = _mm512_fmadd_ps(product, _mm512_cvtepi32_ps(sums), rest);
            let margin = _mm512_mul_ps(margin, _mm512_set1_ps(margins[index]));
            *keys = _mm512_fmadd_ps(row_length, inner, margin);
            none = _mm512_mask_cmp_ps_mask::<_CMP_LT_OQ>(none, *keys, least);
        }
        if none == group.queries {
            return;
        }
        for (index, keys) in keys.into_iter().enumerate().skip(done) {
            let selected = _mm512_mask_cmp_ps_mask::<_CMP_NLT_UQ>(group.queries, keys, least);
            if selected != 0 {
                push(selected, keys, row + index, found);
            }
        }
    }
}

avx512! {
    #[inline]
    fn load(column: &Column<f32>) -> __m512 {
        // SAFETY: sixteen numbers on a boundary of 64 bytes.
        unsafe { _mm512_load_ps(column.0.as_ptr()) }
    }
}

avx512! {
    /// Not in line: most rows have nothing to push.
    #[cold]
    fn push(mut selected: __mmask16, keys: __m512, row: usize, found: &mut [Vec<Selected>]) {
        let mut lanes = [0.0; TILE];
        // SAFETY: `lanes` has room for sixteen keys.
        unsafe { _mm512_storeu_ps(lanes.as_mut_ptr(), keys) };
        let row = row as u32;
        while selected != 0 {
            let query = selected.trailing_zeros() as usize;
            let key = lanes[query];
            found[query].push(Selected { row, key });
            selected &= selected - 1;
        }
    }
}
