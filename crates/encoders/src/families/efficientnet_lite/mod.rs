//! EfficientNet-Lite (Tan and Le, 2019; Liu, 2020): inverted residuals with depthwise convolutions
//! and ReLU6, without squeezing and exciting. `docs/models.md` says what is in a folder.

mod config;
mod load;
mod model;
mod network;

use lookalike_imaging::ProcessorConfig;
use serde_json::json;

use self::config::Config;
use super::{Family, Plan};
use crate::config_file::ConfigFile;
use crate::embedder::Embedder;
use crate::error::LoadError;
use crate::facts::{Description, Extra, InputSizes};
use crate::options::LoadOptions;
use crate::weights::Weights;

/// The `model_type` of the configurations.
const ARCHITECTURE: &str = "efficientnet-lite";

/// The family.
pub(crate) struct EfficientNetLite;

struct EfficientNetLitePlan {
    config: Config,
    description: Description,
}

impl Family for EfficientNetLite {
    fn architectures(&self) -> &[&'static str] {
        &[ARCHITECTURE]
    }

    fn configure(&self, file: &ConfigFile) -> Result<Box<dyn Plan>, LoadError> {
        let config = config::parse(file)?;
        Ok(Box::new(EfficientNetLitePlan::new(
            config,
            file.extra().clone(),
        )))
    }
}

impl EfficientNetLitePlan {
    fn new(config: Config, extra: Extra) -> Self {
        let description = Description {
            family: ARCHITECTURE,
            architecture: ARCHITECTURE.to_owned(),
            dim: config.embedding_dim,
            patch_size: u32::try_from(config.token_stride()).ok(),
            input: InputSizes {
                default: u32::try_from(config.image_size).unwrap_or(u32::MAX),
                // Windows are padded, so that any size will do.
                multiple_of: 1,
            },
            text_tokens: None,
            extra,
            details: vec![
                ("layers", json!(config.blocks.len())),
                ("head_channels", json!(config.head_channels)),
                ("taps", json!(config.taps.len())),
            ],
        };
        Self {
            config,
            description,
        }
    }
}

impl Plan for EfficientNetLitePlan {
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
        model::load(config, description, weights, processor, options)
    }
}
