//! What a model is: as its files tell before it is loaded, and as it is when it runs.

use lookalike_imaging::{PreprocessKind, ProcessorConfig};
use serde_json::Value;

use crate::bands::Bands;
use crate::precision::Precision;
use crate::second_look::SecondLook;

/// What the configuration of a model tells, or the shapes of weights without one.
#[derive(Clone, Debug, PartialEq)]
pub struct Description {
    /// Name of the family, such as `dinov2`.
    pub family: &'static str,
    /// The `model_type` of the configuration, such as `dinov2_with_registers`.
    pub architecture: String,
    /// Values of an embedding.
    pub dim: usize,
    /// The sizes of pictures that it takes.
    pub input: InputSizes,
    /// Side of the patches that it describes one by one, in pixels; none if it describes only whole
    /// pictures.
    pub patch_size: Option<u32>,
    /// Tokens of the longest text that it embeds, into vectors that can be compared with those of
    /// pictures; none if it embeds no texts.
    pub text_tokens: Option<usize>,
    /// What this project adds to a configuration.
    pub extra: Extra,
    /// What the family tells besides, such as `layers`: for people who compare models.
    pub details: Vec<(&'static str, Value)>,
}

/// Sizes of the pictures that a model takes, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InputSizes {
    /// Side of the square that pictures are brought to unless the caller says otherwise.
    pub default: u32,
    /// Both sides are multiples of this, such as the side of a patch.
    pub multiple_of: u32,
}

/// The block `lookalike` of a `config.json`.
#[derive(Clone, Debug, PartialEq)]
pub struct Extra {
    /// False for weights that are only a placeholder.
    pub trained: bool,
    /// How pictures are best prepared for it, unless the caller says otherwise.
    pub preprocess: Option<PreprocessKind>,
    /// How its scores are read.
    pub bands: Bands,
    /// How its scores of texts and pictures are read; `None` where nobody has measured that.
    pub text_bands: Option<Bands>,
    /// The cosine from which a picture counts as an edited copy of another; `None` where nobody has
    /// measured that.
    pub near_duplicate: Option<f32>,
    /// How its first scores are mixed with what its patch tokens say; `None` where these are not
    /// made for that.
    pub second_look: Option<SecondLook>,
}

impl Default for Extra {
    fn default() -> Self {
        Self {
            trained: true,
            preprocess: None,
            bands: Bands::default(),
            text_bands: None,
            near_duplicate: None,
            second_look: None,
        }
    }
}

/// What a loaded model is.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelFacts {
    /// What its files tell.
    pub description: Description,
    /// Mean, standard deviation and sizes of the model's own preprocessing.
    pub processor: ProcessorConfig,
    /// Arithmetic in use: never [`Precision::Auto`].
    pub precision: Precision,
    /// Number of weights.
    pub parameters: u64,
    /// Hexadecimal identity of the model, the same in every run, from every kind of file and in
    /// every precision: see [`Tally::fingerprint`](crate::Tally::fingerprint).
    pub fingerprint: String,
}
