//! An embedder on an accelerator, and the same on the CPU behind it.

use std::sync::Arc;

use lookalike_imaging::RgbImage;

use super::device::Pair;
use crate::devices::device_error::DeviceError;
use crate::devices::{Device, Lane};
use crate::embedder::{Embedder, PatchEmbedder, TextEmbedder};
use crate::error::EmbedError;
use crate::facts::ModelFacts;
use crate::text::{EmbeddedText, Sigmoid, TextError};
use crate::tokens::Tokens;

/// A model on an accelerator, and the same on the CPU behind it.
pub(super) struct Accelerated {
    there: Option<Arc<dyn Embedder>>,
    stand_in: Arc<dyn Embedder>,
    device: Pair,
}

/// How what an accelerator failed at is told.
trait Failure {
    fn of_device(&self) -> Option<&DeviceError>;
}

impl Failure for EmbedError {
    fn of_device(&self) -> Option<&DeviceError> {
        match self {
            Self::Device(error) => Some(error),
            _ => None,
        }
    }
}

impl Failure for TextError {
    fn of_device(&self) -> Option<&DeviceError> {
        match self {
            Self::Device(error) => Some(error),
            _ => None,
        }
    }
}

impl Accelerated {
    pub(super) fn new(
        there: Option<Arc<dyn Embedder>>,
        stand_in: Arc<dyn Embedder>,
        device: Pair,
    ) -> Self {
        Self {
            there,
            stand_in,
            device,
        }
    }

    fn there(&self) -> Option<&dyn Embedder> {
        self.there.as_deref().filter(|_| self.device.in_use())
    }

    /// Which of the two computes now.
    fn current(&self) -> &dyn Embedder {
        self.there().unwrap_or(&*self.stand_in)
    }

    /// What `work` makes of `items` on the accelerator, in smaller parts if they have no room there
    /// together; on the CPU if that does not help, or if the accelerator failed.
    fn run<I, T, E: Failure>(
        &self,
        items: &[I],
        work: &impl Fn(&dyn Embedder, &[I]) -> Result<Vec<T>, E>,
    ) -> Result<Vec<T>, E> {
        let Some(there) = self.there() else {
            return work(&*self.stand_in, items);
        };
        let in_parts = |most: usize| {
            let mut made = Vec::with_capacity(items.len());
            for part in items.chunks(most) {
                made.extend(self.run(part, work)?);
            }
            Ok(made)
        };
        let most = self.device.most();
        if items.len() > most {
            return in_parts(most);
        }
        let result = work(there, items);
        let Err(error) = &result else { return result };
        match error.of_device() {
            None => result,
            Some(error @ DeviceError::Memory { .. }) if items.len() > 1 => {
                self.device.halve(items.len(), error);
                in_parts(items.len().div_ceil(2))
            }
            Some(error) => {
                match error {
                    DeviceError::Memory { .. } => self.device.pass_over(error),
                    _ => self.device.fail(error),
                }
                work(&*self.stand_in, items)
            }
        }
    }
}

impl Embedder for Accelerated {
    fn facts(&self) -> &ModelFacts {
        self.current().facts()
    }

    fn device(&self) -> &dyn Device {
        &self.device
    }

    fn batch_size(&self, size: u32, lane: &Lane) -> usize {
        match self.there() {
            Some(_) => self.device.most_pictures(size),
            None => self.stand_in.batch_size(size, lane),
        }
    }

    fn embed(&self, pictures: &[&RgbImage], lane: &Lane) -> Result<Vec<Vec<f32>>, EmbedError> {
        self.run(pictures, &|model, pictures| model.embed(pictures, lane))
    }

    fn patches(&self) -> Option<&dyn PatchEmbedder> {
        self.stand_in.patches().map(|_| self as &dyn PatchEmbedder)
    }

    fn texts(&self) -> Option<&dyn TextEmbedder> {
        self.stand_in.texts().map(|_| self as &dyn TextEmbedder)
    }
}

impl PatchEmbedder for Accelerated {
    fn patch_size(&self) -> u32 {
        self.stand_in.patches().map_or(1, PatchEmbedder::patch_size)
    }

    fn embed_patches(
        &self,
        pictures: &[&RgbImage],
        lane: &Lane,
    ) -> Result<Vec<Tokens>, EmbedError> {
        self.run(pictures, &|model, pictures| match model.patches() {
            Some(patches) => patches.embed_patches(pictures, lane),
            None => Ok(Vec::new()),
        })
    }
}

impl TextEmbedder for Accelerated {
    fn most_tokens(&self) -> usize {
        self.stand_in.texts().map_or(0, TextEmbedder::most_tokens)
    }

    fn embed_texts(&self, texts: &[&str], lane: &Lane) -> Result<Vec<EmbeddedText>, TextError> {
        self.run(texts, &|model, texts| match model.texts() {
            Some(embedder) => embedder.embed_texts(texts, lane),
            None => Ok(Vec::new()),
        })
    }

    fn token_ids(&self, text: &str) -> Result<Vec<u32>, TextError> {
        match self.stand_in.texts() {
            Some(texts) => texts.token_ids(text),
            None => Ok(Vec::new()),
        }
    }

    fn sigmoid(&self) -> Option<Sigmoid> {
        self.stand_in.texts().and_then(TextEmbedder::sigmoid)
    }
}
