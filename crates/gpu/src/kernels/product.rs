//! Matrix products.

use lookalike_encoders::DeviceError;
use wgpu::ComputePipeline;

use super::{Number, stride, with_numbers, word};
use crate::card::Card;
use crate::memory::Buffer;
use crate::work::Work;

const SHADER: &str = include_str!("../shaders/product.wgsl");

/// Rows, and columns, of a work group's tile.
const TILE: usize = 128;

/// Values of depth that go through shared memory at a time.
const DEPTH: usize = 16;

/// Row tiles along one dimension of a dispatch.
const MOST_TILES: usize = 32_768;

/// What happens to the sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Activation {
    None,
    Gelu,
    GeluTanh,
    QuickGelu,
    Relu6,
    /// `silu(a) * b` of the first and the second half of the outputs.
    SwiGlu,
    /// Added to what is there, times a scale if there is one.
    Residual,
}

/// What a product is made from.
pub(crate) struct ProductSource<'a> {
    pub(crate) outputs: usize,
    pub(crate) inputs: usize,
    /// Outputs x inputs, row by row.
    pub(crate) weight: &'a [f32],
    pub(crate) bias: Option<&'a [f32]>,
    /// A factor for each output, of residual products.
    pub(crate) scale: Option<&'a [f32]>,
    pub(crate) activation: Activation,
    /// How the weights lie in memory.
    pub(crate) number: Number,
    /// How the rows do, and the results.
    pub(crate) rows: Number,
    pub(crate) results: Number,
}

/// A linear map in the card's memory, with what happens to its sums.
#[derive(Debug)]
pub(crate) struct Product {
    pipeline: ComputePipeline,
    weights: Buffer,
    bias: Buffer,
    panels: usize,
    steps: usize,
    /// Of a row, in values, filled up.
    inputs: usize,
    outputs: usize,
}

impl Product {
    pub(crate) fn load(card: &Card, source: &ProductSource<'_>) -> Result<Self, DeviceError> {
        let is_gated = source.activation == Activation::SwiGlu;
        let outputs = if is_gated {
            source.outputs / 2
        } else {
            source.outputs
        };
        let across = if is_gated { TILE / 2 } else { TILE };
        let panels = outputs.div_ceil(across);
        // The output that a column of a panel is; none of those that fill it up.
        let output = |panel: usize, column: usize| {
            let index = panel * across + column % across;
            let half = column / across * outputs;
            (index < outputs).then_some(index + half)
        };
        let steps = source.inputs.div_ceil(DEPTH);
        let mut weights = vec![0.0; panels * steps * DEPTH * TILE];
        for (panel, weights) in weights.chunks_mut(steps * DEPTH * TILE).enumerate() {
            for column in 0..TILE {
                if let Some(output) = output(panel, column) {
                    let row = &source.weight[output * source.inputs..][..source.inputs];
                    for (depth, &weight) in row.iter().enumerate() {
                        weights[depth * TILE + column] = weight;
                    }
                }
            }
        }
        let column_values = |values: Option<&[f32]>, absent: f32| -> Vec<f32> {
            let value = |index: usize| {
                let output = output(index / TILE, index % TILE);
                output.map_or(0.0, |output| values.map_or(absent, |values| values[output]))
            };
            (0..panels * TILE).map(value).collect()
        };
        let mut bias = column_values(source.bias, 0.0);
        if source.activation == Activation::Residual {
            bias.extend(column_values(source.scale, 1.0));
        }
        let memory = &card.memory;
        Ok(Self {
            pipeline: pipeline(card, source)?,
            weights: source.number.upload(memory, "weights", &weights)?,
            bias: memory.filled("bias", &bias)?,
            panels,
            steps,
            inputs: stride(source.inputs),
            outputs: stride(outputs),
        })
    }

    /// Values of a row of results, filled up.
    pub(crate) fn outputs(&self) -> usize {
        self.outputs
    }

    /// Values of a row that it reads, filled up.
    pub(crate) fn inputs(&self) -> usize {
        self.inputs
    }

    /// `results = activation(x * weights^T + bias)` for that many rows.
    pub(crate) fn run<'a>(
        &'a self,
        work: &mut Work<'a>,
        rows: usize,
        x: &'a Buffer,
        results: &'a Buffer,
    ) {
        let tiles = rows.div_ceil(TILE);
        work.step(
            self.pipeline.clone(),
            &[
                word(rows),
                word(self.steps),
                word(self.inputs / 4),
                word(self.outputs / 4),
            ],
            &[x, &self.weights, &self.bias, results],
            [
                self.panels,
                tiles.min(MOST_TILES),
                tiles.div_ceil(MOST_TILES),
            ],
        );
    }
}

fn pipeline(card: &Card, source: &ProductSource<'_>) -> Result<ComputePipeline, DeviceError> {
    let ProductSource {
        activation,
        number,
        rows,
        results,
        ..
    } = *source;
    let (kind, activation) = match activation {
        Activation::None => ("PLAIN", "plain"),
        Activation::Gelu => ("PLAIN", "gelu"),
        Activation::GeluTanh => ("PLAIN", "gelu_tanh"),
        Activation::QuickGelu => ("PLAIN", "quick_gelu"),
        Activation::Relu6 => ("PLAIN", "relu6"),
        Activation::SwiGlu => ("GATED", "plain"),
        Activation::Residual => ("RESIDUAL", "plain"),
    };
    card.kernel(
        ("product", &with_numbers(SHADER, &[number, rows, results])),
        &[
            ("T", number.name().to_owned()),
            ("X", rows.name().to_owned()),
            ("OUT", results.name().to_owned()),
            ("MOST", results.most().to_owned()),
            ("ACTIVATION", activation.to_owned()),
            (kind, "yes".to_owned()),
        ],
    )
}
