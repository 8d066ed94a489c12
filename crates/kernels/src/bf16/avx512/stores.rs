//! Epilogues that store results, or what an activation makes of them, or add them to what is there.

use std::arch::x86_64::*;

use super::finish::{Finish, Sums, round, tile_row};
use super::gate::silu;
use super::gelu::{COARSE, FINE};
use crate::bf16::arrangement::PANEL;
use crate::bf16::output::Output;
use crate::bf16::tile::Tile;
use crate::matrix::MatrixMut;

/// Activations of [`Store`].
pub(crate) const AS_IT_IS: u8 = 0;
pub(crate) const GELU: u8 = 1;
pub(crate) const SILU: u8 = 2;

/// Results, or what an activation makes of them, to blocked bf16.
pub(crate) struct Store<'a, S, const ACTIVATION: u8> {
    sums: S,
    out: &'a mut [Tile],
    depth: usize,
}

impl<'a, S: Sums, const ACTIVATION: u8> Store<'a, S, ACTIVATION> {
    pub(crate) fn new(out: &'a mut [Tile], sums: S, outputs: usize) -> Self {
        Self {
            sums,
            out,
            depth: outputs.div_ceil(Tile::COLUMNS),
        }
    }
}

impl<S: Sums, const ACTIVATION: u8> Finish for Store<'_, S, ACTIVATION> {
    const GROUPS: bool = false;
    const ROWS_PER_STEP: usize = if ACTIVATION == AS_IT_IS { 32 } else { 3 };

    #[inline(always)]
    unsafe fn row(&mut self, block_sums: *const f32, block: usize, panel: usize, row: usize) {
        // SAFETY: the features and the sums are promised. A block is two rows of `depth` tiles and
        // a panel a tile of each; both lie within the output, as promised, so the tile exists.
        unsafe {
            let [mut low, mut high] = self.sums.results(block_sums, block, panel, row);
            if ACTIVATION == GELU {
                (low, high) = if S::FINE {
                    (FINE.of(low), FINE.of(high))
                } else {
                    (COARSE.of(low), COARSE.of(high))
                };
            } else if ACTIVATION == SILU {
                (low, high) = (silu(low), silu(high));
            }
            let tile = (block * 2 + row / 16) * self.depth + panel;
            let out = tile_row(self.out, tile, row % 16);
            _mm512_store_si512(out, round(low, high));
        }
    }
}

/// The rows of an f32 output.
struct Rows<'a> {
    out: &'a mut [f32],
    stride: usize,
    rows: usize,
    columns: usize,
}

impl<'a> Rows<'a> {
    fn new(out: &'a mut MatrixMut<'_>) -> Self {
        let (rows, columns) = (out.rows(), out.columns());
        let block = out.block(0, 0);
        Self {
            out: block.data,
            stride: block.stride,
            rows,
            columns,
        }
    }

    /// Where row `row` of a block and a panel goes, with masks of the columns that there are in
    /// either half; none beyond the last row.
    #[inline(always)]
    fn place(
        &mut self,
        block: usize,
        panel: usize,
        row: usize,
    ) -> Option<(*mut f32, [__mmask16; 2])> {
        let index = block * 32 + row;
        if index >= self.rows {
            return None;
        }
        let column = panel * PANEL;
        let left = self.columns - column;
        let mask: u32 = if left >= PANEL { !0 } else { (1 << left) - 1 };
        let start = index * self.stride + column;
        debug_assert!(
            start + left.min(PANEL) <= self.out.len(),
            "row {index}, {column}"
        );
        let out = self.out.as_mut_ptr().wrapping_add(start);
        Some((out, [mask as __mmask16, (mask >> 16) as __mmask16]))
    }
}

/// Results times LayerScale, added to f32 rows.
pub(crate) struct Residual<'a, S> {
    sums: S,
    scale: Option<&'a [f32]>,
    rows: Rows<'a>,
}

impl<'a, S: Sums> Residual<'a, S> {
    pub(crate) fn new(out: &'a mut Output<'_>, sums: S) -> Self {
        let Output::Residual { out, scale } = out else {
            unreachable!("made for residual outputs only")
        };
        Self {
            sums,
            scale: *scale,
            rows: Rows::new(out),
        }
    }
}

impl<S: Sums> Finish for Residual<'_, S> {
    const GROUPS: bool = false;
    const ROWS_PER_STEP: usize = 32;

    #[inline(always)]
    unsafe fn row(&mut self, block_sums: *const f32, block: usize, panel: usize, row: usize) {
        let Some((out, masks)) = self.rows.place(block, panel, row) else {
            return;
        };
        // SAFETY: the features and the sums are promised. `place` found the row within the output;
        // its masks have no bit beyond the last column, which is also that of the scale, and what
        // they mask is neither read nor written.
        unsafe {
            let values = self.sums.results(block_sums, block, panel, row);
            for half in 0..2 {
                let (mask, out) = (masks[half], out.wrapping_add(half * 16));
                let before = _mm512_maskz_loadu_ps(mask, out);
                let after = if let Some(scale) = self.scale {
                    let scale = scale.as_ptr().wrapping_add(panel * PANEL + half * 16);
                    _mm512_fmadd_ps(values[half], _mm512_maskz_loadu_ps(mask, scale), before)
                } else {
                    _mm512_add_ps(before, values[half])
                };
                _mm512_mask_storeu_ps(out, mask, after);
            }
        }
    }
}

/// ReLU6 of results, to f32 rows.
pub(crate) struct Relu6<'a, S> {
    sums: S,
    rows: Rows<'a>,
}

impl<'a, S: Sums> Relu6<'a, S> {
    pub(crate) fn new(out: &'a mut MatrixMut<'_>, sums: S) -> Self {
        let rows = Rows::new(out);
        Self { sums, rows }
    }
}

impl<S: Sums> Finish for Relu6<'_, S> {
    const GROUPS: bool = false;
    const ROWS_PER_STEP: usize = 32;

    #[inline(always)]
    unsafe fn row(&mut self, block_sums: *const f32, block: usize, panel: usize, row: usize) {
        let Some((out, masks)) = self.rows.place(block, panel, row) else {
            return;
        };
        // SAFETY: the features and the sums are promised. `place` found the row within the output,
        // and its masks keep the stores within the columns.
        unsafe {
            let values = self.sums.results(block_sums, block, panel, row);
            for half in 0..2 {
                let value = _mm512_max_ps(values[half], _mm512_setzero_ps());
                let value = _mm512_min_ps(value, _mm512_set1_ps(6.0));
                _mm512_mask_storeu_ps(out.wrapping_add(half * 16), masks[half], value);
            }
        }
    }
}
