//! From sums of integers to results.

use std::arch::x86_64::*;

use crate::bf16::arrangement::PANEL;
use crate::bf16::avx512::{Sums, sums};
use crate::int8::weights::PackedLinear;

/// `sum * scale of the row * scale of the column + bias` of sums in i32.
#[derive(Clone, Copy)]
pub(in crate::int8) struct Scaled<'a> {
    /// At least one.
    rows: &'a [f32],
    /// Whole panels.
    columns: &'a [f32],
    /// Whole panels.
    bias: &'a [f32],
}

impl<'a> Scaled<'a> {
    pub(in crate::int8) fn new(rows: &'a [f32], weights: &'a PackedLinear) -> Self {
        assert!(!rows.is_empty(), "no rows");
        Self {
            rows,
            columns: weights.scales(),
            bias: weights.bias(),
        }
    }
}

impl Sums for Scaled<'_> {
    const FINE: bool = false;

    #[inline(always)]
    unsafe fn results(
        &self,
        block_sums: *const f32,
        block: usize,
        panel: usize,
        row: usize,
    ) -> [__m512; 2] {
        // Rows that fill up the last tile have no scale and need none of their own.
        let index = (block * 32 + row).min(self.rows.len() - 1);
        debug_assert!((panel + 1) * PANEL <= self.columns.len().min(self.bias.len()));
        // SAFETY: the features are promised, and so is what `sums` asks for. The index is below the
        // number of scales of rows. Scales of columns and bias have a number for each of the 32
        // columns of every panel, and `panel` is one of them.
        unsafe {
            let scale = _mm512_set1_ps(*self.rows.get_unchecked(index));
            let columns = self.columns.as_ptr().add(panel * PANEL);
            let bias = self.bias.as_ptr().add(panel * PANEL);
            let result = |sums, half: usize| {
                let sums = _mm512_cvtepi32_ps(_mm512_castps_si512(sums));
                let columns = _mm512_loadu_ps(columns.add(half * 16));
                let bias = _mm512_loadu_ps(bias.add(half * 16));
                _mm512_fmadd_ps(_mm512_mul_ps(sums, scale), columns, bias)
            };
            let (low, high) = sums(block_sums, row);
            [result(low, 0), result(high, 1)]
        }
    }
}
