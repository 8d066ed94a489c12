//! Epilogues of the products: a row of 32 sums at a time, to where it goes.

use std::arch::x86_64::*;

use super::gate::silu;
use super::gelu::{COARSE, FINE};
use crate::bf16::arrangement::PANEL;
use crate::bf16::linear::Output;
use crate::bf16::tile::Tile;
use crate::bf16::weights::PackedLinear;
use crate::matrix::MatrixMut;

/// What is done with a finished block of 32 x 32 sums, of which only the upper 16 rows exist
/// where the matrix ends there and `GROUPS` is not set.
///
/// Sums lie as 2 x 2 blocks of 16 x 16 (see [`sums`]).
pub(crate) trait Finish {
    /// Whether blocks have all 32 rows even at the end of the matrix.
    const GROUPS: bool;

    /// Rows to finish beside one step of tile products, at most: while tiles multiply, one
    /// vector instruction a cycle gets through instead of two. What that leaves no time for is
    /// done faster when the tiles are through (10 % of int8 products with GELU).
    const ROWS_PER_STEP: usize;

    /// Finishes row `row` of the block number `block` of rows and `panel` of columns.
    ///
    /// # Safety
    /// The CPU has the features of `Avx512Bf16`. `block` and `panel` lie within the output that
    /// this was made for. `block_sums` are 1024 sums on a cache line's boundary. Rows come in
    /// order, from 0 to 15 or 31.
    unsafe fn row(&mut self, block_sums: *const f32, block: usize, panel: usize, row: usize);
}

/// The results of a product, bias added, from the sums of a block.
pub(crate) trait Sums: Copy {
    /// Whether what is lost on the way is rounding to bf16 at most, and GELU is to be as good.
    const FINE: bool;

    /// Row `row` of a block, as for [`Finish::row`].
    ///
    /// # Safety
    /// As for [`Finish::row`].
    unsafe fn results(
        &self,
        block_sums: *const f32,
        block: usize,
        panel: usize,
        row: usize,
    ) -> [__m512; 2];
}

/// Calls `$run` with the epilogue of `$output`, which was checked to fit results of `$outputs`
/// outputs, as `$sums` gives them.
macro_rules! with_finish {
    ($output:expr, $sums:expr, $outputs:expr, $finish:ident => $run:expr) => {
        match $output {
            $crate::bf16::linear::Output::Blocked(out) => {
                let mut $finish = $crate::bf16::avx512::finish::Store::<
                    _,
                    { $crate::bf16::avx512::finish::AS_IT_IS },
                >::new(out.tiles_mut(), $sums, $outputs);
                $run
            }
            $crate::bf16::linear::Output::Gelu(out) => {
                let mut $finish = $crate::bf16::avx512::finish::Store::<
                    _,
                    { $crate::bf16::avx512::finish::GELU },
                >::new(out.tiles_mut(), $sums, $outputs);
                $run
            }
            $crate::bf16::linear::Output::Silu(out) => {
                let mut $finish = $crate::bf16::avx512::finish::Store::<
                    _,
                    { $crate::bf16::avx512::finish::SILU },
                >::new(out.tiles_mut(), $sums, $outputs);
                $run
            }
            $crate::bf16::linear::Output::SwiGlu(out) => {
                let tiles = out.tiles_mut();
                let mut $finish = $crate::bf16::avx512::gate::Gate::new(tiles, $sums, $outputs);
                $run
            }
            out @ $crate::bf16::linear::Output::Residual { .. } => {
                let mut $finish = $crate::bf16::avx512::finish::Residual::new(out, $sums);
                $run
            }
            $crate::bf16::linear::Output::Relu6(out) => {
                let mut $finish = $crate::bf16::avx512::finish::Relu6::new(out, $sums);
                $run
            }
            $crate::bf16::linear::Output::Heads(out) => {
                let heads = out.heads();
                let tiles = out.tiles_mut();
                let mut $finish = $crate::bf16::avx512::split::Split::new(tiles, $sums, heads);
                $run
            }
        }
    };
}
pub(crate) use with_finish;

/// The two halves of a row of 32 sums.
///
/// # Safety
/// AVX-512 F; `block` are 1024 sums on a cache line's boundary; `row < 32`.
#[inline(always)]
pub(crate) unsafe fn sums(block: *const f32, row: usize) -> (__m512, __m512) {
    debug_assert!(row < 32 && block.cast::<__m512>().is_aligned(), "row {row}");
    // SAFETY: AVX-512 F is promised. The four blocks of 256 sums are upper left, upper right,
    // lower left, lower right, and a row below 32 is within two of them; all of their rows lie on
    // boundaries of 64 bytes if the first one does.
    unsafe {
        let left = block.add(row / 16 * 512 + row % 16 * 16);
        (_mm512_load_ps(left), _mm512_load_ps(left.add(256)))
    }
}

/// Two vectors rounded to bf16, `low` first.
///
/// # Safety
/// AVX-512 BF16.
#[inline(always)]
pub(super) unsafe fn round(low: __m512, high: __m512) -> __m512i {
    // SAFETY: AVX-512 BF16 is promised; both types are 512 bits without invalid values.
    unsafe { std::mem::transmute(_mm512_cvtne2ps_pbh(high, low)) }
}

/// Row `row` of the tile of index `tile`.
///
/// # Safety
/// There is such a tile, and `row < 16`.
#[inline(always)]
pub(crate) unsafe fn tile_row(tiles: &mut [Tile], tile: usize, row: usize) -> *mut __m512i {
    debug_assert!(
        tile < tiles.len() && row < Tile::ROWS,
        "row {row} of tile {tile}"
    );
    // SAFETY: the tile is one of the slice, as promised, and has 16 rows of one vector each.
    unsafe { tiles.as_mut_ptr().add(tile).cast::<__m512i>().add(row) }
}

/// Sums in f32 and a bias, of whole panels.
#[derive(Clone, Copy)]
pub(in crate::bf16) struct Biased<'a>(&'a [f32]);

impl<'a> Biased<'a> {
    pub(in crate::bf16) fn new(weights: &'a PackedLinear) -> Self {
        Self(weights.bias())
    }
}

impl Sums for Biased<'_> {
    const FINE: bool = true;

    #[inline(always)]
    unsafe fn results(
        &self,
        block_sums: *const f32,
        _block: usize,
        panel: usize,
        row: usize,
    ) -> [__m512; 2] {
        debug_assert!((panel + 1) * PANEL <= self.0.len(), "panel {panel}");
        // SAFETY: the features are promised, and so is what `sums` asks for. The bias has a number
        // for each of the 32 columns of every panel, and `panel` is one of them.
        unsafe {
            let (low, high) = sums(block_sums, row);
            let bias = self.0.as_ptr().add(panel * PANEL);
            [
                _mm512_add_ps(low, _mm512_loadu_ps(bias)),
                _mm512_add_ps(high, _mm512_loadu_ps(bias.add(16))),
            ]
        }
    }
}

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
