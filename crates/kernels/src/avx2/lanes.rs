//! Eight f32 at a time.

use std::arch::x86_64::*;

use crate::isa::Avx2;
use crate::vector::Lanes;

impl Lanes for Avx2 {
    type Vector = __m256;
    type Integers = __m256i;
    const WIDTH: usize = 8;
    // 12 accumulators, 2 registers of the panel and a broadcast: 15 of 16.
    const TILE_ROWS: usize = super::tile::ROWS;
    // Two products of 127 * 127 are all that 16 bits hold.
    const GREATEST_LEVEL: u8 = 127;

    #[inline(always)]
    fn splat(self, x: f32) -> __m256 {
        // SAFETY: the token proves that this CPU has AVX.
        unsafe { _mm256_set1_ps(x) }
    }

    #[inline(always)]
    fn load(self, x: &[f32], fill: f32) -> __m256 {
        if x.len() >= Self::WIDTH {
            // SAFETY: the token proves AVX; 8 elements were just checked.
            unsafe { _mm256_loadu_ps(x.as_ptr()) }
        } else {
            let mut whole = [fill; 8];
            whole[..x.len()].copy_from_slice(x);
            // SAFETY: the token proves AVX; `whole` has 8 elements.
            unsafe { _mm256_loadu_ps(whole.as_ptr()) }
        }
    }

    #[inline(always)]
    fn store(self, x: __m256, out: &mut [f32]) {
        if out.len() >= Self::WIDTH {
            // SAFETY: the token proves AVX; 8 elements were just checked.
            unsafe { _mm256_storeu_ps(out.as_mut_ptr(), x) }
        } else {
            let mut whole = [0.0; 8];
            // SAFETY: the token proves AVX; `whole` has 8 elements.
            unsafe { _mm256_storeu_ps(whole.as_mut_ptr(), x) }
            out.copy_from_slice(&whole[..out.len()]);
        }
    }

    #[inline(always)]
    fn store_bf16(self, x: __m256, out: &mut [u16]) {
        let mut whole = [0_u16; 8];
        // SAFETY: the token proves AVX2; either 8 numbers were just checked or `whole` has them.
        unsafe {
            let bits = _mm256_castps_si256(x);
            let odd = _mm256_and_si256(_mm256_srli_epi32::<16>(bits), _mm256_set1_epi32(1));
            let half = _mm256_add_epi32(odd, _mm256_set1_epi32(0x7fff));
            let upper = _mm256_srli_epi32::<16>(_mm256_add_epi32(bits, half));
            let packed = _mm256_packus_epi32(upper, upper);
            let packed = _mm256_permute4x64_epi64::<0b1000>(packed);
            let rounded = _mm256_castsi256_si128(packed);
            if out.len() >= Self::WIDTH {
                _mm_storeu_si128(out.as_mut_ptr().cast(), rounded);
                return;
            }
            _mm_storeu_si128(whole.as_mut_ptr().cast(), rounded);
        }
        out.copy_from_slice(&whole[..out.len()]);
    }

    #[inline(always)]
    fn store_bytes(self, x: __m256, out: &mut [u8]) {
        let mut whole = [0_u8; 8];
        // SAFETY: the token proves AVX2; either 8 bytes were just checked or `whole` has them.
        unsafe {
            let integers = _mm256_cvtps_epi32(x);
            let halves = (
                _mm256_castsi256_si128(integers),
                _mm256_extracti128_si256::<1>(integers),
            );
            let words = _mm_packs_epi32(halves.0, halves.1);
            let bytes = _mm_packus_epi16(words, words);
            if out.len() >= Self::WIDTH {
                _mm_storel_epi64(out.as_mut_ptr().cast(), bytes);
                return;
            }
            _mm_storel_epi64(whole.as_mut_ptr().cast(), bytes);
        }
        out.copy_from_slice(&whole[..out.len()]);
    }

    #[inline(always)]
    fn no_sums(self) -> __m256i {
        // SAFETY: the token proves that this CPU has AVX.
        unsafe { _mm256_setzero_si256() }
    }

    #[inline(always)]
    fn load_sums(self, x: &[i32]) -> __m256i {
        // SAFETY: the token proves AVX; the slice is one of 8 integers.
        unsafe { _mm256_loadu_si256(x[..Self::WIDTH].as_ptr().cast()) }
    }

    #[inline(always)]
    fn load_fours(self, x: &[[i8; 4]]) -> __m256i {
        // SAFETY: the token proves AVX; the slice is one of 8 fours.
        unsafe { _mm256_loadu_si256(x[..Self::WIDTH].as_ptr().cast()) }
    }

    #[inline(always)]
    fn splat_four(self, four: [u8; 4]) -> __m256i {
        // SAFETY: the token proves that this CPU has AVX.
        unsafe { _mm256_set1_epi32(i32::from_ne_bytes(four)) }
    }

    #[inline(always)]
    fn add_products(self, sums: __m256i, a: __m256i, b: __m256i) -> __m256i {
        // SAFETY: the token proves that this CPU has AVX2.
        unsafe {
            let pairs = _mm256_maddubs_epi16(a, b);
            let fours = _mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
            _mm256_add_epi32(sums, fours)
        }
    }

    #[inline(always)]
    fn sums_as_floats(self, sums: __m256i) -> __m256 {
        // SAFETY: the token proves that this CPU has AVX.
        unsafe { _mm256_cvtepi32_ps(sums) }
    }

    #[inline(always)]
    fn add(self, a: __m256, b: __m256) -> __m256 {
        // SAFETY: the token proves that this CPU has AVX.
        unsafe { _mm256_add_ps(a, b) }
    }

    #[inline(always)]
    fn subtract(self, a: __m256, b: __m256) -> __m256 {
        // SAFETY: the token proves that this CPU has AVX.
        unsafe { _mm256_sub_ps(a, b) }
    }

    #[inline(always)]
    fn multiply(self, a: __m256, b: __m256) -> __m256 {
        // SAFETY: the token proves that this CPU has AVX.
        unsafe { _mm256_mul_ps(a, b) }
    }

    #[inline(always)]
    fn divide(self, a: __m256, b: __m256) -> __m256 {
        // SAFETY: the token proves that this CPU has AVX.
        unsafe { _mm256_div_ps(a, b) }
    }

    #[inline(always)]
    fn minimum(self, a: __m256, b: __m256) -> __m256 {
        // SAFETY: the token proves that this CPU has AVX.
        unsafe { _mm256_min_ps(a, b) }
    }

    #[inline(always)]
    fn maximum(self, a: __m256, b: __m256) -> __m256 {
        // SAFETY: the token proves that this CPU has AVX.
        unsafe { _mm256_max_ps(a, b) }
    }

    #[inline(always)]
    fn multiply_add(self, a: __m256, b: __m256, c: __m256) -> __m256 {
        // SAFETY: the token proves that this CPU has FMA.
        unsafe { _mm256_fmadd_ps(a, b, c) }
    }

    #[inline(always)]
    fn round(self, x: __m256) -> __m256 {
        // SAFETY: the token proves that this CPU has AVX.
        unsafe { _mm256_round_ps::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(x) }
    }

    #[inline(always)]
    fn scale_by_power(self, x: __m256, n: __m256) -> __m256 {
        // SAFETY: the token proves that this CPU has AVX2.
        unsafe {
            let exponent = _mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127));
            _mm256_mul_ps(x, _mm256_castsi256_ps(_mm256_slli_epi32::<23>(exponent)))
        }
    }

    #[inline(always)]
    fn sum(self, x: __m256) -> f32 {
        let mut lanes = [0.0; 8];
        self.store(x, &mut lanes);
        let [a, b, c, d, e, f, g, h] = lanes;
        ((a + e) + (c + g)) + ((b + f) + (d + h))
    }

    #[inline(always)]
    fn greatest(self, x: __m256) -> f32 {
        let mut lanes = [0.0; 8];
        self.store(x, &mut lanes);
        lanes.into_iter().fold(f32::NEG_INFINITY, f32::max)
    }
}
