//! The layers of a vision transformer, packed for the CPU.
//!
//! [`single`] computes in f32, [`reduced`] in bf16 or int8; both read the same [`Frame`] and give
//! the same tokens, within what their precision allows.

mod load;
mod packing;
mod positions;
mod reduced;
mod single;

use std::sync::Arc;

use lookalike_imaging::RgbImage;
use lookalike_kernels::{Isa, bf16, int8, layer_norm};

use crate::families::dinov2::config::Config;

pub(crate) use load::{Arithmetic, Loader};
use positions::Positions;

/// What is wanted of each image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Output {
    /// The class token: the last layer then computes only that one.
    Class,
    /// The class token and the patches.
    Tokens,
}

/// All weights of a model.
pub(crate) struct Network {
    frame: Frame,
    body: Body,
}

/// What surrounds the layers and stays in f32.
struct Frame {
    config: Config,
    isa: Isa,
    positions: Positions,
    /// The class token with its position.
    class_token: Vec<f32>,
    /// Register tokens, one after another; they have no positions.
    register_tokens: Vec<f32>,
    norm: Norm,
}

enum Body {
    Single(single::Body),
    Bf16(reduced::Body<bf16::PackedLinear>),
    Int8(reduced::Body<int8::PackedLinear>),
}

/// A layer with linear maps packed as `L`, those behind a layer norm together with it as `N`.
struct Layer<N, L> {
    /// To queries, keys and values side by side.
    qkv: N,
    projection: L,
    scale1: Option<Vec<f32>>,
    expand: N,
    contract: L,
    scale2: Option<Vec<f32>>,
}

struct Norm {
    gain: Vec<f32>,
    bias: Vec<f32>,
}

/// Memory of a forward pass, to be reused between calls to one network.
#[derive(Default)]
pub(crate) struct Workspace {
    single: single::Workspace,
    bf16: reduced::Workspace<bf16::PackedLinear>,
    int8: reduced::Workspace<int8::PackedLinear>,
}

impl Workspace {
    pub(crate) fn bytes(&self) -> usize {
        self.single.bytes() + self.bf16.bytes() + self.int8.bytes()
    }
}

impl Network {
    /// The final tokens of each image: `dim` values for [`Output::Class`]; for
    /// [`Output::Tokens`] the class token's, then those of each patch.
    ///
    /// Runs in the current thread pool. Sides of the images are multiples of the patch.
    pub(crate) fn forward(
        &self,
        images: &[&RgbImage],
        output: Output,
        workspace: &mut Workspace,
    ) -> Vec<Vec<f32>> {
        match &self.body {
            Body::Single(body) => body.forward(&self.frame, images, output, &mut workspace.single),
            Body::Bf16(body) => body.forward(&self.frame, images, output, &mut workspace.bf16),
            Body::Int8(body) => body.forward(&self.frame, images, output, &mut workspace.int8),
        }
    }
}

/// An image and where its tokens come from.
struct Picture<'a> {
    image: &'a RgbImage,
    tokens: usize,
    positions: Arc<Vec<f32>>,
}

/// What a token is before the first layer, apart from the patch's embedding.
enum Start<'a> {
    /// CLS or a register: these values.
    Leading(&'a [f32]),
    /// The patch of this index, counted row by row, and its position's values.
    Patch(usize, &'a [f32]),
}

impl Frame {
    /// Tokens in front of the patches: CLS and registers.
    fn leading_tokens(&self) -> usize {
        1 + self.config.registers
    }

    fn picture<'a>(&self, image: &'a RgbImage) -> Picture<'a> {
        let patch = self.config.patch_size;
        let rows = image.height() as usize / patch;
        let columns = image.width() as usize / patch;
        Picture {
            image,
            tokens: self.leading_tokens() + rows * columns,
            positions: self.positions.grid(rows, columns),
        }
    }

    fn start<'a>(&'a self, picture: &'a Picture<'_>, token: usize) -> Start<'a> {
        let (dim, leading) = (self.config.hidden_size, self.leading_tokens());
        if token == 0 {
            Start::Leading(&self.class_token)
        } else if token < leading {
            Start::Leading(&self.register_tokens[(token - 1) * dim..][..dim])
        } else {
            let index = token - leading;
            Start::Patch(index, &picture.positions[index * dim..][..dim])
        }
    }

    /// The final layer norm of what is wanted of an image's tokens, which lie `stride` apart.
    fn final_tokens(&self, tokens: &[f32], stride: usize, output: Output) -> Vec<f32> {
        let dim = self.config.hidden_size;
        let mut rows = tokens.chunks(stride);
        let class = rows.next().into_iter();
        let patches = rows.skip(self.config.registers);
        let patches = patches.take(match output {
            Output::Tokens => usize::MAX,
            Output::Class => 0,
        });
        let mut out = Vec::new();
        for row in class.chain(patches) {
            let start = out.len();
            out.resize(start + dim, 0.0);
            let (norm, epsilon) = (&self.norm, self.config.layer_norm_eps);
            let out = &mut out[start..];
            layer_norm(self.isa, &row[..dim], &norm.gain, &norm.bias, epsilon, out);
        }
        out
    }
}

/// Elements from one row of f32 to the next. Rows a multiple of 4 KB apart would all fall into
/// the same few sets of L1 and evict each other, so those get a cache line more.
fn stride(columns: usize) -> usize {
    if columns.is_multiple_of(1024) {
        columns + 16
    } else {
        columns
    }
}
