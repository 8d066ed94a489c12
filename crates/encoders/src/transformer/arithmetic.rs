//! What products are made in, with the kernels for it.

use std::sync::Arc;

use lookalike_kernels::bf16::{HEAD_SIZE, Variant};
use lookalike_kernels::int8;

use super::shape::{Shape, Sight};
use crate::devices::accelerator::Accelerator;
use crate::error::LoadError;
use crate::options::{LoadOptions, Placement};
use crate::precision::Precision;

/// What products are made in, with the kernels for it.
#[derive(Clone, Debug)]
pub(crate) enum Arithmetic {
    F32,
    Bf16(Variant),
    Int8(Variant),
    /// On a device with memory of its own.
    Accelerated(Arc<dyn Accelerator>, Precision),
}

impl Arithmetic {
    /// The precision that it is.
    pub(crate) fn precision(&self) -> Precision {
        match self {
            Self::F32 => Precision::F32,
            Self::Bf16(_) => Precision::Bf16,
            Self::Int8(_) => Precision::Int8,
            Self::Accelerated(_, precision) => *precision,
        }
    }
}

/// What the precision that is asked for stands for on the device.
///
/// # Errors
/// A layer is wider than sums of the precision can take, or the device does not have it.
pub(crate) fn choose_arithmetic(
    options: &LoadOptions,
    shape: &Shape,
) -> Result<Arithmetic, LoadError> {
    let precision = options.precision;
    if let Placement::Accelerator(accelerator) = &options.placement {
        let arithmetic = accelerator.arithmetic(precision);
        let arithmetic = arithmetic.ok_or_else(|| LoadError::Precision {
            precision,
            device: accelerator.name().to_owned(),
        })?;
        return Ok(Arithmetic::Accelerated(Arc::clone(accelerator), arithmetic));
    }
    let variant = Variant::of(options.cpu.isa());
    match precision {
        Precision::F32 => Ok(Arithmetic::F32),
        Precision::Auto if variant.outpaces_f32() => Ok(Arithmetic::Bf16(variant)),
        Precision::Auto => Ok(Arithmetic::F32),
        Precision::F16 => Err(LoadError::Precision {
            precision,
            device: "cpu".to_owned(),
        }),
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
