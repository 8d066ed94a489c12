//! CLIP (Radford and others, 2021): a tower for pictures and one for texts, whose embeddings can
//! be compared. From folders of transformers and of open_clip. Chinese-CLIP (Yang and others, 2022) and
//! open_clip's multilingual models have a BERT for texts.

mod bert;
mod config;
mod load;
mod model;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use lookalike_imaging::ProcessorConfig;

use self::config::{CHINESE_CLIP, Config};
use self::model::Model;
use super::vision::Vision;
use super::{Family, Plan};
use crate::config_file::{ConfigFile, OPEN_CLIP};
use crate::embedder::Embedder;
use crate::error::LoadError;
use crate::facts::Description;
use crate::options::LoadOptions;
use crate::weights::Weights;

/// The family.
pub(crate) struct Clip;

struct ClipPlan {
    config: Config,
    description: Description,
    /// Where the tokenizer is.
    folder: PathBuf,
}

impl Family for Clip {
    fn architectures(&self) -> &[&'static str] {
        &["clip", CHINESE_CLIP, OPEN_CLIP]
    }

    fn configure(&self, file: &ConfigFile) -> Result<Box<dyn Plan>, LoadError> {
        let config = config::parse(file)?;
        let description = Vision {
            family: "clip",
            architecture: file.architecture().unwrap_or("clip"),
            dim: config.dim,
            shape: &config.vision.shape,
            patch_size: config.vision.patch_size,
            image_size: config.vision.image_size,
            text_tokens: Some(config.text.length()),
            extra: file.extra().clone(),
        }
        .description();
        Ok(Box::new(ClipPlan {
            config,
            description,
            folder: file.path().parent().unwrap_or(Path::new("")).to_owned(),
        }))
    }
}

impl Plan for ClipPlan {
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
