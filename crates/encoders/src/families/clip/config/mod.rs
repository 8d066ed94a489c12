//! What a CLIP is made of.

mod hub;
mod open_clip;
mod roberta;

use lookalike_imaging::ProcessorConfig;

use crate::config_check::Check;
use crate::config_file::{ConfigFile, OPEN_CLIP};
use crate::error::LoadError;
use crate::families::text_tower::{End, Pooling};
use crate::transformer::{Mlp, Shape};
use crate::weights::Weights;

pub(super) use hub::CHINESE_CLIP;
pub(super) use roberta::{PREFIX as ROBERTA_PREFIX, Roberta};

/// How the files of a model name its tensors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Naming {
    /// As transformers does.
    Hub,
    /// As open_clip does, with queries, keys and values in one tensor.
    OpenClip,
}

/// What a CLIP is made of: sizes in elements, pictures in pixels.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Config {
    pub(super) naming: Naming,
    /// Values of an embedding.
    pub(super) dim: usize,
    pub(super) vision: Vision,
    pub(super) text: TextSource,
    /// How pictures are prepared, where the configuration tells.
    pub(super) processor: ProcessorConfig,
}

/// The tower of pictures.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Vision {
    pub(super) shape: Shape,
    pub(super) patch_size: usize,
    /// Side of the square that it was trained for.
    pub(super) image_size: usize,
}

/// The tower of texts.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Text {
    /// Which tensors it is made of.
    pub(super) tower: TextTower,
    pub(super) shape: Shape,
    pub(super) vocabulary: usize,
    /// Places that have an embedding.
    pub(super) places: usize,
    /// Which of them is the first token's.
    pub(super) first_place: usize,
    /// Tokens of the longest text.
    pub(super) length: usize,
    /// A token that stands for nothing, even where a text names it.
    pub(super) padding: Option<u32>,
    pub(super) pooling: Pooling,
    pub(super) projection: Projection,
}

/// Which tensors a tower of texts is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TextTower {
    /// CLIP's own.
    Clip,
    /// BERT, or RoBERTa, which differs in how places are counted.
    Bert,
}

/// From what was pooled to the embedding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Projection {
    /// One map without bias.
    Linear,
    /// Two, with an exact GELU between them.
    Mlp {
        /// Width between the two.
        hidden: usize,
    },
    /// None.
    Identity,
}

/// The tower of texts, as far as the configuration tells.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum TextSource {
    Known(Text),
    /// A RoBERTa whose sizes only the weights tell: open_clip names the model, and no more.
    Roberta(Roberta),
}

impl TextSource {
    /// Tokens of the longest text.
    pub(super) fn length(&self) -> usize {
        match self {
            Self::Known(text) => text.length,
            Self::Roberta(roberta) => roberta.length,
        }
    }

    /// All of it.
    ///
    /// # Errors
    /// A tensor that tells a size is missing or misshapen.
    pub(super) fn of(&self, weights: &Weights) -> Result<Text, LoadError> {
        match self {
            Self::Known(text) => Ok(text.clone()),
            Self::Roberta(roberta) => roberta.of(weights),
        }
    }
}

/// Reads the settings.
///
/// # Errors
/// One has another type, or a value that cannot be computed.
pub(super) fn parse(file: &ConfigFile) -> Result<Config, LoadError> {
    if file.architecture() == Some(OPEN_CLIP) {
        open_clip::parse(file)
    } else {
        hub::parse(file)
    }
}

/// A feed-forward half by the name of its activation.
fn mlp(check: &Check<'_>, activation: &str, hidden: usize) -> Result<Mlp, LoadError> {
    match activation {
        "quick_gelu" => Ok(Mlp::QuickGelu { hidden }),
        "gelu" => Ok(Mlp::Gelu { hidden }),
        "gelu_pytorch_tanh" | "gelu_new" => Ok(Mlp::GeluTanh { hidden }),
        _ => {
            let expected = "quick_gelu, gelu or gelu_pytorch_tanh";
            check.that(false, "hidden_act", activation, expected)?;
            Ok(Mlp::Gelu { hidden })
        }
    }
}

/// Mean and deviation of the pixels that CLIP was trained with.
const MEAN: [f64; 3] = [0.481_454_66, 0.457_827_5, 0.408_210_73];
const STD: [f64; 3] = [0.268_629_54, 0.261_302_58, 0.275_777_11];
