//! The epilogue of a gated MLP.

use std::arch::x86_64::*;

use super::finish::{Finish, Sums};
use crate::bf16::arrangement::Arrangement;
use crate::bf16::tile::Tile;

/// Results to `silu(gate) * up`, to blocked bf16: a panel of gates and their partners becomes
/// half a tile.
pub(crate) struct Gate<S> {
    sums: S,
    out: *mut Tile,
    depth: usize,
    /// Panels; of an odd number, the last one fills the other half of its tile with zeros.
    panels: usize,
}

impl<S: Sums> Gate<S> {
    pub(crate) fn new(out: &mut [Tile], sums: S, outputs: usize) -> Self {
        Self {
            sums,
            out: out.as_mut_ptr(),
            depth: outputs.div_ceil(Tile::COLUMNS),
            panels: Arrangement::Gated.panels(outputs),
        }
    }
}

impl<S: Sums> Finish for Gate<S> {
    const GROUPS: bool = false;
    const ROWS_PER_STEP: usize = 32;

    #[inline(always)]
    unsafe fn row(&self, block_sums: *const f32, block: usize, panel: usize, row: usize) {
        // SAFETY: the caller keeps `block`, `panel` and `row` within the output, whose tiles
        // lie `depth` to a row of tiles, a tile for every two panels; a tile's row is two
        // halves of 32 bytes.
        unsafe {
            let [gate, up] = self.sums.results(block_sums, block, panel, row);
            let gated: __m256i =
                std::mem::transmute(_mm512_cvtneps_pbh(_mm512_mul_ps(silu(gate), up)));
            let tile = self
                .out
                .add((block * 2 + row / 16) * self.depth + panel / 2);
            let out = tile.cast::<__m256i>().add(row % 16 * 2);
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
unsafe fn silu(x: __m512) -> __m512 {
    // SAFETY: the caller's duty.
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
