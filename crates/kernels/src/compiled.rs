//! Plain loops, compiled for the instruction set at hand.
//!
//! The compiler vectorises them as widely as the set allows. It neither fuses nor reorders
//! floating-point operations, so results are the same to the bit on every set.

#![expect(unsafe_code, reason = "tokens prove that the CPU has what is enabled")]

use crate::Isa;
#[cfg(target_arch = "x86_64")]
use crate::features::{avx2, avx512};

/// Runs `work` as compiled for `isa`. Only what is inlined into it is: its loops belong in the
/// closure itself or in functions marked `#[inline(always)]`.
pub fn compiled_for<R>(isa: Isa, work: impl FnOnce() -> R) -> R {
    match isa {
        Isa::Portable => work(),
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the token proves AVX2.
        Isa::Avx2(_) => unsafe { avx2(work) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the tokens prove AVX-512 F, BW, DQ and VL.
        Isa::Avx512(_) | Isa::Amx(_) => unsafe { avx512(work) },
        #[cfg(not(target_arch = "x86_64"))]
        _ => work(),
    }
}

avx2! {
    #[cfg(target_arch = "x86_64")]
    fn avx2<R>(work: impl FnOnce() -> R) -> R {
        work()
    }
}

avx512! {
    #[cfg(target_arch = "x86_64")]
    fn avx512<R>(work: impl FnOnce() -> R) -> R {
        work()
    }
}
