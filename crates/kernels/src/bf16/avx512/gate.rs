//! The epilogue of a gated MLP.

use std::arch::x86_64::*;

use super::finish::{Finish, Sums, tile_row};
use crate::bf16::arrangement::Arrangement;
use crate::bf16::tile::Tile;

/// Results to `silu(gate) * up`, to blocked bf16: a panel of gates and their partners becomes
/// half a tile.
pub(crate) struct Gate<'a, S> {
    sums: S,
    out: &'a mut [Tile],
    depth: usize,
    /// Panels; of an odd number, the last one fills the other half of its tile with zeros.
    panels: usize,
}

impl<'a, S: Sums> Gate<'a, S> {
    pub(crate) fn new(out: &'a mut [Tile], sums: S, outputs: usize) -> Self {
        Self {
            sums,
            out,
            depth: outputs.div_ceil(Tile::COLUMNS),
            panels: Arrangement::Gated.panels(outputs),
        }
    }
}

impl<S: Sums> Finish for Gate<'_, S> {
    const GROUPS: bool = false;
    const ROWS_PER_STEP: usize = 32;

    #[inline(always)]
    unsafe fn row(&mut self, block_sums: *const f32, block: usize, panel: usize, row: usize) {
        // SAFETY: the features and the sums are promised. A block is two rows of `depth` tiles and
        // two panels a tile of each; block and panel lie within the output, as promised, so the
        // tile exists. Its row is two halves of 32 bytes on boundaries of as many. Both types of
        // the transmutation are 256 bits without invalid values.
        unsafe {
            let [gate, up] = self.sums.results(block_sums, block, panel, row);
            let gated: __m256i =
                std::mem::transmute(_mm512_cvtneps_pbh(_mm512_mul_ps(silu(gate), up)));
            let tile = (block * 2 + row / 16) * self.depth + panel / 2;
            let out = tile_row(self.out, tile, row % 16).cast::<__m256i>();
            _mm256_store_si256(out.add(panel % 2), gated);
            if panel.is_multiple_of(2) && panel + 1 == self.panels {
                _mm256_store_si256(out.add(1), _mm256_setzero_si256());
            }
        }
    }
}

/// `2^x` on [0, 1] from the highest power down: interpolated where its relative error is
/// nearly least, 3.5e-6.
const POWER: [f32; 5] = [
    0.013_670_309,
    0.051_744_998,
    0.241_604_36,
    0.692_972_9,
    1.000_003_5,
];

/// `x / (1 + e^-x)`, relative error below 7e-5: `vrcp14ps` is off by 2^-14. Where `e^-x`
/// overflows it is zero.
///
/// # Safety
/// AVX-512 DQ.
#[inline(always)]
pub(super) unsafe fn silu(x: __m512) -> __m512 {
    // SAFETY: AVX-512 DQ, which includes F, is promised; nothing is read or written.
    unsafe {
        let exponent = _mm512_mul_ps(x, _mm512_set1_ps(-std::f32::consts::LOG2_E));
        // Of infinity, this is zero and not NaN as the difference would be.
        let fraction = _mm512_reduce_ps::<{ _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC }>(exponent);
        let mut power = _mm512_set1_ps(POWER[0]);
        for &coefficient in &POWER[1..] {
            power = _mm512_fmadd_ps(power, fraction, _mm512_set1_ps(coefficient));
        }
        // Takes the floor of the exponent by itself.
        let exponential = _mm512_scalef_ps(power, exponent);
        let sum = _mm512_add_ps(exponential, _mm512_set1_ps(1.0));
        _mm512_mul_ps(x, _mm512_rcp14_ps(sum))
    }
}
