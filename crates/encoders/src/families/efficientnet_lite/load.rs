//! From named tensors to packed layers.
//!
//! Batch norms are folded into the convolutions in front of them, in double precision; files
//! that come folded have biases instead. Names are those of the PyPI package
//! efficientnet-lite-pytorch.

use lookalike_imaging::ProcessorConfig;
use lookalike_kernels::convolution::{GROUP, PackedDepthwise};
use lookalike_kernels::{Isa, PackedLinear};

use super::config::{Block, Config};
use super::network::{Arithmetic, Head, Inputs, InvertedResidual, Levels, Network, Source};
use crate::error::LoadError;
use crate::weights::{Tally, Weights};

/// Added to the variance in batch norms.
const EPSILON: f64 = 1e-3;

/// What a channel behind a ReLU6 counts for at least when weights are rounded. Measured on real
/// sheets, the cosine of embeddings to those in f32 was the same from 0.02 to 0.3.
const LEAST_TYPICAL: f32 = 0.02;

/// What a network is made from.
pub(super) struct Loader<'a, A> {
    pub(super) config: &'a Config,
    /// How pixels are normalised.
    pub(super) processor: &'a ProcessorConfig,
    pub(super) weights: &'a Weights,
    pub(super) isa: Isa,
    pub(super) arithmetic: A,
    pub(super) tally: &'a Tally,
}

/// A convolution with its batch norm folded in.
struct Convolution {
    /// Outputs x whatever an output sees, row by row.
    weight: Vec<f32>,
    bias: Vec<f32>,
}

impl<A: Arithmetic> Loader<'_, A> {
    /// Reads, folds and packs the weights.
    ///
    /// # Errors
    /// A tensor is missing, misshapen or unreadable.
    pub(super) fn load(&self) -> Result<Network<A>, LoadError> {
        let config = self.config;
        let stem = self.convolution("_conv_stem", "_bn0", &[config.stem_channels, 3, 3, 3])?;
        // Patches have the colours of a pixel side by side, PyTorch a plane of each.
        let stem = Convolution {
            weight: colours_last(&stem.weight),
            bias: stem.bias,
        };
        let mut blocks = Vec::new();
        for (index, &block) in config.blocks.iter().enumerate() {
            let source = if index == 0 {
                Source::Stem(self.groups(&stem, 27, Inputs::Pixels))
            } else {
                let name = format!("_blocks.{index}._expand_conv");
                let norm = format!("_blocks.{index}._bn0");
                let shape = [block.expanded, block.inputs, 1, 1];
                let expand = self.convolution(&name, &norm, &shape)?;
                Source::Expand(self.groups(&expand, block.inputs, Inputs::Channels))
            };
            blocks.push(self.block(index, block, source)?);
        }
        let last = blocks
            .last()
            .map_or(config.stem_channels, |block| block.config.outputs);
        let shape = [config.head_channels, last, 1, 1];
        let head = self.convolution("_conv_head", "_bn1", &shape)?;
        Ok(Network {
            config: config.clone(),
            isa: self.isa,
            arithmetic: self.arithmetic,
            levels: Levels::new(self.processor),
            blocks,
            head: Head {
                groups: self.groups(&head, last, Inputs::Channels),
            },
            projection: self.projection()?,
            tokens: self.tokens()?,
        })
    }

    fn block(
        &self,
        index: usize,
        block: Block,
        source: Source<A>,
    ) -> Result<InvertedResidual<A>, LoadError> {
        let kernel = block.window.kernel();
        let name = |tail: &str| format!("_blocks.{index}.{tail}");
        let depthwise = self.convolution(
            &name("_depthwise_conv"),
            &name("_bn1"),
            &[block.expanded, 1, kernel, kernel],
        )?;
        let project = self.convolution(
            &name("_project_conv"),
            &name("_bn2"),
            &[block.outputs, block.expanded, 1, 1],
        )?;
        // A channel that is convolved is about its bias where what it sees is small, and never below
        // zero; none is always zero.
        let typical: Vec<f32> = depthwise
            .bias
            .iter()
            .map(|bias| bias.clamp(LEAST_TYPICAL, 6.0))
            .collect();
        Ok(InvertedResidual {
            config: block,
            source,
            depthwise: PackedDepthwise::pack(
                self.isa,
                block.window,
                &depthwise.weight,
                &depthwise.bias,
            ),
            project: self.arithmetic.pack(
                block.outputs,
                block.expanded,
                &project.weight,
                &project.bias,
                Inputs::Convolved { typical: &typical },
            ),
        })
    }

    /// A linear map in parts of [`GROUP`] outputs.
    fn groups(&self, map: &Convolution, inputs: usize, kind: Inputs<'_>) -> Vec<A::Linear> {
        let parts = map
            .weight
            .chunks(GROUP * inputs)
            .zip(map.bias.chunks(GROUP));
        parts
            .map(|(weight, bias)| self.arithmetic.pack(bias.len(), inputs, weight, bias, kind))
            .collect()
    }

    /// From all taps to the embedding; none where the taps are the embedding.
    fn projection(&self) -> Result<Option<PackedLinear>, LoadError> {
        let (outputs, inputs) = (self.config.projected(), self.config.tapped());
        // Without a projection the sizes are the same; if they differ, its absence is the fault.
        if outputs == inputs && !self.weights.contains("projection.weight") {
            return Ok(None);
        }
        self.linear("projection", outputs, inputs).map(Some)
    }

    /// From the channels of a block to its tokens; none where those are the tokens.
    fn tokens(&self) -> Result<Option<PackedLinear>, LoadError> {
        let tokens = self.config.tokens;
        let inputs = self.config.blocks[tokens.block].outputs;
        if tokens.dim == inputs && !self.weights.contains("tokens.weight") {
            return Ok(None);
        }
        self.linear("tokens", tokens.dim, inputs).map(Some)
    }

    fn linear(&self, name: &str, outputs: usize, inputs: usize) -> Result<PackedLinear, LoadError> {
        let weight = self.read(&format!("{name}.weight"), &[outputs, inputs])?;
        let bias = self.read(&format!("{name}.bias"), &[outputs])?;
        Ok(PackedLinear::pack(
            self.isa,
            outputs,
            inputs,
            &weight,
            Some(&bias),
        ))
    }

    fn read(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, LoadError> {
        self.tally.read(self.weights, name, name, shape)
    }

    /// Reads the convolution `name` and folds the batch norm `norm` into it, unless it has a bias.
    fn convolution(
        &self,
        name: &str,
        norm: &str,
        shape: &[usize],
    ) -> Result<Convolution, LoadError> {
        let outputs = [shape[0]];
        let mut weight = self.read(&format!("{name}.weight"), shape)?;
        let bias = format!("{name}.bias");
        if self.weights.contains(&bias) {
            let bias = self.read(&bias, &outputs)?;
            return Ok(Convolution { weight, bias });
        }
        let part = |tail: &str| self.read(&format!("{norm}.{tail}"), &outputs);
        let (gain, mut bias) = (part("weight")?, part("bias")?);
        let (mean, variance) = (part("running_mean")?, part("running_var")?);
        let seen = weight.len() / outputs[0];
        for (index, weights) in weight.chunks_mut(seen).enumerate() {
            let scale = f64::from(gain[index]) / (f64::from(variance[index]) + EPSILON).sqrt();
            for weight in weights {
                *weight = (f64::from(*weight) * scale) as f32;
            }
            bias[index] = (f64::from(bias[index]) - f64::from(mean[index]) * scale) as f32;
        }
        Ok(Convolution { weight, bias })
    }
}

/// `[outputs][colour][y][x]` to `[outputs][y][x][colour]`.
fn colours_last(weight: &[f32]) -> Vec<f32> {
    let mut out = Vec::with_capacity(weight.len());
    for weights in weight.chunks(27) {
        for position in 0..9 {
            out.extend((0..3).map(|colour| weights[colour * 9 + position]));
        }
    }
    out
}
