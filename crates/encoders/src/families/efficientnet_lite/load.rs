//! From named tensors to layers, and to packed ones.
//!
//! Batch norms are folded into the convolutions in front of them, in double precision; files
//! that come folded have biases instead. Names are those of the PyPI package
//! efficientnet-lite-pytorch.

use lookalike_imaging::ProcessorConfig;
use lookalike_kernels::Isa;
use lookalike_kernels::convolution::{GROUP, PackedDepthwise};

use super::config::{Block, Config};
use super::network::{Arithmetic, Ending, Head, Inputs, InvertedResidual, Levels, Network, Source};
use crate::devices::convolutional::{BlockParts, Convolution};
use crate::error::LoadError;
use crate::transformer::Linear;
use crate::weights::{Tally, Weights};

/// Added to the variance in batch norms.
const EPSILON: f64 = 1e-3;

/// What a channel behind a ReLU6 counts for at least when weights are rounded. Measured on real
/// sheets, the cosine of embeddings to those in f32 was the same from 0.02 to 0.3.
const LEAST_TYPICAL: f32 = 0.02;

/// Reads a network.
pub(super) struct Loader<'a> {
    pub(super) config: &'a Config,
    pub(super) weights: &'a Weights,
    pub(super) tally: &'a Tally,
}

/// A network as it is in its files, with batch norms folded in.
pub(super) struct Parts {
    pub(super) stem: Convolution,
    pub(super) blocks: Vec<BlockParts>,
    pub(super) head: Convolution,
    /// From all taps to the embedding; none where the taps are the embedding.
    projection: Option<Linear>,
    /// From the channels of a block to its tokens; none where those are the tokens.
    tokens: Option<Linear>,
}

impl Loader<'_> {
    /// Reads and folds the weights.
    ///
    /// # Errors
    /// A tensor is missing, misshapen or unreadable.
    pub(super) fn load(&self) -> Result<Parts, LoadError> {
        let config = self.config;
        let stem = self.convolution("_conv_stem", "_bn0", &[config.stem_channels, 3, 3, 3])?;
        let blocks = config.blocks.iter().enumerate();
        let blocks = blocks.map(|(index, &block)| self.block(index, block));
        let blocks = blocks.collect::<Result<_, LoadError>>()?;
        let last = config
            .blocks
            .last()
            .map_or(config.stem_channels, |block| block.outputs);
        let tokens = config.tokens;
        Ok(Parts {
            // Patches have the colours of a pixel side by side, PyTorch a plane of each.
            stem: Convolution {
                weight: colours_last(&stem.weight),
                bias: stem.bias,
            },
            blocks,
            head: self.convolution("_conv_head", "_bn1", &[config.head_channels, last, 1, 1])?,
            projection: self.linear("projection", config.projected(), config.tapped())?,
            tokens: self.linear("tokens", tokens.dim, config.blocks[tokens.block].outputs)?,
        })
    }

    fn block(&self, index: usize, block: Block) -> Result<BlockParts, LoadError> {
        let kernel = block.window.kernel();
        let name = |tail: &str| format!("_blocks.{index}.{tail}");
        let convolution = |convolution: &str, norm: &str, shape: &[usize]| {
            self.convolution(&name(convolution), &name(norm), shape)
        };
        let expand = (index > 0).then(|| {
            let shape = [block.expanded, block.inputs, 1, 1];
            convolution("_expand_conv", "_bn0", &shape)
        });
        Ok(BlockParts {
            expand: expand.transpose()?,
            depthwise: convolution(
                "_depthwise_conv",
                "_bn1",
                &[block.expanded, 1, kernel, kernel],
            )?,
            window: block.window,
            project: convolution(
                "_project_conv",
                "_bn2",
                &[block.outputs, block.expanded, 1, 1],
            )?,
            is_residual: block.is_residual,
        })
    }

    /// A linear map; none if there is none and none is needed.
    fn linear(
        &self,
        name: &str,
        outputs: usize,
        inputs: usize,
    ) -> Result<Option<Linear>, LoadError> {
        // Without a map the sizes are the same; if they differ, its absence is the fault.
        if outputs == inputs && !self.weights.contains(&format!("{name}.weight")) {
            return Ok(None);
        }
        Ok(Some(Linear {
            outputs,
            inputs,
            weight: self.read(&format!("{name}.weight"), &[outputs, inputs])?,
            bias: Some(self.read(&format!("{name}.bias"), &[outputs])?),
        }))
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

impl Parts {
    /// What makes an embedding and tokens of what the layers give.
    pub(super) fn ending(&self, config: &Config, isa: Isa) -> Ending {
        Ending {
            config: config.clone(),
            isa,
            projection: self.projection.as_ref().map(|map| map.packed(isa)),
            tokens: self.tokens.as_ref().map(|map| map.packed(isa)),
        }
    }

    /// The network, packed for the CPU.
    pub(super) fn pack<A: Arithmetic>(
        &self,
        config: &Config,
        processor: &ProcessorConfig,
        isa: Isa,
        arithmetic: A,
    ) -> Network<A> {
        let groups = |map: &Convolution, kind| groups(arithmetic, map, kind);
        let blocks = self
            .blocks
            .iter()
            .zip(&config.blocks)
            .map(|(parts, &block)| {
                // A channel that is convolved is about its bias where what it sees is small, and never
                // below zero; none is always zero.
                let bias = parts.depthwise.bias.iter();
                let typical: Vec<f32> = bias.map(|bias| bias.clamp(LEAST_TYPICAL, 6.0)).collect();
                let (weight, bias) = (&parts.depthwise.weight, &parts.depthwise.bias);
                InvertedResidual {
                    config: block,
                    source: match &parts.expand {
                        Some(expand) => Source::Expand(groups(expand, Inputs::Channels)),
                        None => Source::Stem(groups(&self.stem, Inputs::Pixels)),
                    },
                    depthwise: PackedDepthwise::pack(isa, block.window, weight, bias),
                    project: arithmetic.pack(
                        block.outputs,
                        block.expanded,
                        &parts.project.weight,
                        &parts.project.bias,
                        Inputs::Convolved { typical: &typical },
                    ),
                }
            });
        Network {
            arithmetic,
            levels: Levels::new(processor),
            blocks: blocks.collect(),
            head: Head {
                groups: groups(&self.head, Inputs::Channels),
            },
            ending: self.ending(config, isa),
        }
    }
}

/// A linear map of pixels in parts of [`GROUP`] outputs.
fn groups<A: Arithmetic>(arithmetic: A, map: &Convolution, kind: Inputs<'_>) -> Vec<A::Linear> {
    let inputs = map.weight.len() / map.bias.len().max(1);
    let parts = map
        .weight
        .chunks((GROUP * inputs).max(1))
        .zip(map.bias.chunks(GROUP));
    parts
        .map(|(weight, bias)| arithmetic.pack(bias.len(), inputs, weight, bias, kind))
        .collect()
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
