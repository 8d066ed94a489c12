//! A model with a preprocessing: pictures in, embeddings out.

use std::sync::Arc;

use lookalike_encoders::{
    EmbeddedText, Embedder, Lane, LaneError, PatchEmbedder, SecondLook, Tokens,
};
use lookalike_evidence::{Evidence, Grid};
use lookalike_imaging::{Preprocessor, RgbImage};
use rayon::prelude::*;

use super::Length;
use crate::{EngineError, ErrorKind};

/// What is kept of a picture to find it by.
#[derive(Clone, Debug, PartialEq)]
pub struct Described {
    /// What candidates are found by.
    pub embedding: Vec<f32>,
    /// What they are compared by again; none of a model without a second look.
    pub evidence: Option<Evidence>,
}

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
    /// No thread can be started.
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

    /// The same embeddings, and beside them what a second look compares, out of one forward pass.
    ///
    /// # Errors
    /// As [`Encoder::embed`].
    pub fn describe_on(
        &self,
        lane: &Lane,
        prepared: &[&RgbImage],
    ) -> Result<Vec<Described>, EngineError> {
        let (Some(_), Some(patches)) = (self.second_look(), self.model.patches()) else {
            let embeddings = self.embed_on(lane, prepared)?.into_iter();
            let described = embeddings.map(|embedding| Described {
                embedding,
                evidence: None,
            });
            return Ok(described.collect());
        };
        let all = patches.embed_patches(prepared, lane).map_err(internal)?;
        let pictures = prepared.par_iter().zip(all);
        let describe = |(picture, tokens): (&&RgbImage, Tokens)| -> Result<Described, EngineError> {
            let grid = Grid {
                rows: tokens.rows,
                columns: tokens.cols,
                dim: tokens.dim,
                tokens: &tokens.patches,
            };
            let evidence = Evidence::of(&grid, picture).map_err(internal)?;
            let mut embedding = tokens.cls;
            if self.length == Length::Unit {
                lookalike_encoders::normalize(&mut embedding);
            }
            Ok(Described {
                embedding,
                evidence: Some(evidence),
            })
        };
        lane.run(|| pictures.map(describe).collect())
    }

    /// Embeddings of texts, in the space of those of pictures.
    ///
    /// # Errors
    /// The model embeds no texts, or came without its tokenizer.
    pub fn embed_texts(&self, texts: &[String]) -> Result<Vec<EmbeddedText>, EngineError> {
        let embedder = self.model.texts().ok_or_else(|| {
            EngineError::invalid(format!(
                "models of the family {} embed no texts; use one that does, such as clip-vit-b-32",
                self.model.facts().description.family
            ))
        })?;
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let whole = self.model.device().whole();
        let embedded = embedder.embed_texts(&texts, whole);
        let mut embedded = embedded.map_err(|error| {
            EngineError::new(ErrorKind::Unavailable, error.to_string()).because(error)
        })?;
        if self.length == Length::Unit {
            for text in &mut embedded {
                lookalike_encoders::normalize(&mut text.embedding);
            }
        }
        Ok(embedded)
    }

    /// How the model's scores are mixed with what its patches say, if they are made for that.
    #[must_use]
    pub fn second_look(&self) -> Option<&SecondLook> {
        self.model.facts().description.extra.second_look.as_ref()
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
    pub fn patch_size(&self) -> Result<u32, EngineError> {
        Ok(self.patches()?.patch_size())
    }

    /// The tokens of a prepared picture and its patches, not normalised.
    ///
    /// # Errors
    /// The model describes only whole pictures, or the picture was not prepared by
    /// [`Encoder::prepare`].
    pub fn tokens(&self, prepared: &RgbImage) -> Result<Tokens, EngineError> {
        let whole = self.model.device().whole();
        let tokens = self.patches()?.embed_patches(&[prepared], whole);
        let tokens = tokens.map_err(internal)?.pop();
        tokens.ok_or_else(|| {
            let message = "the model gave no tokens for a picture";
            EngineError::new(ErrorKind::Internal, message.to_owned())
        })
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
