//! What a model is made of.

mod infer;
mod json;

use std::fmt;

use crate::transformer::{Mlp, Norms, Shape, Sight};

pub(crate) use infer::infer;
pub(crate) use json::parse;

/// Family of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Architecture {
    /// DINOv2 (Oquab and others, 2023), `Dinov2Model` in transformers.
    Dinov2,
    /// DINOv2 with register tokens (Darcet and others, 2023), `Dinov2WithRegistersModel`.
    Dinov2WithRegisters,
}

impl Architecture {
    /// Both names.
    pub(crate) const NAMES: [&str; 2] = [Self::Dinov2.name(), Self::Dinov2WithRegisters.name()];

    /// The `model_type` of transformers.
    pub(crate) const fn name(self) -> &'static str {
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

/// What a model is made of: sizes in elements, pictures in pixels.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Config {
    /// Family.
    pub(crate) architecture: Architecture,
    /// Width of a token, and of the embedding.
    pub(crate) hidden_size: usize,
    /// Transformer layers.
    pub(crate) layers: usize,
    /// Attention heads; `hidden_size` is a multiple of it.
    pub(crate) heads: usize,
    /// The feed-forward half of a layer.
    pub(crate) mlp: Mlp,
    /// Side of a patch in pixels.
    pub(crate) patch_size: usize,
    /// Side of the square that the position embeddings were trained for, in pixels.
    pub(crate) image_size: usize,
    /// Register tokens between CLS and the patches.
    pub(crate) registers: usize,
    /// Added to the variance in layer norms.
    pub(crate) layer_norm_eps: f32,
    /// Whether query, key and value have biases.
    pub(crate) qkv_bias: bool,
    /// Whether both halves of a layer are scaled before they are added (LayerScale).
    pub(crate) layer_scale: bool,
}

impl Config {
    /// The layers.
    pub(crate) fn shape(&self) -> Shape {
        Shape {
            width: self.hidden_size,
            layers: self.layers,
            heads: self.heads,
            mlp: self.mlp,
            layer_norm_eps: self.layer_norm_eps,
            sight: Sight::All,
            norms: Norms::Before,
        }
    }

    /// Patches along a side of the square that the position embeddings were trained for.
    pub(crate) fn trained_grid(&self) -> usize {
        self.image_size / self.patch_size
    }
}
