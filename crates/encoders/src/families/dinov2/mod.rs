//! DINOv2, without and with register tokens (Oquab and others, 2023; Darcet and others, 2023):
//! configuration, tensors and the forward pass.

mod config;
mod load;
mod model;
mod names;

use lookalike_imaging::ProcessorConfig;
use serde_json::json;

use self::config::{Architecture, Config};
use super::vision::Vision;
use super::{Family, Inference, Plan};
use crate::config_file::ConfigFile;
use crate::embedder::Embedder;
use crate::error::LoadError;
use crate::facts::{Description, Extra};
use crate::options::LoadOptions;
use crate::weights::Weights;

/// The family.
pub(crate) struct Dinov2;

struct Dinov2Plan {
    config: Config,
    description: Description,
}

impl Family for Dinov2 {
    fn architectures(&self) -> &[&'static str] {
        &Architecture::NAMES
    }

    fn configure(&self, file: &ConfigFile) -> Result<Box<dyn Plan>, LoadError> {
        let config = config::parse(file)?;
        Ok(Box::new(Dinov2Plan::new(config, file.extra().clone())))
    }

    fn inference(&self) -> Option<&dyn Inference> {
        Some(self)
    }
}

impl Inference for Dinov2 {
    fn telltale(&self) -> &'static str {
        names::PATCH_WEIGHT
    }

    fn infer(&self, weights: &Weights) -> Result<Box<dyn Plan>, LoadError> {
        let config = config::infer(weights)?;
        Ok(Box::new(Dinov2Plan::new(config, Extra::default())))
    }
}

impl Dinov2Plan {
    fn new(config: Config, extra: Extra) -> Self {
        let mut description = Vision {
            family: "dinov2",
            architecture: config.architecture.name(),
            dim: config.hidden_size,
            shape: &config.shape(),
            patch_size: config.patch_size,
            image_size: config.image_size,
            text_tokens: None,
            extra,
        }
        .description();
        let registers = ("registers", json!(config.registers));
        description.details.push(registers);
        Self {
            config,
            description,
        }
    }
}

impl Plan for Dinov2Plan {
    fn description(&self) -> &Description {
        &self.description
    }

    fn load(
        self: Box<Self>,
        weights: &Weights,
        processor: Option<ProcessorConfig>,
        options: &LoadOptions,
    ) -> Result<Box<dyn Embedder>, LoadError> {
        let Self {
            config,
            description,
        } = *self;
        let model = model::load(&config, description, weights, processor, options)?;
        Ok(Box::new(model))
    }
}
