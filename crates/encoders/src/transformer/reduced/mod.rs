//! Layers in reduced precision: products in bf16 or int8, what lies between them in bf16, the
//! tokens in f32.

mod forward;
mod patches;
mod plain_attention;
mod plan;
mod products;

use lookalike_kernels::bf16::{PackedLinear, Variant};

use super::Layer;

pub(super) use forward::Workspace;
pub(super) use patches::patch_weights;

/// Weights of the layers, and of the patch embedding before them.
pub(super) struct Body<P> {
    pub(super) variant: Variant,
    /// From the levels of a patch as [`patches`] orders them to a token, always in bf16.
    pub(super) patch_embedding: Option<PackedLinear>,
    pub(super) layers: Vec<Layer<P, P>>,
}
