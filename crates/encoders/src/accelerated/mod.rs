//! Models on a device with memory of its own, with the CPU standing by.
//!
//! A device may fail at any time: its memory goes to another program, its driver resets it. The
//! same model stays loaded on the CPU, so that nothing is lost then, and what happened is told by
//! [`Device::notes`](crate::Device::notes). When a model is loaded, both embed a picture: a device
//! whose driver computes wrong things is found before it makes a vector that is kept.

mod device;
mod embedder;
mod measure;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::devices::accelerator::Accelerator;
use crate::embedder::Embedder;
use crate::error::LoadError;
use crate::options::{LoadOptions, Placement};
use crate::precision::Precision;
use device::Pair;
use embedder::Accelerated;

/// Loads a model as options say.
type Load<'a> = dyn Fn(&LoadOptions) -> Result<Arc<dyn Embedder>, LoadError> + 'a;

/// What `load` gives where `placement` has it.
///
/// # Errors
/// As `load`; the device is not there, fails, or computes something else.
pub(crate) fn placed(
    placement: &Placement,
    options: &LoadOptions,
    load: &Load<'_>,
) -> Result<Arc<dyn Embedder>, LoadError> {
    match placement {
        Placement::Cpu => load(&on_cpu(options)),
        Placement::Accelerator(accelerator) => on(accelerator, options, load),
        Placement::Faster(accelerator) => faster(accelerator, options, load),
        Placement::Later(later) => placed(later.get()?, options, load),
    }
}

/// The model on `accelerator`.
///
/// # Errors
/// It can't be loaded there, or computes something else there.
fn on(
    accelerator: &Arc<dyn Accelerator>,
    options: &LoadOptions,
    load: &Load<'_>,
) -> Result<Arc<dyn Embedder>, LoadError> {
    let stand_in = load(&standing_in(options))?;
    let device = Pair::new(accelerator, &options.cpu);
    let there = loaded_there(accelerator, options, load)?;
    measure::check(&*there, &*stand_in, accelerator.name())?;
    Ok(Arc::new(Accelerated::new(Some(there), stand_in, device)))
}

/// The model where it is faster. What speaks against the accelerator is a note.
///
/// # Errors
/// It can't be loaded on the CPU.
fn faster(
    accelerator: &Arc<dyn Accelerator>,
    options: &LoadOptions,
    load: &Load<'_>,
) -> Result<Arc<dyn Embedder>, LoadError> {
    let stand_in = load(&standing_in(options))?;
    let device = Pair::new(accelerator, &options.cpu);
    let is_faster = || {
        let there = loaded_there(accelerator, options, load)?;
        measure::check(&*there, &*stand_in, accelerator.name())?;
        let batch = device.most_pictures(stand_in.facts().description.input.default);
        let times = measure::compare(&*there, &*stand_in, batch)?;
        Ok::<_, LoadError>((there, times))
    };
    let there = match is_faster() {
        Ok((there, times)) if times.is_faster() => Some(there),
        Ok((_, times)) => {
            device.leave(format!("{} is not used: {times}", accelerator.name()));
            None
        }
        Err(error) => {
            device.leave(format!("{} is not used: {error}", accelerator.name()));
            None
        }
    };
    Ok(Arc::new(Accelerated::new(there, stand_in, device)))
}

fn loaded_there(
    accelerator: &Arc<dyn Accelerator>,
    options: &LoadOptions,
    load: &Load<'_>,
) -> Result<Arc<dyn Embedder>, LoadError> {
    load(&LoadOptions {
        placement: Placement::Accelerator(Arc::clone(accelerator)),
        ..options.clone()
    })
}

/// The same for the CPU that stands in.
fn standing_in(options: &LoadOptions) -> LoadOptions {
    LoadOptions {
        precision: match options.precision {
            // The closest that the CPU has.
            Precision::F16 => Precision::F32,
            other => other,
        },
        ..on_cpu(options)
    }
}

fn on_cpu(options: &LoadOptions) -> LoadOptions {
    LoadOptions {
        placement: Placement::Cpu,
        ..options.clone()
    }
}
