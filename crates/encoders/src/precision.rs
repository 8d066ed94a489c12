//! What matrix products are made in.

use std::fmt;
use std::str::FromStr;

/// Arithmetic of the matrix products.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Precision {
    /// bf16 where the CPU has units for it (AMX), f16 on graphics cards that have it, else f32.
    #[default]
    Auto,
    /// 32-bit floats throughout.
    F32,
    /// Products of 16-bit brain floats, summed in 32 bits. Works on any CPU, but is slower than
    /// f32 where `auto` would not choose it.
    Bf16,
    /// Products of 16-bit IEEE floats, summed in 32 bits. Graphics cards only.
    F16,
    /// Products of 8-bit integers, summed in 32 bits, with a scale per output and per row;
    /// attention in bf16; or, for convolutional networks, a scale per output and per pixel. Faster
    /// again, and less faithful: see `docs/models.md`.
    Int8,
}

impl Precision {
    /// `auto`, `f32`, `bf16`, `f16` or `int8`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::F32 => "f32",
            Self::Bf16 => "bf16",
            Self::F16 => "f16",
            Self::Int8 => "int8",
        }
    }
}

impl fmt::Display for Precision {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for Precision {
    type Err = UnknownPrecision;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "auto" => Ok(Self::Auto),
            "f32" => Ok(Self::F32),
            "bf16" => Ok(Self::Bf16),
            "f16" => Ok(Self::F16),
            "int8" => Ok(Self::Int8),
            _ => Err(UnknownPrecision { name: name.into() }),
        }
    }
}

/// The name is not one of a [`Precision`].
#[derive(Debug, thiserror::Error)]
#[error("unknown precision '{name}'; use auto, f32, bf16, f16 or int8")]
pub struct UnknownPrecision {
    name: String,
}

#[cfg(test)]
mod tests {
    use super::Precision;

    #[test]
    fn names_round_trip() {
        for name in ["auto", "f32", "bf16", "f16", "int8"] {
            let precision: Precision = name.parse().unwrap();
            assert_eq!(precision.to_string(), name);
        }
        let error = "F64".parse::<Precision>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "unknown precision 'F64'; use auto, f32, bf16, f16 or int8"
        );
    }
}
