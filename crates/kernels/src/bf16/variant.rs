//! Which bf16 kernels an instruction set stands for.

use crate::isa::{Amx, Avx512Bf16, Isa};

/// The variant of the bf16 kernels, with the token that proves it.
#[derive(Clone, Copy, Debug)]
pub enum Variant {
    /// Plain loops: the specification, many times slower than f32 kernels.
    Portable,
    /// 512-bit vectors, two products to a lane.
    Avx512(Avx512Bf16),
    /// Tiles for products, 512-bit vectors for the rest.
    Amx(Amx),
}

impl Variant {
    /// The fastest variant that `isa` allows. `avx512` means vectors even where there are tiles.
    #[must_use]
    pub fn of(isa: Isa) -> Self {
        match isa {
            Isa::Portable | Isa::Avx2(_) => Self::Portable,
            Isa::Avx512(_) => Avx512Bf16::detect().map_or(Self::Portable, Self::Avx512),
            Isa::Amx(token) => Self::Amx(token),
        }
    }

    /// Every variant that this CPU supports.
    #[must_use]
    pub fn available() -> Vec<Self> {
        let mut variants = vec![Self::Portable];
        variants.extend(Avx512Bf16::detect().map(Self::Avx512));
        variants.extend(Amx::detect().map(Self::Amx));
        variants
    }

    /// `portable`, `avx512-bf16` or `amx`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Portable => "portable",
            Self::Avx512(_) => "avx512-bf16",
            Self::Amx(_) => "amx",
        }
    }

    /// Whether it is faster than the f32 kernels of the same CPU. Vectors are not where it was
    /// measured: a Sapphire Rapids core did 0.08 TFLOP/s by `vdpbf16ps`, 0.11 in f32 and over 1.4
    /// by tiles. On AMD's cores from Zen 4 on, where vectors may be, it was not.
    #[must_use]
    pub fn outpaces_f32(self) -> bool {
        matches!(self, Self::Amx(_))
    }
}
