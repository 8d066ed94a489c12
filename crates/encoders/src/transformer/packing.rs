//! How each precision packs linear maps.

use lookalike_kernels::bf16::{self, Variant};
use lookalike_kernels::{Isa, PackedLinear, int8};

use super::arithmetic::attends_in_tiles;
use super::linear::Linear;
use super::norm::Norm;
use super::shape::{Mlp, Shape};

impl Linear {
    /// Packed for f32.
    pub(crate) fn packed(&self, isa: Isa) -> PackedLinear {
        isa.plain(self)
    }
}

/// How linear maps become what the kernels of a precision read.
pub(super) trait Packing: Sync {
    type Packed: Send;
    /// A map with the layer norm in front of it, if there is one.
    type Normed: Send;

    fn plain(&self, map: &Linear) -> Self::Packed;

    /// To queries, keys and values as attention reads them.
    fn heads(&self, norm: Option<Norm>, map: Linear, shape: &Shape) -> Self::Normed;

    /// To what is activated: by GELU, or to the gates and, behind them, the values of a SwiGLU.
    fn expand(&self, norm: Option<Norm>, map: Linear, mlp: Mlp) -> Self::Normed;
}

impl Packing for Isa {
    type Packed = PackedLinear;
    type Normed = (Option<Norm>, PackedLinear);

    fn plain(&self, map: &Linear) -> PackedLinear {
        let bias = map.bias.as_deref();
        PackedLinear::pack(*self, map.outputs, map.inputs, &map.weight, bias)
    }

    fn heads(&self, norm: Option<Norm>, map: Linear, _: &Shape) -> Self::Normed {
        (norm, self.plain(&map))
    }

    fn expand(&self, norm: Option<Norm>, map: Linear, _: Mlp) -> Self::Normed {
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

            fn heads(&$self, norm: Option<Norm>, map: Linear, shape: &Shape) -> $packed {
                let map = map.behind(norm.as_ref());
                if !attends_in_tiles(shape) {
                    return $self.plain(&map);
                }
                let bias = map.bias.as_deref();
                <$packed>::pack_heads($variant, shape.heads, map.inputs, &map.weight, bias)
            }

            fn expand(&$self, norm: Option<Norm>, map: Linear, mlp: Mlp) -> $packed {
                let map = map.behind(norm.as_ref());
                let bias = map.bias.as_deref();
                match mlp {
                    Mlp::Gelu { .. } | Mlp::GeluTanh { .. } | Mlp::QuickGelu { .. } => {
                        $self.plain(&map)
                    }
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
