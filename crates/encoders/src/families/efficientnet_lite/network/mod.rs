//! The layers of a network, packed for the CPU, and what is made of one image.

mod arithmetic;
mod block;
mod stem;

use lookalike_imaging::RgbImage;
use lookalike_kernels::convolution::GROUP;
use lookalike_kernels::{Epilogue, Isa, Matrix, MatrixMut, PackedLinear, linear, pool};

use super::config::{Config, Layer};
use crate::normalize::normalize;

pub(super) use arithmetic::{Arithmetic, Bf16, F32, Inputs, Int8};
pub(super) use block::{InvertedResidual, Source};
pub(super) use stem::Levels;

use block::{BlockMemory, Map};
use stem::Picture;

/// All weights of a model.
pub(super) struct Network<A: Arithmetic> {
    pub(super) arithmetic: A,
    pub(super) levels: Levels,
    pub(super) blocks: Vec<InvertedResidual<A>>,
    pub(super) head: Head<A>,
    pub(super) ending: Ending,
}

/// From what the layers give to embeddings and tokens.
pub(super) struct Ending {
    pub(super) config: Config,
    pub(super) isa: Isa,
    /// From all taps to the embedding.
    pub(super) projection: Option<PackedLinear>,
    /// From a block's channels to tokens.
    pub(super) tokens: Option<PackedLinear>,
}

/// The convolution behind the last block, in parts of [`GROUP`] outputs.
pub(super) struct Head<A: Arithmetic> {
    pub(super) groups: Vec<A::Linear>,
}

/// Memory of a forward pass, to be reused between calls to one network.
pub(super) struct Workspace<A: Arithmetic> {
    maps: [Map<A>; 2],
    memory: BlockMemory<A>,
}

impl<A: Arithmetic> Default for Workspace<A> {
    fn default() -> Self {
        Self {
            maps: [Map::default(), Map::default()],
            memory: BlockMemory::default(),
        }
    }
}

/// What is wanted of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    Embedding,
    /// The embedding and the patch tokens.
    Tokens,
}

/// What a network makes of an image.
pub(super) struct Features {
    /// Of length 1.
    pub(super) embedding: Vec<f32>,
    /// Row by row; empty if not wanted.
    pub(super) tokens: Vec<f32>,
    /// Tokens from top to bottom and from left to right.
    pub(super) grid: (usize, usize),
}

impl<A: Arithmetic> Network<A> {
    /// The features of one image, on the calling thread alone.
    pub(super) fn forward(
        &self,
        image: &RgbImage,
        wanted: Wanted,
        workspace: &mut Workspace<A>,
    ) -> Features {
        let picture = Picture {
            image,
            levels: &self.levels,
        };
        let config = &self.ending.config;
        let mut taps: Vec<Vec<f32>> = vec![Vec::new(); config.taps.len()];
        let (mut tokens, mut grid) = (Vec::new(), (0, 0));
        let Workspace { maps, memory } = workspace;
        let [input, output] = maps;
        for (index, block) in self.blocks.iter().enumerate() {
            block.forward(self.arithmetic, &picture, input, memory, output);
            for (tap, values) in config.taps.iter().zip(&mut taps) {
                if tap.layer == Layer::Block(index) {
                    values.resize(output.channels, 0.0);
                    pool(self.ending.isa, output.matrix(), tap.pooling, values);
                }
            }
            if index == config.tokens.block && wanted == Wanted::Tokens {
                grid = self.ending.grid(image);
                tokens = self
                    .ending
                    .patch_tokens(output.matrix(), output.width, grid);
            }
            std::mem::swap(input, output);
        }
        self.pool_head(input, memory, &mut taps);
        Features {
            embedding: self.ending.embedding(taps),
            tokens,
            grid,
        }
    }

    /// Pools the head for the taps that want it, a group of its channels at a time.
    fn pool_head(&self, input: &Map<A>, memory: &mut BlockMemory<A>, taps: &mut [Vec<f32>]) {
        let Ending { config, isa, .. } = &self.ending;
        if config.taps.iter().all(|tap| tap.layer != Layer::Head) {
            return;
        }
        let x = input.matrix();
        memory
            .group
            .resize(memory.group.len().max(x.rows()), [0.0; GROUP]);
        for (index, map) in self.head.groups.iter().enumerate() {
            let channels = GROUP.min(config.head_channels - index * GROUP);
            let group = memory.group.as_flattened_mut();
            let out = MatrixMut::new(group, x.rows(), channels, GROUP);
            self.arithmetic
                .relu6(x, &input.operand, 0..x.rows(), map, out);
            let group = Matrix::new(group, x.rows(), channels, GROUP);
            for (tap, values) in config.taps.iter().zip(&mut *taps) {
                if tap.layer == Layer::Head {
                    values.resize(config.head_channels, 0.0);
                    let values = &mut values[index * GROUP..][..channels];
                    pool(*isa, group, tap.pooling, values);
                }
            }
        }
    }
}

impl Ending {
    /// The embedding, of length 1, from what each tap gave.
    pub(super) fn embedding(&self, mut taps: Vec<Vec<f32>>) -> Vec<f32> {
        if self.config.normalizes_taps {
            taps.iter_mut().for_each(|tap| normalize(tap));
        }
        let tapped = taps.concat();
        let mut embedding = self.projection.as_ref().map_or_else(
            || tapped.clone(),
            |projection| {
                map_rows(
                    projection,
                    Matrix::new(&tapped, 1, tapped.len(), tapped.len()),
                )
            },
        );
        normalize(&mut embedding);
        let common = self.config.common_share;
        if common > 0.0 {
            let own = (1.0 - common).sqrt();
            embedding.iter_mut().for_each(|value| *value *= own);
            embedding.push(common.sqrt());
        }
        embedding
    }

    /// Tokens from top to bottom and from left to right.
    pub(super) fn grid(&self, image: &RgbImage) -> (usize, usize) {
        let patch = self.config.token_stride();
        let patches = |side: u32| side as usize / patch;
        (patches(image.height()), patches(image.width()))
    }

    /// The tokens of the patches that lie within the image as a whole: windows are padded, so
    /// that a block has outputs also for a rest behind the last one. `output` has a row for each pixel
    /// of the block, `width` from left to right.
    pub(super) fn patch_tokens(
        &self,
        output: Matrix<'_>,
        width: usize,
        (rows, columns): (usize, usize),
    ) -> Vec<f32> {
        let mut tokens = Vec::with_capacity(rows * columns * self.config.tokens.dim);
        for row in 0..rows {
            let first = row * width;
            let x = output.slice(first..first + columns);
            match &self.tokens {
                Some(map) => tokens.extend(map_rows(map, x)),
                None => (0..columns).for_each(|column| tokens.extend(x.row(column))),
            }
        }
        tokens
    }
}

fn map_rows(map: &PackedLinear, x: Matrix<'_>) -> Vec<f32> {
    let columns = map.outputs();
    let mut out = vec![0.0; x.rows() * columns];
    let target = MatrixMut::new(&mut out, x.rows(), columns, columns);
    linear(x, map, Epilogue::Bias, target);
    out
}
