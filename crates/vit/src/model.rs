//! A loaded model and what it computes.

use std::path::Path;

use lookalike_imaging::{ProcessorConfig, RgbImage};

use crate::config::ModelConfig;
use crate::error::{EmbedError, LoadError};
use crate::options::LoadOptions;

/// A loaded model with its threads. `Send` and `Sync`: calls from several threads share the
/// model's own threads.
pub struct Model {}

/// All tokens of one image after the final layer norm, registers excluded.
#[derive(Clone, Debug, PartialEq)]
pub struct Tokens {
    /// The class token, `dim` values: what [`Model::embed`] returns.
    pub cls: Vec<f32>,
    /// The patch tokens, `rows * cols` times `dim` values, row by row.
    pub patches: Vec<f32>,
    /// Patches from top to bottom.
    pub rows: usize,
    /// Patches from left to right.
    pub cols: usize,
    /// Values per token.
    pub dim: usize,
}

#[expect(clippy::todo, reason = "signatures first, for the crates above")]
impl Model {
    /// Loads a Hugging Face folder, a lone `.npz` or a lone `.safetensors`.
    ///
    /// # Errors
    /// [`LoadError`] says which file or tensor is at fault.
    pub fn load(_path: &Path, _options: &LoadOptions) -> Result<Self, LoadError> {
        todo!()
    }

    /// The model that is compiled into the program.
    ///
    /// # Errors
    /// Only those of the options: the weights themselves are tested.
    pub fn builtin(_options: &LoadOptions) -> Result<Self, LoadError> {
        todo!()
    }

    /// What the model is made of.
    #[must_use]
    pub fn config(&self) -> &ModelConfig {
        todo!()
    }

    /// Values per embedding.
    #[must_use]
    pub fn dim(&self) -> usize {
        todo!()
    }

    /// Mean, standard deviation and sizes of the model's own preprocessing.
    #[must_use]
    pub fn processor(&self) -> &ProcessorConfig {
        todo!()
    }

    /// Side in pixels that images are brought to unless the caller says otherwise.
    #[must_use]
    pub fn default_size(&self) -> u32 {
        todo!()
    }

    /// False for weights that are only a placeholder.
    #[must_use]
    pub fn is_trained(&self) -> bool {
        todo!()
    }

    /// Arithmetic in use: `f32`.
    #[must_use]
    pub fn precision(&self) -> &'static str {
        todo!()
    }

    /// Instruction set in use: `portable`, `avx2` or `avx512`.
    #[must_use]
    pub fn isa(&self) -> &'static str {
        todo!()
    }

    /// Number of weights.
    #[must_use]
    pub fn parameters(&self) -> u64 {
        todo!()
    }

    /// Hexadecimal identity of configuration and weights, the same in every run.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        todo!()
    }

    /// The class token of each image, not normalised. Images may differ in size.
    ///
    /// # Errors
    /// An image's sides are not multiples of the patch, or it is too large.
    pub fn embed(&self, _images: &[&RgbImage]) -> Result<Vec<Vec<f32>>, EmbedError> {
        todo!()
    }

    /// Class and patch tokens of one image, not normalised.
    ///
    /// # Errors
    /// The image's sides are not multiples of the patch, or it is too large.
    pub fn embed_tokens(&self, _image: &RgbImage) -> Result<Tokens, EmbedError> {
        todo!()
    }
}

/// What the model at `path` is made of, without loading its weights.
///
/// # Errors
/// As [`Model::load`], as far as configuration and headers tell.
#[expect(clippy::todo, reason = "signatures first, for the crates above")]
pub fn describe(_path: &Path) -> Result<ModelConfig, LoadError> {
    todo!()
}
