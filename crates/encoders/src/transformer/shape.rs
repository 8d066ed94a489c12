//! What a transformer is made of.

/// Sizes of a transformer's layers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shape {
    /// Width of a token.
    pub width: usize,
    /// Number of layers, at least one.
    pub layers: usize,
    /// Attention heads; `width` is a multiple of it.
    pub heads: usize,
    /// The feed-forward half of a layer.
    pub mlp: Mlp,
    /// Added to the variance in layer norms.
    pub layer_norm_eps: f32,
    /// Which tokens a token's attention sees.
    pub sight: Sight,
    /// Where a layer's norms stand.
    pub norms: Norms,
}

impl Shape {
    /// Values of a head.
    pub fn head_size(&self) -> usize {
        self.width / self.heads
    }
}

/// Where the norms of a layer's two halves stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Norms {
    /// Before each half: what is added to the tokens is made of their norm.
    Before,
    /// Behind each half, over the sum, as in BERT.
    Behind,
}

/// Which tokens of its sequence a token's attention sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sight {
    /// All of them.
    All,
    /// Itself and those before it.
    Before,
}

/// The feed-forward half of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mlp {
    /// Two linear maps with an exact (erf) GELU between them.
    Gelu {
        /// Width between the two maps.
        hidden: usize,
    },
    /// The same with the GELU that a hyperbolic tangent approximates. In reduced precision it is
    /// computed as the exact one: the two differ by 5e-4 at most, less than rounding to bf16.
    GeluTanh {
        /// Width between the two maps.
        hidden: usize,
    },
    /// The same with CLIP's quick GELU, `x * sigmoid(1.702 x)`.
    QuickGelu {
        /// Width between the two maps.
        hidden: usize,
    },
    /// SwiGLU as in DINOv2's giant models: `silu(x1) * x2` between two linear maps.
    SwiGlu {
        /// Width of `x1` and of `x2`; the first map is twice as wide.
        hidden: usize,
    },
}

impl Mlp {
    /// Width of what the second linear map reads.
    pub fn hidden(self) -> usize {
        match self {
            Self::Gelu { hidden }
            | Self::GeluTanh { hidden }
            | Self::QuickGelu { hidden }
            | Self::SwiGlu { hidden } => hidden,
        }
    }

    /// For people who compare models, such as `GELU 3072`.
    pub fn describe(self) -> String {
        match self {
            Self::Gelu { hidden } => format!("GELU {hidden}"),
            Self::GeluTanh { hidden } => format!("tanh GELU {hidden}"),
            Self::QuickGelu { hidden } => format!("quick GELU {hidden}"),
            Self::SwiGlu { hidden } => format!("SwiGLU {hidden}"),
        }
    }
}
