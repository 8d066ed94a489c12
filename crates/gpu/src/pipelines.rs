//! Shaders compiled once a card and variant.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use lookalike_encoders::DeviceError;
use wgpu::{
    ComputePipeline, ComputePipelineDescriptor, Device, ShaderModuleDescriptor, ShaderSource,
};

use crate::faults::Faults;
use crate::template::{Constants, fill};

/// The kernels of a card, by name and constants.
#[derive(Debug, Default)]
pub(crate) struct Pipelines(Mutex<HashMap<String, ComputePipeline>>);

impl Pipelines {
    /// The kernel that a template makes with these constants; compiled when first asked for.
    ///
    /// # Errors
    /// The driver refuses it.
    pub(crate) fn get(
        &self,
        device: &Device,
        faults: &Faults,
        (name, template): (&'static str, &str),
        constants: &Constants<'_>,
    ) -> Result<ComputePipeline, DeviceError> {
        let mut key = name.to_owned();
        for (constant, value) in constants {
            key.push_str(&format!(" {constant}={value}"));
        }
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pipeline) = known.get(&key) {
            return Ok(pipeline.clone());
        }
        let source = fill(template, constants);
        let subject = format!("the shader {name}");
        let pipeline = faults.watch(device, &subject, || {
            let module = device.create_shader_module(ShaderModuleDescriptor {
                label: Some(name),
                source: ShaderSource::Wgsl(source.into()),
            });
            device.create_compute_pipeline(&ComputePipelineDescriptor {
                label: Some(name),
                layout: None,
                module: &module,
                entry_point: Some("main"),
                compilation_options: Default::default(),
                cache: None,
            })
        })?;
        known.insert(key, pipeline.clone());
        Ok(pipeline)
    }
}
