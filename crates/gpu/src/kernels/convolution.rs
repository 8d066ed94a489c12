//! Depthwise convolutions, and the pooling of pixels.

use lookalike_encoders::DeviceError;
use wgpu::ComputePipeline;

use super::{Number, stride, with_numbers, word};
use crate::card::Card;
use crate::memory::Buffer;
use crate::work::{Work, spread};

/// Threads of a work group.
const THREADS: usize = 64;

/// Channels of a work group that pools.
const POOLED: usize = 16;

/// How a convolution lies on pictures of one size.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Convolved {
    pub(crate) pictures: usize,
    /// Rows and columns of pixels that go in and come out.
    pub(crate) input: [usize; 2],
    pub(crate) output: [usize; 2],
    /// Pixels by which the first window reaches beyond the picture, above and to the left.
    pub(crate) padding: [usize; 2],
}

/// A depthwise convolution with its ReLU6.
#[derive(Debug)]
pub(crate) struct Depthwise {
    pipeline: ComputePipeline,
    weights: Buffer,
    channels: usize,
    kernel: usize,
    stride: usize,
}

impl Depthwise {
    /// `weight` is channels x kernel x kernel.
    pub(crate) fn load(
        card: &Card,
        number: Number,
        [kernel, step]: [usize; 2],
        weight: &[f32],
        bias: &[f32],
    ) -> Result<Self, DeviceError> {
        let channels = stride(bias.len());
        let taps = kernel * kernel;
        let mut weights = vec![0.0; (taps + 1) * channels];
        for (channel, (weight, &bias)) in weight.chunks(taps).zip(bias).enumerate() {
            for (tap, &weight) in weight.iter().enumerate() {
                weights[tap * channels + channel] = weight;
            }
            weights[taps * channels + channel] = bias;
        }
        let template = with_numbers(include_str!("../shaders/depthwise.wgsl"), &[number]);
        let constants = [("T", number.name().to_owned())];
        Ok(Self {
            pipeline: card.kernel(("depthwise", &template), &constants)?,
            weights: card.memory.filled("depthwise weights", &weights)?,
            channels,
            kernel,
            stride: step,
        })
    }

    pub(crate) fn run<'a>(
        &'a self,
        work: &mut Work<'a>,
        convolved: Convolved,
        x: &'a Buffer,
        results: &'a Buffer,
    ) {
        let Convolved {
            pictures,
            input: [height, width],
            output: [out_height, out_width],
            padding: [top, left],
        } = convolved;
        let count = pictures * out_height * out_width * self.channels / 4;
        let parameters = [
            count,
            self.channels / 4,
            self.kernel,
            self.stride,
            height,
            width,
            out_height,
            out_width,
            top,
            left,
        ];
        work.step(
            self.pipeline.clone(),
            &parameters.map(word),
            &[x, &self.weights, results],
            spread(count.div_ceil(THREADS)),
        );
    }
}

/// One row for the pixels of a picture.
#[derive(Debug)]
pub(crate) struct Pool {
    pipeline: ComputePipeline,
    /// Of the generalised mean; 0 for the mean.
    power: f32,
}

impl Pool {
    pub(crate) fn load(card: &Card, number: Number, power: f32) -> Result<Self, DeviceError> {
        let template = with_numbers(include_str!("../shaders/pool.wgsl"), &[number]);
        let constants = [("X", number.name().to_owned())];
        Ok(Self {
            pipeline: card.kernel(("pool", &template), &constants)?,
            power,
        })
    }

    /// A row of results for each of `pictures` of that many pixels.
    pub(crate) fn run<'a>(
        &'a self,
        work: &mut Work<'a>,
        (pictures, pixels, channels): (usize, usize, usize),
        x: &'a Buffer,
        results: &'a Buffer,
    ) {
        let row = stride(channels);
        work.step(
            self.pipeline.clone(),
            &[word(pixels), word(row), self.power.to_bits()],
            &[x, results],
            [row.div_ceil(POOLED), pictures, 1],
        );
    }
}
