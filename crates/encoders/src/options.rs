//! How a model is loaded.

use std::fmt;
use std::num::NonZeroUsize;
use std::str::FromStr;
use std::sync::{Arc, OnceLock};

use crate::devices::LaneError;
use crate::devices::accelerator::Accelerator;
use crate::devices::cpu::Cpu;
use crate::error::LoadError;

/// How a model is loaded.
#[derive(Clone, Debug)]
pub struct LoadOptions {
    /// The cores that compute, or that drive another device.
    pub cpu: Arc<Cpu>,
    /// Arithmetic of the matrix products.
    pub precision: Precision,
    /// Where models run.
    pub placement: Placement,
}

/// Where models run.
#[derive(Clone, Debug, Default)]
pub enum Placement {
    /// On the CPU.
    #[default]
    Cpu,
    /// On a device with memory of its own. The CPU stands in for it when it fails.
    Accelerator(Arc<dyn Accelerator>),
    /// There, if it is faster than the CPU, which is measured for each model when it is loaded.
    Faster(Arc<dyn Accelerator>),
    /// Where it turns out when the first model is loaded: a device is not opened for programs that
    /// load none.
    Later(Arc<Later>),
}

/// A [`Placement`] that is found out when it is needed, once.
pub struct Later {
    found: OnceLock<Result<Placement, String>>,
    find: Box<dyn Fn() -> Result<Placement, String> + Send + Sync>,
}

impl Later {
    /// `find` gives the placement, or says why there is none.
    pub fn new(find: impl Fn() -> Result<Placement, String> + Send + Sync + 'static) -> Self {
        Self {
            found: OnceLock::new(),
            find: Box::new(find),
        }
    }

    pub(crate) fn get(&self) -> Result<&Placement, LoadError> {
        let found = self.found.get_or_init(&self.find);
        found.as_ref().map_err(|reason| LoadError::NoDevice {
            reason: reason.clone(),
        })
    }
}

impl fmt::Debug for Later {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Later").field(&self.found).finish()
    }
}

impl LoadOptions {
    /// On that many threads of the CPU; `None` means one for each core.
    ///
    /// # Errors
    /// The system gives no threads.
    pub fn on_cpu(threads: Option<NonZeroUsize>, precision: Precision) -> Result<Self, LaneError> {
        Ok(Self {
            cpu: Arc::new(Cpu::start(threads)?),
            precision,
            placement: Placement::Cpu,
        })
    }
}

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
