//! The kernels: what each reads and writes, and how its weights lie in the card's memory.

mod attention;
mod convolution;
mod product;
mod rows;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use half::f16;
use lookalike_encoders::{DeviceError, Precision};

pub(crate) use attention::Attention;
pub(crate) use convolution::{Convolved, Depthwise, Pool};
pub(crate) use product::{Activation, Product, ProductSource};
pub(crate) use rows::{Gather, Normalise, Patch, Place, Rotate, Unfold};

use crate::memory::{Buffer, Memory};

/// How numbers lie in memory. Sums are f32 always.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Number {
    F32,
    F16,
}

impl Number {
    pub(crate) fn of(precision: Precision) -> Self {
        match precision {
            Precision::F16 => Self::F16,
            _ => Self::F32,
        }
    }

    pub(crate) fn bytes(self) -> usize {
        match self {
            Self::F32 => 4,
            Self::F16 => 2,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::F16 => "f16",
        }
    }

    /// The greatest number, as shaders write it.
    fn most(self) -> &'static str {
        match self {
            Self::F32 => "3.4028234e38",
            Self::F16 => "65504.0",
        }
    }

    /// Values as they lie in memory.
    fn encode(self, values: &[f32]) -> Cow<'_, [u8]> {
        match self {
            Self::F32 => Cow::Borrowed(bytemuck::cast_slice(values)),
            Self::F16 => {
                let halves: Vec<f16> = values.iter().map(|&x| f16::from_f32(x)).collect();
                Cow::Owned(bytemuck::cast_slice(&halves).to_vec())
            }
        }
    }

    /// Values in the card's memory.
    pub(crate) fn upload(
        self,
        memory: &Memory,
        what: &str,
        values: &[f32],
    ) -> Result<Buffer, DeviceError> {
        memory.filled(what, &self.encode(values))
    }
}

/// A template that uses the numbers given, which has to say so at its beginning.
fn with_numbers(template: &str, numbers: &[Number]) -> String {
    let first = if numbers.contains(&Number::F16) {
        "enable f16;\n"
    } else {
        ""
    };
    format!("{first}{template}")
}

/// Values of a row in memory: its last four is filled up.
pub(crate) fn stride(columns: usize) -> usize {
    columns.next_multiple_of(4)
}

/// A parameter.
fn word(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
