//! Layers in bf16, on CPUs with units for it.

mod forward;
mod patches;
mod plan;

use lookalike_kernels::bf16::{PackedLinear, Variant};

use super::Layer;

pub(super) use forward::Workspace;
pub(super) use patches::patch_weights;

/// Weights of the layers, and of the patch embedding before them.
pub(super) struct Body {
    pub(super) variant: Variant,
    /// From the levels of a patch as [`patches`] orders them to a token.
    pub(super) patch_embedding: PackedLinear,
    pub(super) layers: Vec<Layer<PackedLinear>>,
}
