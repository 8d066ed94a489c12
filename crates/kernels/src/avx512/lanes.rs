//! Sixteen f32 at a time.

use std::arch::x86_64::*;

use crate::isa::Avx512;
use crate::vector::Lanes;

/// The mask of the first `count` elements, all of them from 16 on.
#[inline(always)]
fn first(count: usize) -> __mmask16 {
    if count >= 16 {
        0xffff
    } else {
        (1 << count) - 1
    }
}

impl Lanes for Avx512 {
    type Vector = __m512;
    type Integers = __m512i;
    const WIDTH: usize = 16;
    // 24 accumulators, 2 registers of the panel and a broadcast: 27 of 32.
    const TILE_ROWS: usize = super::tile::ROWS;
    const GREATEST_LEVEL: u8 = 255;

    #[inline(always)]
    fn splat(self, x: f32) -> __m512 {
        // SAFETY: the token proves that this CPU has AVX-512 F.
        unsafe { _mm512_set1_ps(x) }
    }

    #[inline(always)]
    fn load(self, x: &[f32], fill: f32) -> __m512 {
        if x.len() >= Self::WIDTH {
            // SAFETY: the token proves AVX-512 F; 16 elements were just checked.
            unsafe { _mm512_loadu_ps(x.as_ptr()) }
        } else {
            // SAFETY: the token proves AVX-512 F; the mask keeps the load within the slice.
            unsafe { _mm512_mask_loadu_ps(self.splat(fill), first(x.len()), x.as_ptr()) }
        }
    }

    #[inline(always)]
    fn store(self, x: __m512, out: &mut [f32]) {
        if out.len() >= Self::WIDTH {
            // SAFETY: the token proves AVX-512 F; 16 elements were just checked.
            unsafe { _mm512_storeu_ps(out.as_mut_ptr(), x) }
        } else {
            // SAFETY: the token proves AVX-512 F; the mask keeps the store within the slice.
            unsafe { _mm512_mask_storeu_ps(out.as_mut_ptr(), first(out.len()), x) }
        }
    }

    #[inline(always)]
    fn store_bf16(self, x: __m512, out: &mut [u16]) {
        let mut whole = [0_u16; 16];
        // SAFETY: the token proves AVX-512 F; either 16 numbers were just checked or `whole`
        // has them.
        unsafe {
            let bits = _mm512_castps_si512(x);
            let odd = _mm512_and_si512(_mm512_srli_epi32::<16>(bits), _mm512_set1_epi32(1));
            let half = _mm512_add_epi32(odd, _mm512_set1_epi32(0x7fff));
            let upper = _mm512_srli_epi32::<16>(_mm512_add_epi32(bits, half));
            let rounded = _mm512_cvtepi32_epi16(upper);
            if out.len() >= Self::WIDTH {
                _mm256_storeu_si256(out.as_mut_ptr().cast(), rounded);
                return;
            }
            _mm256_storeu_si256(whole.as_mut_ptr().cast(), rounded);
        }
        out.copy_from_slice(&whole[..out.len()]);
    }

    #[inline(always)]
    fn store_bytes(self, x: __m512, out: &mut [u8]) {
        // SAFETY: the token proves AVX-512 F, BW and VL; either 16 bytes were just checked or the
        // mask keeps the store within the slice.
        unsafe {
            let integers = _mm512_max_epi32(_mm512_cvtps_epi32(x), _mm512_setzero_si512());
            let bytes = _mm512_cvtusepi32_epi8(integers);
            if out.len() >= Self::WIDTH {
                _mm_storeu_si128(out.as_mut_ptr().cast(), bytes);
            } else {
                _mm_mask_storeu_epi8(out.as_mut_ptr().cast(), first(out.len()), bytes);
            }
        }
    }

    #[inline(always)]
    fn no_sums(self) -> __m512i {
        // SAFETY: the token proves that this CPU has AVX-512 F.
        unsafe { _mm512_setzero_si512() }
    }

    #[inline(always)]
    fn load_sums(self, x: &[i32]) -> __m512i {
        // SAFETY: the token proves AVX-512 F; the slice is one of 16 integers.
        unsafe { _mm512_loadu_si512(x[..Self::WIDTH].as_ptr().cast()) }
    }

    #[inline(always)]
    fn load_fours(self, x: &[[i8; 4]]) -> __m512i {
        // SAFETY: the token proves AVX-512 F; the slice is one of 16 fours.
        unsafe { _mm512_loadu_si512(x[..Self::WIDTH].as_ptr().cast()) }
    }

    #[inline(always)]
    fn splat_four(self, four: [u8; 4]) -> __m512i {
        // SAFETY: the token proves that this CPU has AVX-512 F.
        unsafe { _mm512_set1_epi32(i32::from_ne_bytes(four)) }
    }

    #[inline(always)]
    fn add_products(self, sums: __m512i, a: __m512i, b: __m512i) -> __m512i {
        // SAFETY: the token proves that this CPU has AVX-512 VNNI.
        unsafe { _mm512_dpbusd_epi32(sums, a, b) }
    }

    #[inline(always)]
    fn sums_as_floats(self, sums: __m512i) -> __m512 {
        // SAFETY: the token proves that this CPU has AVX-512 F.
        unsafe { _mm512_cvtepi32_ps(sums) }
    }

    #[inline(always)]
    fn add(self, a: __m512, b: __m512) -> __m512 {
        // SAFETY: the token proves that this CPU has AVX-512 F.
        unsafe { _mm512_add_ps(a, b) }
    }

    #[inline(always)]
    fn subtract(self, a: __m512, b: __m512) -> __m512 {
        // SAFETY: the token proves that this CPU has AVX-512 F.
        unsafe { _mm512_sub_ps(a, b) }
    }

    #[inline(always)]
    fn multiply(self, a: __m512, b: __m512) -> __m512 {
        // SAFETY: the token proves that this CPU has AVX-512 F.
        unsafe { _mm512_mul_ps(a, b) }
    }

    #[inline(always)]
    fn divide(self, a: __m512, b: __m512) -> __m512 {
        // SAFETY: the token proves that this CPU has AVX-512 F.
        unsafe { _mm512_div_ps(a, b) }
    }

    #[inline(always)]
    fn minimum(self, a: __m512, b: __m512) -> __m512 {
        // SAFETY: the token proves that this CPU has AVX-512 F.
        unsafe { _mm512_min_ps(a, b) }
    }

    #[inline(always)]
    fn maximum(self, a: __m512, b: __m512) -> __m512 {
        // SAFETY: the token proves that this CPU has AVX-512 F.
        unsafe { _mm512_max_ps(a, b) }
    }

    #[inline(always)]
    fn multiply_add(self, a: __m512, b: __m512, c: __m512) -> __m512 {
        // SAFETY: the token proves that this CPU has AVX-512 F.
        unsafe { _mm512_fmadd_ps(a, b, c) }
    }

    #[inline(always)]
    fn round(self, x: __m512) -> __m512 {
        // SAFETY: the token proves that this CPU has AVX-512 F.
        unsafe { _mm512_roundscale_ps::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(x) }
    }

    #[inline(always)]
    fn scale_by_power(self, x: __m512, n: __m512) -> __m512 {
        // SAFETY: the token proves that this CPU has AVX-512 F.
        unsafe { _mm512_scalef_ps(x, n) }
    }

    #[inline(always)]
    fn sum(self, x: __m512) -> f32 {
        // SAFETY: the token proves that this CPU has AVX-512 F.
        unsafe { _mm512_reduce_add_ps(x) }
    }

    #[inline(always)]
    fn greatest(self, x: __m512) -> f32 {
        // SAFETY: the token proves that this CPU has AVX-512 F.
        unsafe { _mm512_reduce_max_ps(x) }
    }
}
