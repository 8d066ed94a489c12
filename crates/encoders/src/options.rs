//! How a model is loaded.

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Arc, OnceLock};

use crate::devices::LaneError;
use crate::devices::accelerator::Accelerator;
use crate::devices::cpu::Cpu;
use crate::error::LoadError;
use crate::precision::Precision;

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
