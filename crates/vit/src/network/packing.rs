//! Linear maps as they are in a file, and how each precision packs them.

use lookalike_kernels::bf16::{self, Variant};
use lookalike_kernels::{Isa, PackedLinear, int8};

/// A linear map as it is in a file.
pub(super) struct Linear {
    pub(super) outputs: usize,
    pub(super) inputs: usize,
    /// Outputs x inputs, row by row.
    pub(super) weight: Vec<f32>,
    pub(super) bias: Option<Vec<f32>>,
}

/// How linear maps become what the kernels of a precision read.
pub(super) trait Packing: Sync {
    type Packed: Send;

    fn plain(&self, map: &Linear) -> Self::Packed;

    /// To the queries, keys and values of so many heads.
    fn heads(&self, map: &Linear, heads: usize) -> Self::Packed;

    /// To the gates and, behind them, the values of a SwiGLU.
    fn gated(&self, map: &Linear) -> Self::Packed;
}

impl Packing for Isa {
    type Packed = PackedLinear;

    fn plain(&self, map: &Linear) -> PackedLinear {
        let bias = map.bias.as_deref();
        PackedLinear::pack(*self, map.outputs, map.inputs, &map.weight, bias)
    }

    fn heads(&self, map: &Linear, _: usize) -> PackedLinear {
        self.plain(map)
    }

    fn gated(&self, map: &Linear) -> PackedLinear {
        self.plain(map)
    }
}

impl Packing for Variant {
    type Packed = bf16::PackedLinear;

    fn plain(&self, map: &Linear) -> bf16::PackedLinear {
        let bias = map.bias.as_deref();
        bf16::PackedLinear::pack(*self, map.outputs, map.inputs, &map.weight, bias)
    }

    fn heads(&self, map: &Linear, heads: usize) -> bf16::PackedLinear {
        let bias = map.bias.as_deref();
        bf16::PackedLinear::pack_heads(*self, heads, map.inputs, &map.weight, bias)
    }

    fn gated(&self, map: &Linear) -> bf16::PackedLinear {
        let bias = map.bias.as_deref();
        bf16::PackedLinear::pack_gated(*self, map.outputs / 2, map.inputs, &map.weight, bias)
    }
}

/// Products of 8-bit integers.
pub(super) struct Int8(pub(super) Variant);

impl Packing for Int8 {
    type Packed = int8::PackedLinear;

    fn plain(&self, map: &Linear) -> int8::PackedLinear {
        let bias = map.bias.as_deref();
        int8::PackedLinear::pack(self.0, map.outputs, map.inputs, &map.weight, bias)
    }

    fn heads(&self, map: &Linear, heads: usize) -> int8::PackedLinear {
        let bias = map.bias.as_deref();
        int8::PackedLinear::pack_heads(self.0, heads, map.inputs, &map.weight, bias)
    }

    fn gated(&self, map: &Linear) -> int8::PackedLinear {
        let bias = map.bias.as_deref();
        int8::PackedLinear::pack_gated(self.0, map.outputs / 2, map.inputs, &map.weight, bias)
    }
}
