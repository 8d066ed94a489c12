//! DINOv2, without and with register tokens (Oquab and others, 2023; Darcet and others, 2023):
//! configuration, tensors and the forward pass.

mod config;
mod load;
mod model;
mod names;

use lookalike_imaging::ProcessorConfig;
use serde_json::json;

use self::config::{Architecture, Config};
use super::{Family, Inference, Plan};
use crate::config_file::ConfigFile;
use crate::embedder::Embedder;
use crate::error::LoadError;
use crate::facts::{Description, Extra, InputSizes};
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
        // Sizes are at most 2^20, and grids come from tensors that are there.
        let pixels = |side: usize| u32::try_from(side).unwrap_or(u32::MAX);
        let description = Description {
            family: "dinov2",
            architecture: config.architecture.name().to_owned(),
            dim: config.hidden_size,
            patch_size: Some(pixels(config.patch_size)),
            input: InputSizes {
                default: pixels(config.image_size),
                multiple_of: pixels(config.patch_size),
            },
            text_tokens: None,
            extra,
            details: vec![
                ("layers", json!(config.layers)),
                ("heads", json!(config.heads)),
                ("mlp", json!(config.mlp.describe())),
                ("registers", json!(config.registers)),
            ],
        };
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
