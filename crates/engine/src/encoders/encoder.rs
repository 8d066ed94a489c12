//! A model with a preprocessing: pictures in, embeddings out.

use std::sync::Arc;

use lookalike_encoders::{Embedder, Lane, LaneError, PatchEmbedder, Tokens};
use lookalike_imaging::{Preprocessor, RgbImage};

use super::Length;
use crate::{EngineError, ErrorKind};

/// A model with a preprocessing: pictures in, embeddings out.
#[derive(Clone)]
pub struct Encoder {
    pub(super) model: Arc<dyn Embedder>,
    pub(super) preprocessor: Preprocessor,
    pub(super) length: Length,
}

impl Encoder {
    /// The model.
    #[must_use]
    pub fn model(&self) -> &dyn Embedder {
        &*self.model
    }

    /// The preprocessing.
    #[must_use]
    pub fn preprocessor(&self) -> &Preprocessor {
        &self.preprocessor
    }

    /// Whether the two give the same embedding for the same prepared picture.
    pub(crate) fn embeds_like(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.model, &other.model) && self.length == other.length
    }

    /// A picture as the model takes it.
    ///
    /// # Errors
    /// The picture can't be brought to the model's shape.
    pub fn prepare(&self, image: &RgbImage) -> Result<RgbImage, EngineError> {
        self.preprocessor.apply(image).map_err(|error| {
            EngineError::new(ErrorKind::Unprocessable, error.to_string()).because(error)
        })
    }

    /// A lane for one of several workers, each with a stream of pictures of its own.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn lane(&self) -> Result<Lane, EngineError> {
        Ok(self.model.device().lane()?)
    }

    /// Embeddings of prepared pictures, as soon as the whole device can have them.
    ///
    /// # Errors
    /// A picture was not prepared by [`Encoder::prepare`].
    pub fn embed(&self, prepared: &[&RgbImage]) -> Result<Vec<Vec<f32>>, EngineError> {
        self.embed_on(self.model.device().whole(), prepared)
    }

    /// The same embeddings, computed on `lane` alone.
    ///
    /// # Errors
    /// As [`Encoder::embed`].
    pub fn embed_on(
        &self,
        lane: &Lane,
        prepared: &[&RgbImage],
    ) -> Result<Vec<Vec<f32>>, EngineError> {
        let mut embeddings = self.model.embed(prepared, lane).map_err(internal)?;
        if self.length == Length::Unit {
            for embedding in &mut embeddings {
                lookalike_encoders::normalize(embedding);
            }
        }
        Ok(embeddings)
    }

    /// Prepared pictures that are best embedded together on `lane`.
    #[must_use]
    pub fn batch_size(&self, lane: &Lane) -> usize {
        self.model.batch_size(self.preprocessor.size(), lane)
    }

    /// The side of a patch of a prepared picture in pixels.
    ///
    /// # Errors
    /// The model describes only whole pictures.
    pub(crate) fn patch_size(&self) -> Result<u32, EngineError> {
        Ok(self.patches()?.patch_size())
    }

    /// The tokens of a prepared picture and its patches, not normalised.
    ///
    /// # Errors
    /// The model describes only whole pictures, or the picture was not prepared by
    /// [`Encoder::prepare`].
    pub fn tokens(&self, prepared: &RgbImage) -> Result<Tokens, EngineError> {
        let whole = self.model.device().whole();
        let tokens = self.patches()?.embed_patches(prepared, whole);
        tokens.map_err(internal)
    }

    fn patches(&self) -> Result<&dyn PatchEmbedder, EngineError> {
        self.model.patches().ok_or_else(|| {
            EngineError::invalid(format!(
                "models of the family {} describe whole pictures, not the places in them",
                self.model.facts().description.family
            ))
        })
    }
}

impl From<LaneError> for EngineError {
    fn from(error: LaneError) -> Self {
        internal(error)
    }
}

fn internal(error: impl std::error::Error + Send + Sync + 'static) -> EngineError {
    EngineError::new(ErrorKind::Internal, error.to_string()).because(error)
}
