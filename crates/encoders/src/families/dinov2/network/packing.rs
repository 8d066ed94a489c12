//! Linear maps as they are in a file, and how each precision packs them.

use lookalike_kernels::bf16::{self, Variant};
use lookalike_kernels::{Isa, PackedLinear, int8};

use super::Norm;
use crate::families::dinov2::config::Mlp;

/// A linear map as it is in a file.
pub(super) struct Linear {
    pub(super) outputs: usize,
    pub(super) inputs: usize,
    /// Outputs x inputs, row by row.
    pub(super) weight: Vec<f32>,
    pub(super) bias: Option<Vec<f32>>,
}

impl Linear {
    /// The same map behind a layer norm whose gain and bias are taken into it.
    fn behind(mut self, norm: &Norm) -> Self {
        let mut bias = self.bias.unwrap_or_else(|| vec![0.0; self.outputs]);
        for (row, bias) in self.weight.chunks_mut(self.inputs).zip(&mut bias) {
            let products = row
                .iter()
                .zip(&norm.bias)
                .map(|(&a, &b)| f64::from(a) * f64::from(b));
            *bias = (f64::from(*bias) + products.sum::<f64>()) as f32;
            for (weight, gain) in row.iter_mut().zip(&norm.gain) {
                *weight *= gain;
            }
        }
        self.bias = Some(bias);
        self
    }
}

/// How linear maps become what the kernels of a precision read.
pub(super) trait Packing: Sync {
    type Packed: Send;
    /// A map with the layer norm in front of it.
    type Normed: Send;

    fn plain(&self, map: &Linear) -> Self::Packed;

    /// To the queries, keys and values of this many heads.
    fn heads(&self, norm: Norm, map: Linear, heads: usize) -> Self::Normed;

    /// To what is activated: by GELU, or to the gates and, behind them, the values of a SwiGLU.
    fn expand(&self, norm: Norm, map: Linear, mlp: Mlp) -> Self::Normed;
}

impl Packing for Isa {
    type Packed = PackedLinear;
    type Normed = (Norm, PackedLinear);

    fn plain(&self, map: &Linear) -> PackedLinear {
        let bias = map.bias.as_deref();
        PackedLinear::pack(*self, map.outputs, map.inputs, &map.weight, bias)
    }

    fn heads(&self, norm: Norm, map: Linear, _: usize) -> Self::Normed {
        (norm, self.plain(&map))
    }

    fn expand(&self, norm: Norm, map: Linear, _: Mlp) -> Self::Normed {
        (norm, self.plain(&map))
    }
}

/// Implements [`Packing`] for kernels whose layer norms have neither gain nor bias.
macro_rules! folding {
    ($packing:ty, $packed:ty, |$self:ident| $variant:expr) => {
        impl Packing for $packing {
            type Packed = $packed;
            type Normed = $packed;

            fn plain(&$self, map: &Linear) -> $packed {
                let bias = map.bias.as_deref();
                <$packed>::pack($variant, map.outputs, map.inputs, &map.weight, bias)
            }

            fn heads(&$self, norm: Norm, map: Linear, heads: usize) -> $packed {
                let map = map.behind(&norm);
                let bias = map.bias.as_deref();
                <$packed>::pack_heads($variant, heads, map.inputs, &map.weight, bias)
            }

            fn expand(&$self, norm: Norm, map: Linear, mlp: Mlp) -> $packed {
                let map = map.behind(&norm);
                let bias = map.bias.as_deref();
                match mlp {
                    Mlp::Gelu { .. } => $self.plain(&map),
                    Mlp::SwiGlu { hidden } => {
                        <$packed>::pack_gated($variant, hidden, map.inputs, &map.weight, bias)
                    }
                }
            }
        }
    };
}

folding!(Variant, bf16::PackedLinear, |self| *self);

/// Products of 8-bit integers.
pub(super) struct Int8(pub(super) Variant);

folding!(Int8, int8::PackedLinear, |self| self.0);
