//! What a network is made from.

use lookalike_imaging::ProcessorConfig;

use super::linear::Linear;
use super::norm::Norm;
use super::shape::Shape;
use crate::error::LoadError;

/// The tensors of a layer as they are in a file.
pub struct LayerParts {
    /// Of the first half, attention.
    pub norm1: Norm,
    /// To queries, keys and values, in this order along the outputs.
    pub qkv: Linear,
    /// From what attention mixed.
    pub projection: Linear,
    /// LayerScale.
    pub scale1: Option<Vec<f32>>,
    /// Of the second half, the feed-forward one.
    pub norm2: Norm,
    /// To what is activated: of SwiGLU the gates and, behind them, the values.
    pub expand: Linear,
    /// From what is activated.
    pub contract: Linear,
    /// LayerScale.
    pub scale2: Option<Vec<f32>>,
}

/// Reads the layers of a model. Several threads ask at the same time.
pub trait LayerSource: Sync {
    /// Layer `index`.
    ///
    /// # Errors
    /// A tensor is missing, misshapen or unreadable.
    fn layer(&self, index: usize) -> Result<LayerParts, LoadError>;
}

/// From the pixels of a patch to a token.
pub struct Patches<'a> {
    /// Side in pixels.
    pub size: usize,
    /// From a patch's normalised values, channel by channel.
    pub map: Linear,
    /// How pixels are normalised.
    pub processor: &'a ProcessorConfig,
}

/// What a network is made from.
pub struct Source<'a> {
    /// Its sizes.
    pub shape: Shape,
    /// None of a network that takes only rows that are ready.
    pub patches: Option<Patches<'a>>,
    /// Of tokens before the first layer.
    pub norm_before: Option<Norm>,
    /// Of the final tokens.
    pub norm_after: Option<Norm>,
    /// Its layers, which are read one by one.
    pub layers: &'a dyn LayerSource,
}
