//! What the epilogues of products share: a row of 32 sums at a time, to where it goes.

use std::arch::x86_64::*;

use crate::bf16::arrangement::PANEL;
use crate::bf16::tile::Tile;
use crate::bf16::weights::PackedLinear;

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
