//! Layers in f32, on any CPU.

mod forward;
mod patches;

use lookalike_kernels::PackedLinear;

use super::{Layer, Norm};

pub(super) use forward::Workspace;
pub(super) use patches::Levels;

/// A layer whose maps have the norm beside them, if it stands before them.
type SingleLayer = Layer<(Option<Norm>, PackedLinear), PackedLinear>;

/// Weights of the layers, and of the patch embedding before them.
pub(super) struct Body {
    pub(super) patches: Option<PatchEmbedding>,
    pub(super) layers: Vec<SingleLayer>,
}

/// From pixels to tokens.
pub(super) struct PatchEmbedding {
    /// Normalised value of each pixel level.
    pub(super) levels: Levels,
    /// From a patch's `3 * patch * patch` values, channel by channel, to a token.
    pub(super) map: PackedLinear,
}
