//! GELU by a polynomial.

use std::arch::x86_64::*;

/// `gelu(x) = x * (1/2 + x * P(x^2))` up to a limit, beyond which it is 0 or the identity
/// within the bound: least maximum of the absolute error over all x, with the bracket exactly
/// 0 and 1 at the limits. The exact function's division would double the time of the epilogue,
/// whose vectors are what products wait for: hence no coefficient more than it takes.
pub(super) struct Gelu<const N: usize> {
    limit: f32,
    /// `P` from the highest power down.
    coefficients: [f32; N],
}

/// Absolute error 1.7e-4.
pub(super) const FINE: Gelu<7> = Gelu {
    limit: 3.95,
    coefficients: [
        2.443_578_2e-8,
        -1.681_152_7e-6,
        4.955_194_4e-5,
        -8.290_394e-4,
        8.842_918e-3,
        -6.472_275e-2,
        3.979_867e-1,
    ],
};

/// Absolute error 4.8e-4.
pub(super) const COARSE: Gelu<6> = Gelu {
    limit: 3.65,
    coefficients: [
        -4.978_917e-7,
        2.718_589e-5,
        -6.215_981_4e-4,
        7.873_931e-3,
        -6.265_417e-2,
        3.965_303_4e-1,
    ],
};

impl<const N: usize> Gelu<N> {
    /// # Safety
    /// AVX-512 DQ.
    #[inline(always)]
    pub(super) unsafe fn of(&self, x: __m512) -> __m512 {
        // SAFETY: AVX-512 DQ, which includes F, is promised; nothing is read or written.
        unsafe {
            // The lesser magnitude with the sign of x.
            let clamped = _mm512_range_ps::<0b0010>(x, _mm512_set1_ps(self.limit));
            let square = _mm512_mul_ps(clamped, clamped);
            let mut polynomial = _mm512_set1_ps(self.coefficients[0]);
            for &coefficient in &self.coefficients[1..] {
                polynomial = _mm512_fmadd_ps(polynomial, square, _mm512_set1_ps(coefficient));
            }
            _mm512_mul_ps(x, _mm512_fmadd_ps(clamped, polynomial, _mm512_set1_ps(0.5)))
        }
    }
}
