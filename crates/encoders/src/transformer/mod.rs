//! Transformers on the CPU: layers of attention and feed-forward halves, packed for one
//! precision, that several families share.
//!
//! [`single`] computes in f32, [`reduced`] in bf16 or int8; both take the same [`Sequence`]s and
//! give the same tokens, within what their precision allows. What the tokens are before the first
//! layer is the family's: patches of a picture behind an [`Entry`], or rows that are ready.

mod arithmetic;
mod entry;
mod grids;
mod linear;
mod norm;
mod output;
mod pack;
mod packing;
mod pictures;
mod positions;
mod reduced;
mod rotary;
mod sequence;
mod shape;
mod single;
mod source;
mod workspaces;

use lookalike_kernels::{
    Epilogue, Isa, Matrix, MatrixMut, PackedLinear, bf16, int8, layer_norm, linear,
};

use crate::devices::accelerator::AcceleratedTransformer;
use crate::devices::device_error::DeviceError;

pub(crate) use arithmetic::{Arithmetic, choose_arithmetic};
pub(crate) use entry::{Entry, Places};
pub use linear::Linear;
pub use norm::Norm;
pub use output::Output;
pub(crate) use pictures::Pictures;
pub(crate) use positions::{Positions, Resampling};
pub(crate) use rotary::Rotary;
pub use rotary::Rotation;
pub use sequence::{PictureTokens, Sequence, SequenceContent, TokenPlaces};
pub use shape::{Mlp, Norms, Shape, Sight};
pub use source::{LayerParts, LayerSource, Patches, Source};
pub(crate) use workspaces::Workspaces;

/// All weights of a transformer, where it is computed.
pub(crate) struct Network(Place);

#[expect(clippy::large_enum_variant, reason = "a model has two of them at most")]
enum Place {
    Cpu(Frame, Body),
    Accelerated(Box<dyn AcceleratedTransformer>),
}

/// What surrounds the layers and stays in f32.
struct Frame {
    shape: Shape,
    isa: Isa,
    /// Of tokens before the first layer.
    norm_before: Option<Norm>,
    /// Of the final tokens.
    norm_after: Option<Norm>,
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
    /// Over the tokens behind either half, where they stand there.
    behind: Option<[Norm; 2]>,
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
    /// The final tokens of each sequence, `width` values each: one, or as many as it has.
    ///
    /// Runs in the current thread pool.
    ///
    /// # Errors
    /// The device fails; the CPU never does.
    pub(crate) fn forward(
        &self,
        sequences: &[Sequence<'_>],
        output: Output,
        workspace: &mut Workspace,
    ) -> Result<Vec<Vec<f32>>, DeviceError> {
        let (frame, body) = match &self.0 {
            Place::Cpu(frame, body) => (frame, body),
            Place::Accelerated(network) => return network.forward(sequences, output),
        };
        Ok(match body {
            Body::Single(body) => body.forward(frame, sequences, output, &mut workspace.single),
            Body::Bf16(body) => body.forward(frame, sequences, output, &mut workspace.bf16),
            Body::Int8(body) => body.forward(frame, sequences, output, &mut workspace.int8),
        })
    }
}

impl Frame {
    /// The layer norm before the layers, of rows that lie `stride` apart, in place; `narrow` is
    /// room for one.
    fn enter(&self, rows: &mut [f32], stride: usize, narrow: &mut Vec<f32>) {
        if let Some(norm) = &self.norm_before {
            self.normalise_rows(norm, rows, stride, narrow);
        }
    }

    /// A layer norm of rows that lie `stride` apart, in place; `narrow` is room for one.
    fn normalise_rows(&self, norm: &Norm, rows: &mut [f32], stride: usize, narrow: &mut Vec<f32>) {
        for row in rows.chunks_mut(stride) {
            let row = &mut row[..self.shape.width];
            narrow.clear();
            narrow.extend_from_slice(row);
            self.normalise(norm, narrow, row);
        }
    }

    /// What is wanted of a sequence's tokens, which lie `stride` apart, behind the final layer
    /// norm.
    fn leave(&self, tokens: &[f32], stride: usize, output: Output) -> Vec<f32> {
        let width = self.shape.width;
        let count = tokens.len() / stride;
        let wanted = match output {
            Output::First => 0..1,
            Output::Last => count - 1..count,
            Output::All => 0..count,
        };
        let mut out = vec![0.0; wanted.len() * width];
        for (index, out) in wanted.zip(out.chunks_mut(width)) {
            let row = &tokens[index * stride..][..width];
            match &self.norm_after {
                Some(norm) => self.normalise(norm, row, out),
                None => out.copy_from_slice(row),
            }
        }
        out
    }

    fn normalise(&self, norm: &Norm, row: &[f32], out: &mut [f32]) {
        let epsilon = self.shape.layer_norm_eps;
        layer_norm(self.isa, row, &norm.gain, &norm.bias, epsilon, out);
    }
}

/// One row through a linear map.
pub(crate) fn project(map: &PackedLinear, row: &[f32]) -> Vec<f32> {
    project_through(map, row, Epilogue::Bias)
}

/// The exact GELU of one row through a linear map.
pub(crate) fn project_gelu(map: &PackedLinear, row: &[f32]) -> Vec<f32> {
    project_through(map, row, Epilogue::BiasGelu)
}

/// The GELU of one row through a linear map, by the hyperbolic tangent.
pub(crate) fn project_gelu_tanh(map: &PackedLinear, row: &[f32]) -> Vec<f32> {
    project_through(map, row, Epilogue::BiasGeluTanh)
}

fn project_through(map: &PackedLinear, row: &[f32], epilogue: Epilogue<'_>) -> Vec<f32> {
    let mut out = vec![0.0; map.outputs()];
    let x = Matrix::new(row, 1, row.len(), row.len());
    let target = MatrixMut::new(&mut out, 1, map.outputs(), map.outputs());
    linear(x, map, epilogue, target);
    out
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
