//! From logits to weights: `2^(logit - reference)`, straight to the bits of a bf16.
//!
//! `128 * (logit - reference + 127)`, rounded to an integer, has the exponent of the weight
//! in the right place for a bf16 and below it 7 bits that stand for the fraction of the
//! logarithm; a table turns those into a mantissa. Error: the logarithm is rounded to 1/128
//! (0.27 % of the weight), the mantissa to 7 bits (0.39 %); 0.67 % in all.

use std::arch::x86_64::*;
use std::ops::Range;

use super::attention::{BATCH_GROUPS, Scratch};
use super::finish::sums;
use super::linear::pairs;

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

/// Sets the references to the greatest logits of the first batch, of `groups` groups, of whose
/// last one `mask` has the keys that exist.
///
/// # Safety
/// The features of `Avx512Bf16`; `groups` is 1 to the size of a batch.
#[inline(always)]
pub(super) unsafe fn start(scratch: &mut Scratch, groups: usize, mask: u32) {
    for row in 0..32 {
        // SAFETY: the caller's duties.
        let greatest = unsafe { greatest(scratch, 0, row, groups, mask) };
        scratch.references[row] = (greatest * STEPS).round_ties_even();
        scratch.sums[row] = [0.0; 16];
    }
}

/// Turns the logits of some rows of a batch, those of turn `turn`, into weights, and adds
/// these to the sums. Groups and mask are as for [`start`].
///
/// # Safety
/// The features of `Avx512Bf16`; `groups` is 1 to the size of a batch, `rows` are below 32.
#[inline(always)]
pub(super) unsafe fn weigh(
    scratch: &mut Scratch,
    turn: usize,
    rows: Range<usize>,
    groups: usize,
    mask: u32,
) {
    let is_whole = groups == BATCH_GROUPS && mask == !0;
    for row in rows {
        // SAFETY: the caller's duties.
        unsafe {
            if is_whole {
                weigh_row::<true>(scratch, turn, row, BATCH_GROUPS, !0);
            } else {
                weigh_row::<false>(scratch, turn, row, groups, mask);
            }
        }
    }
}

/// # Safety
/// As for [`weigh`]; `row < 32`; if `WHOLE`, nothing is masked.
#[inline(always)]
unsafe fn weigh_row<const WHOLE: bool>(
    scratch: &mut Scratch,
    turn: usize,
    row: usize,
    groups: usize,
    mask: u32,
) {
    // SAFETY: the caller's duties.
    unsafe {
        let (mut sum, peak) = try_row::<WHOLE>(scratch, turn, row, groups, mask);
        let limit = _mm512_set1_epi16(ONE + HEADROOM);
        if _mm512_cmpgt_epu16_mask(peak, limit) != 0 {
            move_reference(scratch, turn, row, groups, mask);
            sum = try_row::<WHOLE>(scratch, turn, row, groups, mask).0;
        }
        let sums = scratch.sums[row].as_mut_ptr();
        _mm512_store_ps(sums, _mm512_add_ps(_mm512_load_ps(sums), sum));
    }
}

/// Writes the weights of a row; returns their sum, and their greatest logarithm in steps
/// (saturated to 16 bits), each spread over a vector.
///
/// # Safety
/// As for [`weigh_row`].
#[inline(always)]
unsafe fn try_row<const WHOLE: bool>(
    scratch: &mut Scratch,
    turn: usize,
    row: usize,
    groups: usize,
    mask: u32,
) -> (__m512, __m512i) {
    // SAFETY: the caller's duties; a group has 1024 logits and two tiles of weights, of which
    // row `row` is in tile `row / 16`.
    unsafe {
        let table = MANTISSAS.as_ptr().cast::<__m512i>();
        let table = [_mm512_loadu_si512(table), _mm512_loadu_si512(table.add(1))];
        let steps = _mm512_set1_ps(STEPS);
        let offset = _mm512_set1_ps(f32::from(ONE) - scratch.references[row]);
        let fraction = _mm512_set1_epi16(0x7f);
        let one = pairs(_mm512_set1_epi16(ONE));
        let scores = scratch.scores[turn].as_ptr();
        let weights = scratch.weights.as_mut_ptr().add(row / 16).cast::<__m512i>();
        let (mut sum, mut peak) = (_mm512_setzero_ps(), _mm512_setzero_si512());
        for group in 0..groups {
            let (low, high) = sums(scores.add(group * 1024), row);
            let mut low = _mm512_cvtps_epi32(_mm512_fmadd_ps(low, steps, offset));
            let mut high = _mm512_cvtps_epi32(_mm512_fmadd_ps(high, steps, offset));
            if !WHOLE && group + 1 == groups {
                low = _mm512_maskz_mov_epi32(mask as __mmask16, low);
                high = _mm512_maskz_mov_epi32((mask >> 16) as __mmask16, high);
            }
            // Saturates: what is too small becomes a weight of zero, what is too great stays
            // recognisable. Takes four keys of each by turns; so are the values laid out.
            let codes = _mm512_packus_epi32(low, high);
            peak = _mm512_max_epu16(peak, codes);
            let mantissas = _mm512_permutex2var_epi8(table[0], codes, table[1]);
            // `fraction ? mantissas : codes`, bit by bit.
            let bits = _mm512_ternarylogic_epi32::<0xb8>(codes, fraction, mantissas);
            _mm512_store_si512(weights.add(group * 32 + row % 16), bits);
            sum = _mm512_dpbf16_ps(sum, pairs(bits), one);
        }
        (sum, peak)
    }
}

/// Makes the greatest logit of the batch the reference of a row, and rescales what was
/// gathered relative to the former one.
///
/// # Safety
/// As for [`weigh`]; `row < 32`.
#[cold]
#[inline(never)]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,avx512vbmi,avx2,fma")]
unsafe fn move_reference(scratch: &mut Scratch, turn: usize, row: usize, groups: usize, mask: u32) {
    // SAFETY: the caller's duties; row `row` of what was gathered is in four vectors.
    unsafe {
        let before = scratch.references[row];
        let after = (greatest(scratch, turn, row, groups, mask) * STEPS).round_ties_even();
        scratch.references[row] = after;
        let factor = _mm512_set1_ps(((before - after) / STEPS).exp2());
        let totals = scratch.sums[row].as_mut_ptr();
        _mm512_store_ps(totals, _mm512_mul_ps(_mm512_load_ps(totals), factor));
        for half in 0..2 {
            let gathered = scratch.gathered.as_mut_ptr().add(half * 1024);
            let left = gathered.add(row / 16 * 512 + row % 16 * 16);
            for part in [left, left.add(256)] {
                _mm512_store_ps(part, _mm512_mul_ps(_mm512_load_ps(part), factor));
            }
        }
    }
}

/// The greatest logit of a row of the batch.
///
/// # Safety
/// As for [`weigh`]; `row < 32`.
#[inline(always)]
unsafe fn greatest(scratch: &Scratch, turn: usize, row: usize, groups: usize, mask: u32) -> f32 {
    // SAFETY: the caller's duties.
    unsafe {
        let mut greatest = _mm512_set1_ps(f32::NEG_INFINITY);
        for group in 0..groups {
            let mask = if group + 1 == groups { mask } else { !0 };
            let (low, high) = sums(scratch.scores[turn].as_ptr().add(group * 1024), row);
            greatest = _mm512_mask_max_ps(greatest, mask as __mmask16, greatest, low);
            greatest = _mm512_mask_max_ps(greatest, (mask >> 16) as __mmask16, greatest, high);
        }
        _mm512_reduce_max_ps(greatest)
    }
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
