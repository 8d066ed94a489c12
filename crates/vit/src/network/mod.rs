//! The layers of a vision transformer, packed for the CPU.

mod forward;
mod load;
mod patches;
mod positions;

use lookalike_kernels::{Isa, PackedLinear};

use crate::config::ModelConfig;

pub(crate) use forward::{Output, Workspace};
pub(crate) use load::{Summary, load};
pub(crate) use patches::Levels;
use positions::Positions;

/// All weights of a model.
pub(crate) struct Network {
    config: ModelConfig,
    isa: Isa,
    /// From a patch's `3 * patch * patch` values, channel by channel, to a token.
    patch_embedding: PackedLinear,
    positions: Positions,
    /// The class token with its position.
    class_token: Vec<f32>,
    /// Register tokens, one after another; they have no positions.
    register_tokens: Vec<f32>,
    layers: Vec<Layer>,
    norm: Norm,
}

struct Layer {
    norm1: Norm,
    /// Queries, keys and values side by side.
    qkv: PackedLinear,
    projection: PackedLinear,
    scale1: Option<Vec<f32>>,
    norm2: Norm,
    expand: PackedLinear,
    contract: PackedLinear,
    scale2: Option<Vec<f32>>,
}

struct Norm {
    gain: Vec<f32>,
    bias: Vec<f32>,
}

impl Network {
    /// Tokens in front of the patches: CLS and registers.
    fn leading_tokens(&self) -> usize {
        1 + self.config.registers
    }
}
