//! Instruction sets as values: a token can only be had on a CPU that supports it.
//!
//! Kernels take a token as proof, so that "this CPU has AVX-512" is checked once,
//! when a model or an index is loaded, and never inside a loop.

use std::fmt;
use std::sync::OnceLock;

#[cfg(target_arch = "x86_64")]
use crate::features::{avx2, avx512, avx512_bf16};

/// Environment variable that forces an instruction set: `portable`, `avx2`, `avx512` or `amx`.
pub const ISA_VARIABLE: &str = "LOOKALIKE_ISA";

/// Proof that the CPU has AVX2, FMA and F16C.
#[derive(Clone, Copy, Debug)]
pub struct Avx2(());

/// Proof that the CPU has AVX-512 F, BW, DQ, VL and VNNI, besides all of [`Avx2`].
#[derive(Clone, Copy, Debug)]
pub struct Avx512(());

/// Proof that the CPU has AVX-512 BF16 and VBMI, besides all of [`Avx512`].
#[derive(Clone, Copy, Debug)]
pub struct Avx512Bf16(Avx512);

/// Proof that the CPU has AMX tiles of bf16 and int8, besides all of [`Avx512Bf16`], and that the
/// operating system lets this process use them.
///
/// Tile registers also need a configuration per thread: kernels load it when they start and
/// release it when they end, so that nobody else has to know.
#[derive(Clone, Copy, Debug)]
pub struct Amx(Avx512Bf16);

impl Avx2 {
    /// The token, if this CPU supports the instruction set.
    #[must_use]
    pub fn detect() -> Option<Self> {
        #[cfg(target_arch = "x86_64")]
        if avx2!(detected) {
            return Some(Self(()));
        }
        None
    }
}

impl Avx512 {
    /// The token, if this CPU supports the instruction set.
    #[must_use]
    pub fn detect() -> Option<Self> {
        #[cfg(target_arch = "x86_64")]
        if avx512!(detected) {
            return Some(Self(()));
        }
        None
    }
}

impl Avx512Bf16 {
    /// The token, if this CPU supports the instruction set.
    #[must_use]
    pub fn detect() -> Option<Self> {
        #[cfg(target_arch = "x86_64")]
        if avx512_bf16!(detected) {
            return Some(Self(Avx512(())));
        }
        None
    }

    /// The set without bf16, for f32 kernels.
    #[must_use]
    pub fn avx512(self) -> Avx512 {
        self.0
    }
}

impl Amx {
    /// The token, if this CPU supports the instruction set and the system grants its use.
    ///
    /// The first call asks the system, once for all threads of the process.
    #[must_use]
    pub fn detect() -> Option<Self> {
        #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
        if let Some(vectors) = Avx512Bf16::detect()
            && crate::amx::is_permitted()
        {
            return Some(Self(vectors));
        }
        None
    }

    /// The vectors that work beside the tiles.
    #[must_use]
    pub fn vectors(self) -> Avx512Bf16 {
        self.0
    }
}

/// The instruction set that kernels are chosen for, with the token that proves it.
#[derive(Clone, Copy, Debug)]
pub enum Isa {
    /// Plain Rust, any CPU: the specification of every other variant.
    Portable,
    /// 256-bit vectors with fused multiply-add.
    Avx2(Avx2),
    /// 512-bit vectors.
    Avx512(Avx512),
    /// 512-bit vectors for f32, tiles for bf16.
    Amx(Amx),
}

impl Isa {
    /// The widest instruction set of this CPU, or the one that `LOOKALIKE_ISA` forces.
    ///
    /// Decided on the first call and the same for the rest of the process. A forced set
    /// that the CPU lacks, or an unknown name, falls back to the widest available one;
    /// [`Isa::forced`] reports that as an error for front ends to show.
    #[must_use]
    pub fn active() -> Self {
        static ACTIVE: OnceLock<Isa> = OnceLock::new();
        *ACTIVE.get_or_init(|| match Self::forced() {
            Ok(Some(isa)) => isa,
            Ok(None) | Err(_) => Self::widest(),
        })
    }

    /// The set named by `LOOKALIKE_ISA`, if any.
    ///
    /// # Errors
    /// The name is unknown, or this CPU lacks the set.
    pub fn forced() -> Result<Option<Self>, UnavailableIsa> {
        match std::env::var(ISA_VARIABLE) {
            Ok(name) if !name.is_empty() => Self::by_name(&name).map(Some),
            _ => Ok(None),
        }
    }

    /// Every set that this CPU supports, narrowest first.
    #[must_use]
    pub fn available() -> Vec<Self> {
        let mut sets = vec![Self::Portable];
        sets.extend(Avx2::detect().map(Self::Avx2));
        sets.extend(Avx512::detect().map(Self::Avx512));
        sets.extend(Amx::detect().map(Self::Amx));
        sets
    }

    /// `portable`, `avx2`, `avx512` or `amx`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Portable => "portable",
            Self::Avx2(_) => "avx2",
            Self::Avx512(_) => "avx512",
            Self::Amx(_) => "amx",
        }
    }

    fn widest() -> Self {
        Amx::detect()
            .map(Self::Amx)
            .or_else(|| Avx512::detect().map(Self::Avx512))
            .or_else(|| Avx2::detect().map(Self::Avx2))
            .unwrap_or(Self::Portable)
    }

    fn by_name(name: &str) -> Result<Self, UnavailableIsa> {
        let found = match name {
            "portable" => Some(Self::Portable),
            "avx2" => Avx2::detect().map(Self::Avx2),
            "avx512" => Avx512::detect().map(Self::Avx512),
            "amx" => Amx::detect().map(Self::Amx),
            _ => None,
        };
        found.ok_or_else(|| UnavailableIsa { name: name.into() })
    }
}

impl fmt::Display for Isa {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// `LOOKALIKE_ISA` names a set that is unknown or that this CPU lacks.
#[derive(Debug)]
pub struct UnavailableIsa {
    name: String,
}

impl fmt::Display for UnavailableIsa {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let available: Vec<_> = Isa::available().iter().map(|isa| isa.name()).collect();
        write!(
            formatter,
            "{ISA_VARIABLE}={} is not available in this program on this CPU; use one of: {}",
            self.name,
            available.join(", ")
        )
    }
}

impl std::error::Error for UnavailableIsa {}

#[cfg(test)]
mod tests {
    use super::{Amx, Isa};
    use crate::distance::inner_products;
    use crate::testing::numbers;
    use crate::{Epilogue, Matrix, MatrixMut, PackedLinear, linear};

    #[test]
    fn every_available_set_can_be_forced_by_its_name() {
        for isa in Isa::available() {
            let forced = Isa::by_name(isa.name()).expect("the set is available");
            assert_eq!(forced.name(), isa.name());
        }
        assert!(Isa::by_name("sse9").is_err());
    }

    #[test]
    fn amx_gives_the_same_f32_bits_as_avx512() {
        let Some(token) = Amx::detect() else {
            println!("amx: skipped, this CPU lacks it");
            return;
        };
        let (x, weights) = (numbers(1, 30 * 70), numbers(2, 40 * 70));
        let run = |isa| {
            let packed = PackedLinear::pack(isa, 40, 70, &weights, None);
            let mut out = vec![0.0; 30 * 40];
            let target = MatrixMut::new(&mut out, 30, 40, 40);
            linear(
                Matrix::new(&x, 30, 70, 70),
                &packed,
                Epilogue::BiasGelu,
                target,
            );
            let mut products = vec![0.0; 30 * 40];
            inner_products(isa, &x, &weights[..], 70, &mut products);
            (out, products)
        };
        assert!(run(Isa::Amx(token)) == run(Isa::Avx512(token.vectors().avx512())));
    }
}
