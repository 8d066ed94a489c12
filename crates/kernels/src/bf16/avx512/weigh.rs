//! From logits to weights: `2^(logit - reference)`, straight to the bits of a bf16.
//!
//! `128 * (logit - reference + 127)`, rounded to an integer, has the exponent of the weight
//! in the right place for a bf16 and below it 7 bits that stand for the fraction of the
//! logarithm; a table turns those into a mantissa. Error: the logarithm is rounded to 1/128
//! (0.27 % of the weight), the mantissa to 7 bits (0.39 %); 0.67 % in all.

use std::arch::x86_64::*;
use std::marker::PhantomData;

use super::finish::sums;
use super::scratch::{Parts, Scratch};
use crate::bf16::number::{from_bf16, to_bf16};
use crate::features::avx512_bf16;

/// Steps of a weight's logarithm between powers of two.
const STEPS: f32 = 128.0;

/// The bits of a bf16 one.
const ONE: i16 = 127 * 128;

/// A weight may exceed that of the reference by 2^32 before the reference moves: sums of a
/// billion such weights stay far below the f32 range, and it hardly ever happens.
const HEADROOM: i16 = 32 * 128;

/// `round(128 * (2^(i / 128) - 1))`, at most 127.
static MANTISSAS: [u8; 128] = [
    0, 1, 1, 2, 3, 4, 4, 5, 6, 6, 7, 8, 9, 9, 10, 11, 12, 12, 13, 14, 15, 15, 16, 17, 18, 19, 19,
    20, 21, 22, 23, 23, 24, 25, 26, 27, 28, 28, 29, 30, 31, 32, 33, 34, 34, 35, 36, 37, 38, 39, 40,
    41, 42, 43, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63,
    64, 65, 66, 67, 68, 69, 70, 72, 73, 74, 75, 76, 77, 78, 79, 80, 82, 83, 84, 85, 86, 87, 88, 90,
    91, 92, 93, 94, 96, 97, 98, 99, 100, 102, 103, 104, 105, 107, 108, 109, 111, 112, 113, 115,
    116, 117, 118, 120, 121, 123, 124, 125, 127,
];

/// Sets the references to the greatest logits of the first group, of which `mask` has the keys
/// that exist.
///
/// # Safety
/// The features of `Avx512Bf16`.
#[inline(always)]
pub(in crate::bf16) unsafe fn start(scratch: Parts<'_>, mask: u32) {
    for half in 0..2 {
        // SAFETY: the features are promised. A block of logits has 16 rows in each half, and there
        // are as many offsets.
        unsafe {
            let scores = scratch.scores(0);
            let mut rows = [_mm512_setzero_ps(); 16];
            for (row, out) in rows.iter_mut().enumerate() {
                *out = greatest(scores, half * 16 + row, mask);
            }
            let greatest = greatest_of_each(rows);
            let steps = _mm512_mul_ps(greatest, _mm512_set1_ps(STEPS));
            let steps = _mm512_roundscale_ps::<0x08>(steps);
            let offsets = _mm512_sub_ps(_mm512_set1_ps(f32::from(ONE)), steps);
            _mm512_storeu_ps(scratch.offsets().add(half * 16), offsets);
        }
    }
}

/// Turns logits into weights, row by row.
pub(in crate::bf16) struct Weigher<'a> {
    scores: *const f32,
    offsets: *const f32,
    weights: *mut __m512i,
    /// Sums of weights before and after this group.
    sums: [*mut f32; 2],
    mask: u32,
    table: [__m512i; 2],
    /// The greatest logarithms in steps, saturated to 16 bits.
    peak: __m512i,
    scratch: PhantomData<Parts<'a>>,
}

impl<'a> Weigher<'a> {
    /// From the logits of `turn` to the weights of `slot`.
    ///
    /// # Safety
    /// The features of `Avx512Bf16`.
    #[inline(always)]
    pub(in crate::bf16) unsafe fn new(
        scratch: Parts<'a>,
        turn: usize,
        slot: usize,
        mask: u32,
    ) -> Self {
        // SAFETY: the features are promised.
        unsafe {
            Self {
                scores: scratch.scores(turn),
                offsets: scratch.offsets(),
                weights: scratch.weights(slot).cast(),
                sums: [1 - turn, turn].map(|turn| scratch.sums(turn)),
                mask,
                table: table(),
                peak: _mm512_setzero_si512(),
                scratch: PhantomData,
            }
        }
    }

    /// Weighs row `row`. If `WHOLE`, nothing is masked.
    ///
    /// # Safety
    /// The features of `Avx512Bf16`; `row < 32`.
    #[inline(always)]
    pub(in crate::bf16) unsafe fn row<const WHOLE: bool>(&mut self, row: usize) {
        debug_assert!(row < 32, "row {row}");
        // SAFETY: the features and the row are promised. A block of logits has 32 rows, as have the
        // two tiles of weights of a slot and the sums of either turn; there are 32 offsets. The
        // scratch is borrowed for as long as `self` lives.
        unsafe {
            let (low, high) = sums(self.scores, row);
            let codes = codes::<WHOLE>(low, high, *self.offsets.add(row), self.mask);
            self.peak = _mm512_max_epu16(self.peak, codes);
            let weights = weights_of(codes, self.table);
            _mm512_store_si512(self.weights.add(row), weights);
            // A bf16 is the upper half of an f32.
            let even = _mm512_castsi512_ps(_mm512_slli_epi32::<16>(weights));
            let odd = _mm512_and_si512(weights, _mm512_set1_epi32(!0xffff));
            let sum = _mm512_add_ps(even, _mm512_castsi512_ps(odd));
            let before = _mm512_load_ps(self.sums[0].add(row * 16));
            _mm512_store_ps(self.sums[1].add(row * 16), _mm512_add_ps(before, sum));
        }
    }

    /// The greatest logarithms so far, for [`settle`].
    #[inline(always)]
    pub(in crate::bf16) fn peak(&self) -> __m512i {
        self.peak
    }
}

/// # Safety
/// AVX-512 F.
#[inline(always)]
unsafe fn table() -> [__m512i; 2] {
    let table = MANTISSAS.as_ptr().cast::<__m512i>();
    // SAFETY: the table has 128 bytes.
    unsafe { [_mm512_loadu_si512(table), _mm512_loadu_si512(table.add(1))] }
}

/// Logarithms in steps as bits of a bf16. Saturate: what is too small becomes a weight of zero,
/// what is too great stays recognisable, up to 2^24 above the reference. Takes four keys of `low`
/// and `high` by turns; so are the values laid out.
///
/// # Safety
/// The features of `Avx512Bf16`.
#[inline(always)]
unsafe fn codes<const WHOLE: bool>(low: __m512, high: __m512, offset: f32, mask: u32) -> __m512i {
    // SAFETY: the features are promised; nothing is read or written.
    unsafe {
        let steps = _mm512_set1_ps(STEPS);
        let offset = _mm512_set1_ps(offset);
        let mut low = _mm512_cvtps_epi32(_mm512_fmadd_ps(low, steps, offset));
        let mut high = _mm512_cvtps_epi32(_mm512_fmadd_ps(high, steps, offset));
        if !WHOLE {
            low = _mm512_maskz_mov_epi32(mask as __mmask16, low);
            high = _mm512_maskz_mov_epi32((mask >> 16) as __mmask16, high);
        }
        _mm512_packus_epi32(low, high)
    }
}

/// # Safety
/// The features of `Avx512Bf16`.
#[inline(always)]
unsafe fn weights_of(codes: __m512i, table: [__m512i; 2]) -> __m512i {
    // SAFETY: the features are promised; nothing is read or written.
    unsafe {
        let mantissas = _mm512_permutex2var_epi8(table[0], codes, table[1]);
        // `fraction ? mantissas : codes`, bit by bit.
        _mm512_ternarylogic_epi32::<0xb8>(codes, _mm512_set1_epi16(0x7f), mantissas)
    }
}

/// Sees to queries whose logits of `turn` exceed their reference by so much that weights would
/// soon overflow, if `peak` has any; they were weighed to `slot`.
///
/// # Safety
/// The features of `Avx512Bf16`; nothing else uses the scratch meanwhile.
#[inline(always)]
pub(in crate::bf16) unsafe fn settle(
    scratch: Parts<'_>,
    turn: usize,
    slot: usize,
    mask: u32,
    peak: __m512i,
) {
    // SAFETY: the features are promised, and the rest of what `move_references` asks for.
    unsafe {
        if _mm512_cmpgt_epu16_mask(peak, _mm512_set1_epi16(ONE + HEADROOM)) != 0 {
            move_references(scratch, turn, slot, mask);
        }
    }
}

avx512_bf16! {
    /// Moves the reference of every row that exceeds it by too much to the greatest logit of the
    /// group, up to the next power of two, and rescales all there is of the row, exactly.
    ///
    /// # Safety
    /// As for [`settle`].
    #[cold]
    #[inline(never)]
    unsafe fn move_references(mut scratch: Parts<'_>, turn: usize, slot: usize, mask: u32) {
        for row in 0..32 {
            // SAFETY: the features are promised; a block of logits has 32 rows.
            let greatest = unsafe {
                _mm512_reduce_max_ps(greatest(scratch.scores(turn), row, mask)) * STEPS
            };
            // SAFETY: the reference ends before the row is weighed; nothing else uses the scratch,
            // as promised.
            let is_moved = unsafe { scratch.whole() }.move_reference(turn, row, greatest);
            if is_moved {
                // SAFETY: the features are promised; the row is below 32.
                unsafe { Weigher::new(scratch, turn, slot, mask).row::<false>(row) };
            }
        }
    }
}

impl Scratch {
    /// Moves the reference of row `row` if `greatest`, the logarithm of its greatest logit in
    /// steps, exceeds it by too much; returns whether it was.
    fn move_reference(&mut self, turn: usize, row: usize, greatest: f32) -> bool {
        // Rounded as its logarithm was, so that a row is moved by its own logits alone.
        let excess = (greatest + self.offsets[row] - f32::from(ONE)).round_ties_even();
        if excess <= f32::from(HEADROOM) {
            return false;
        }
        let powers = (excess / STEPS).ceil();
        self.offsets[row] -= powers * STEPS;
        let factor = (-powers).exp2();
        // Those before this group, whose weights may have overflowed.
        for sum in &mut self.sums[1 - turn][row] {
            *sum *= factor;
        }
        for quarter in 0..4 {
            let start = quarter / 2 * 1024 + quarter % 2 * 256 + row / 16 * 512 + row % 16 * 16;
            for sum in &mut self.gathered[start..][..16] {
                *sum *= factor;
            }
        }
        // Those of the batch before may be gathered in part: the rest follows at the new scale.
        for tile in self.weights.iter_mut().skip(row / 16).step_by(2) {
            for weight in &mut tile.0[row % 16 * 32..][..32] {
                *weight = to_bf16(from_bf16(*weight) * factor);
            }
        }
        true
    }
}

/// Of a row of a group the greatest logits, of those that exist, in any order.
///
/// # Safety
/// The features of `Avx512Bf16`; `scores` are 1024 logits on a cache line's boundary, `row < 32`.
#[inline(always)]
unsafe fn greatest(scores: *const f32, row: usize, mask: u32) -> __m512 {
    // SAFETY: the features are promised, and what `sums` asks for.
    unsafe {
        let (low, high) = sums(scores, row);
        let least = _mm512_set1_ps(f32::NEG_INFINITY);
        let low = _mm512_mask_mov_ps(least, mask as __mmask16, low);
        let high = _mm512_mask_mov_ps(least, (mask >> 16) as __mmask16, high);
        _mm512_max_ps(low, high)
    }
}

/// Joins the numbers of each of 16 vectors by `$join`: those of vector `i` give number `i`.
macro_rules! across {
    ($(#[$attribute:meta])* $name:ident, $join:ident) => {
        $(#[$attribute])*
        ///
        /// # Safety
        /// AVX-512 F.
        #[inline(always)]
        pub(super) unsafe fn $name(mut rows: [__m512; 16]) -> __m512 {
            // No closures: they would not have the caller's features.
            // SAFETY: AVX-512 F is promised; nothing is read or written.
            unsafe {
                // Within 128 bits, by pairs of vectors, then by fours; then between them.
                for pair in 0..8 {
                    let (a, b) = (rows[pair * 2], rows[pair * 2 + 1]);
                    rows[pair] = $join(_mm512_unpacklo_ps(a, b), _mm512_unpackhi_ps(a, b));
                }
                for four in 0..4 {
                    let a = _mm512_castps_pd(rows[four * 2]);
                    let b = _mm512_castps_pd(rows[four * 2 + 1]);
                    let low = _mm512_castpd_ps(_mm512_unpacklo_pd(a, b));
                    rows[four] = $join(low, _mm512_castpd_ps(_mm512_unpackhi_pd(a, b)));
                }
                for count in [2, 1] {
                    for index in 0..count {
                        let (a, b) = (rows[index * 2], rows[index * 2 + 1]);
                        let even = _mm512_shuffle_f32x4::<0x88>(a, b);
                        rows[index] = $join(even, _mm512_shuffle_f32x4::<0xdd>(a, b));
                    }
                }
                rows[0]
            }
        }
    };
}

across! {
    /// The greatest number of each of 16 vectors.
    greatest_of_each, _mm512_max_ps
}
across! {
    /// The sum of the numbers of each of 16 vectors.
    sum_of_each, _mm512_add_ps
}

#[cfg(test)]
mod tests {
    use super::MANTISSAS;

    #[test]
    fn the_table_holds_powers_of_two() {
        for (index, &mantissa) in MANTISSAS.iter().enumerate() {
            let exact = ((index as f64 / 128.0).exp2() - 1.0) * 128.0;
            assert_eq!(f64::from(mantissa), exact.round().min(127.0), "{index}");
        }
    }
}
