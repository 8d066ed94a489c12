//! SigLIP and SigLIP 2 of fixed resolution (Zhai and others, 2023; Tschannen and others, 2025): a tower
//! for pictures and one for texts, trained to tell pairs from others one by one, so that a cosine has
//! a probability. From folders of transformers.

mod config;
mod load;
mod model;
mod pooling;

use std::path::{Path, PathBuf};

use lookalike_imaging::ProcessorConfig;

use self::config::{ARCHITECTURE, Config};
use self::model::Model;
use super::vision::Vision;
use super::{Family, Plan};
use crate::config_file::ConfigFile;
use crate::embedder::Embedder;
use crate::error::LoadError;
use crate::facts::Description;
use crate::options::LoadOptions;
use crate::weights::Weights;

/// The family.
pub(crate) struct Siglip;

struct SiglipPlan {
    config: Config,
    description: Description,
    /// Where the tokenizer is.
    folder: PathBuf,
}

impl Family for Siglip {
    fn architectures(&self) -> &[&'static str] {
        &[ARCHITECTURE]
    }

    fn configure(&self, file: &ConfigFile) -> Result<Box<dyn Plan>, LoadError> {
        let config = config::parse(file)?;
        let description = Vision {
            family: "siglip",
            architecture: ARCHITECTURE,
            dim: config.vision.width,
            shape: &config.vision,
            patch_size: config.patch_size,
            image_size: config.image_size,
            text_tokens: Some(config.length),
            extra: file.extra().clone(),
        }
        .description();
        Ok(Box::new(SiglipPlan {
            config,
            description,
            folder: file.path().parent().unwrap_or(Path::new("")).to_owned(),
        }))
    }
}

impl Plan for SiglipPlan {
    fn description(&self) -> &Description {
        &self.description
    }

    fn load(
        self: Box<Self>,
        weights: &Weights,
        processor: Option<ProcessorConfig>,
        options: &LoadOptions,
    ) -> Result<Box<dyn Embedder>, LoadError> {
        let model = Model::load(*self, weights, processor, options)?;
        Ok(Box::new(model))
    }
}
