//! From an instruction set's token to the code that is compiled for it.

/// Evaluates `$body` with `$backend` bound to the variant that `$isa` stands for.
macro_rules! dispatch {
    ($isa:expr, $backend:ident => $body:expr) => {
        match $isa {
            $crate::isa::Isa::Portable => {
                let $backend = $crate::portable::Portable;
                $body
            }
            #[cfg(target_arch = "x86_64")]
            $crate::isa::Isa::Avx2($backend) => $body,
            #[cfg(target_arch = "x86_64")]
            $crate::isa::Isa::Avx512($backend) => $body,
            // Tiles know no f32: the same kernels, and the same bits, as on AVX-512.
            #[cfg(target_arch = "x86_64")]
            $crate::isa::Isa::Amx(token) => {
                let $backend = token.vectors().avx512();
                $body
            }
            #[cfg(not(target_arch = "x86_64"))]
            _ => unreachable!("tokens of x86 instruction sets do not exist on other CPUs"),
        }
    };
}
pub(crate) use dispatch;
