//! What becomes of the sums of a product.

use super::arrangement::Arrangement;
use super::heads::HeadsMut;
use super::tile::BlockedMut;
use crate::matrix::MatrixMut;

/// What happens to the f32 sums of a product, and where the results go.
#[derive(Debug)]
pub enum Output<'a> {
    /// `out = sum + bias`, rounded.
    Blocked(BlockedMut<'a>),
    /// `out = gelu(sum + bias)`, rounded. The exact GELU, approximated within 2e-4 before the
    /// rounding (5e-4 of products in int8), except in the portable variant.
    Gelu(BlockedMut<'a>),
    /// `out = silu(sum + bias)`, rounded. Relative error below 1e-4 before the rounding.
    Silu(BlockedMut<'a>),
    /// `out = silu(gate) * up`, rounded, of gates and what they gate; the weights come from
    /// [`super::PackedLinear::pack_gated`]. Relative error below 1e-4 before the rounding.
    SwiGlu(BlockedMut<'a>),
    /// `out += (sum + bias) * scale` in f32, with a scale per column (LayerScale), 1 if absent.
    Residual {
        /// The residual stream.
        out: MatrixMut<'a>,
        /// A factor per column.
        scale: Option<&'a [f32]>,
    },
    /// `out = min(max(sum + bias, 0), 6)` in f32: ReLU6, for depthwise convolutions to read.
    Relu6(MatrixMut<'a>),
    /// Queries, keys and values for attention; the weights come from
    /// [`super::PackedLinear::pack_heads`].
    Heads(HeadsMut<'a>),
}

impl Output<'_> {
    /// Panics unless it takes `rows` rows of `outputs` results in this arrangement.
    pub(crate) fn check(&self, rows: usize, arrangement: Arrangement, outputs: usize) {
        let (own_rows, columns) = match self {
            Self::Blocked(out) | Self::Gelu(out) | Self::Silu(out) | Self::SwiGlu(out) => {
                (out.rows(), out.columns())
            }
            Self::Residual { out, scale } => {
                if let Some(scale) = scale {
                    assert_eq!(scale.len(), outputs, "length of the scale");
                }
                (out.rows(), out.columns())
            }
            Self::Relu6(out) => (out.rows(), out.columns()),
            Self::Heads(out) => {
                let wanted = Arrangement::Heads(out.heads());
                assert_eq!(arrangement, wanted, "heads of the weights");
                (out.rows(), outputs)
            }
        };
        let is_gated = matches!(self, Self::SwiGlu(_));
        assert_eq!(
            arrangement == Arrangement::Gated,
            is_gated,
            "whether the weights are gated"
        );
        assert_eq!(own_rows, rows, "rows of the output");
        assert_eq!(columns, outputs, "columns of the output");
    }

    /// What is left to do when a product is done: see [`HeadsMut`].
    pub(crate) fn clear_padding(&mut self) {
        if let Self::Heads(out) = self {
            out.clear_padding();
        }
    }
}
