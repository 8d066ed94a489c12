//! A loaded DINOv2 and what it computes.

use std::sync::Arc;

use lookalike_imaging::{ProcessorConfig, RgbImage};

use super::config::Config;
use super::load::Loader;
use crate::devices::cpu::Cpu;
use crate::devices::{Device, Lane};
use crate::embedder::{Embedder, PatchEmbedder};
use crate::error::{EmbedError, LoadError};
use crate::facts::{Description, ModelFacts};
use crate::options::LoadOptions;
use crate::tokens::Tokens;
use crate::transformer::{Output, Pictures, choose_arithmetic};
use crate::weights::{Tally, Weights};

/// A loaded model. Calls from several threads share what it keeps between calls.
pub(super) struct Model {
    config: Config,
    facts: ModelFacts,
    pictures: Pictures,
    cpu: Arc<Cpu>,
}

impl Model {
    pub(super) fn load(
        config: Config,
        description: Description,
        weights: &Weights,
        processor: Option<ProcessorConfig>,
        options: &LoadOptions,
    ) -> Result<Self, LoadError> {
        let processor = processor.unwrap_or_else(ProcessorConfig::dinov2);
        let cpu = &options.cpu;
        let loader = Loader {
            config: &config,
            processor: &processor,
            weights,
            isa: cpu.isa(),
            arithmetic: choose_arithmetic(options.precision, cpu.isa(), &config.shape())?,
        };
        let tally = Tally::default();
        let (entry, network) = cpu.whole().run(|| loader.load(&tally))?;
        let precision = loader.arithmetic.precision();
        let Config {
            architecture,
            heads,
            patch_size,
            layer_norm_eps,
            ..
        } = &config;
        // The other sizes are in the shapes of the tensors.
        let settings = format!("{architecture} {heads} {patch_size} {layer_norm_eps:e}");
        Ok(Self {
            facts: ModelFacts {
                description,
                precision,
                parameters: tally.parameters(),
                fingerprint: tally.fingerprint(&settings, &processor),
                processor,
            },
            pictures: Pictures::new(entry, network),
            cpu: Arc::clone(cpu),
            config,
        })
    }
}

impl Embedder for Model {
    fn facts(&self) -> &ModelFacts {
        &self.facts
    }

    fn device(&self) -> &dyn Device {
        &*self.cpu
    }

    fn batch_size(&self, size: u32, lane: &Lane) -> usize {
        let patches_a_side = size as usize / self.config.patch_size;
        Cpu::batch_size(patches_a_side * patches_a_side, lane)
    }

    /// The class token of each image.
    fn embed(&self, images: &[&RgbImage], lane: &Lane) -> Result<Vec<Vec<f32>>, EmbedError> {
        lane.run(|| self.pictures.run(images, Output::First))
    }

    fn patches(&self) -> Option<&dyn PatchEmbedder> {
        Some(self)
    }
}

impl PatchEmbedder for Model {
    fn patch_size(&self) -> u32 {
        self.facts.description.input.multiple_of
    }

    fn embed_patches(&self, image: &RgbImage, lane: &Lane) -> Result<Tokens, EmbedError> {
        let mut cls = lane
            .run(|| self.pictures.run(&[image], Output::All))?
            .swap_remove(0);
        let dim = self.config.hidden_size;
        let mut patches = cls.split_off(dim);
        patches.drain(..self.config.registers * dim);
        let patch = self.config.patch_size;
        Ok(Tokens {
            cls,
            patches,
            rows: image.height() as usize / patch,
            cols: image.width() as usize / patch,
            dim,
        })
    }
}
