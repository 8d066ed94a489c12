//! What a model is made of.

mod infer;
mod json;

use std::fmt;

pub(crate) use infer::infer;
pub(crate) use json::parse;

/// Family of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Architecture {
    /// DINOv2 (Oquab and others, 2023), `Dinov2Model` in transformers.
    Dinov2,
    /// DINOv2 with register tokens (Darcet and others, 2023), `Dinov2WithRegistersModel`.
    Dinov2WithRegisters,
}

impl Architecture {
    /// The `model_type` of transformers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Dinov2 => "dinov2",
            Self::Dinov2WithRegisters => "dinov2_with_registers",
        }
    }
}

impl fmt::Display for Architecture {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// The feed-forward half of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Mlp {
    /// Two linear maps with an exact (erf) GELU between them.
    Gelu {
        /// Width between the two maps.
        hidden: usize,
    },
    /// SwiGLU as in the giant models: `silu(x1) * x2` between two linear maps.
    SwiGlu {
        /// Width of `x1` and of `x2`; the first map is twice as wide.
        hidden: usize,
    },
}

impl Mlp {
    /// Width of what the second linear map reads.
    #[must_use]
    pub fn hidden(self) -> usize {
        match self {
            Self::Gelu { hidden } | Self::SwiGlu { hidden } => hidden,
        }
    }
}

/// What a model is made of: sizes in elements, pictures in pixels.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelConfig {
    /// Family.
    pub architecture: Architecture,
    /// Width of a token, and of the embedding.
    pub hidden_size: usize,
    /// Transformer layers.
    pub layers: usize,
    /// Attention heads; `hidden_size` is a multiple of it.
    pub heads: usize,
    /// The feed-forward half of a layer.
    pub mlp: Mlp,
    /// Side of a patch in pixels.
    pub patch_size: usize,
    /// Side of the square that the position embeddings were trained for, in pixels.
    pub image_size: usize,
    /// Register tokens between CLS and the patches.
    pub registers: usize,
    /// Added to the variance in layer norms.
    pub layer_norm_eps: f32,
    /// Whether query, key and value have biases.
    pub qkv_bias: bool,
    /// Whether both halves of a layer are scaled before they are added (LayerScale).
    pub layer_scale: bool,
    /// Whether the weights have been trained; false only for the placeholder of `builtin`.
    pub trained: bool,
}

impl ModelConfig {
    /// Patches along a side of the square that the position embeddings were trained for.
    #[must_use]
    pub fn trained_grid(&self) -> usize {
        self.image_size / self.patch_size
    }
}
