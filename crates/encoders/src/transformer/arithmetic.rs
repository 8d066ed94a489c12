//! What products are made in, with the kernels for it.

use lookalike_kernels::bf16::{HEAD_SIZE, Variant};
use lookalike_kernels::{Isa, int8};

use super::shape::{Shape, Sight};
use crate::error::LoadError;
use crate::options::Precision;

/// What products are made in, with the kernels for it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Arithmetic {
    F32,
    Bf16(Variant),
    Int8(Variant),
}

impl Arithmetic {
    /// The precision that it is.
    pub(crate) fn precision(self) -> Precision {
        match self {
            Self::F32 => Precision::F32,
            Self::Bf16(_) => Precision::Bf16,
            Self::Int8(_) => Precision::Int8,
        }
    }
}

/// What `precision` stands for on this CPU.
///
/// # Errors
/// A layer is wider than sums of the precision can take.
pub(crate) fn choose_arithmetic(
    precision: Precision,
    isa: Isa,
    shape: &Shape,
) -> Result<Arithmetic, LoadError> {
    let variant = Variant::of(isa);
    match precision {
        Precision::F32 => Ok(Arithmetic::F32),
        Precision::Auto if variant.outpaces_f32() => Ok(Arithmetic::Bf16(variant)),
        Precision::Auto => Ok(Arithmetic::F32),
        Precision::Bf16 => Ok(Arithmetic::Bf16(variant)),
        Precision::Int8 if shape.mlp.hidden() > int8::MOST_INPUTS => Err(LoadError::Wide {
            precision,
            width: shape.mlp.hidden(),
            most: int8::MOST_INPUTS,
        }),
        Precision::Int8 => Ok(Arithmetic::Int8(variant)),
    }
}

/// Whether attention in reduced precision goes by the kernels for tiles of bf16; else by those
/// for f32, which know heads of any size and tokens that see only those before them.
pub(super) fn attends_in_tiles(shape: &Shape) -> bool {
    shape.head_size() == HEAD_SIZE && shape.sight == Sight::All
}
