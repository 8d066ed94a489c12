//! Models whose embedding is the final class token: DINOv2 and DINOv3.

use std::sync::Arc;

use lookalike_imaging::RgbImage;

use crate::devices::cpu::Cpu;
use crate::devices::{Device, Lane};
use crate::embedder::{Embedder, PatchEmbedder};
use crate::error::EmbedError;
use crate::facts::ModelFacts;
use crate::tokens::Tokens;
use crate::transformer::{Output, Pictures};

/// A loaded model. Calls from several threads share what it keeps between calls.
pub(super) struct ClassTokenModel {
    pub(super) facts: ModelFacts,
    pub(super) pictures: Pictures,
    pub(super) cpu: Arc<Cpu>,
    /// Register tokens between the class token and the patches.
    pub(super) registers: usize,
}

impl ClassTokenModel {
    fn patch(&self) -> usize {
        self.facts.description.input.multiple_of as usize
    }
}

impl Embedder for ClassTokenModel {
    fn facts(&self) -> &ModelFacts {
        &self.facts
    }

    fn device(&self) -> &dyn Device {
        &*self.cpu
    }

    fn batch_size(&self, size: u32, lane: &Lane) -> usize {
        Cpu::batch_size(size as usize, self.patch(), lane)
    }

    /// The class token of each image.
    fn embed(&self, images: &[&RgbImage], lane: &Lane) -> Result<Vec<Vec<f32>>, EmbedError> {
        lane.run(|| self.pictures.run(images, Output::First))
    }

    fn patches(&self) -> Option<&dyn PatchEmbedder> {
        Some(self)
    }
}

impl PatchEmbedder for ClassTokenModel {
    fn patch_size(&self) -> u32 {
        self.facts.description.input.multiple_of
    }

    fn embed_patches(&self, images: &[&RgbImage], lane: &Lane) -> Result<Vec<Tokens>, EmbedError> {
        let all = lane.run(|| self.pictures.run(images, Output::All))?;
        let dim = self.facts.description.dim;
        let tokens = all.into_iter().zip(images).map(|(mut cls, image)| {
            let mut patches = cls.split_off(dim);
            patches.drain(..self.registers * dim);
            Tokens {
                cls,
                patches,
                rows: image.height() as usize / self.patch(),
                cols: image.width() as usize / self.patch(),
                dim,
            }
        });
        Ok(tokens.collect())
    }
}
