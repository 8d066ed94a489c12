//! Kernels that go over rows: norms, the tokens of pictures, angles, rows that are wanted.

use bytemuck::{Pod, Zeroable};
use lookalike_encoders::{DeviceError, Norm};
use wgpu::ComputePipeline;

use super::{Number, stride, with_numbers, word};
use crate::card::Card;
use crate::memory::Buffer;
use crate::work::{Work, spread};

/// A layer norm of rows of f32.
#[derive(Debug)]
pub(crate) struct Normalise {
    pipeline: ComputePipeline,
    weights: Buffer,
    width: usize,
    epsilon: f32,
}

impl Normalise {
    pub(crate) fn load(
        card: &Card,
        norm: &Norm,
        epsilon: f32,
        results: Number,
    ) -> Result<Self, DeviceError> {
        let weights = [&norm.gain[..], &norm.bias[..]].concat();
        Ok(Self {
            pipeline: card.kernel(
                (
                    "norm",
                    &with_numbers(include_str!("../shaders/norm.wgsl"), &[results]),
                ),
                &[
                    ("OUT", results.name().to_owned()),
                    ("MOST", results.most().to_owned()),
                ],
            )?,
            weights: card.memory.filled("norm", &weights)?,
            width: norm.gain.len(),
            epsilon,
        })
    }

    pub(crate) fn run<'a>(
        &'a self,
        work: &mut Work<'a>,
        rows: usize,
        x: &'a Buffer,
        results: &'a Buffer,
    ) {
        let row = word(stride(self.width));
        work.step(
            self.pipeline.clone(),
            &[
                word(rows),
                word(self.width),
                row,
                row,
                self.epsilon.to_bits(),
            ],
            &[x, &self.weights, results],
            spread(rows),
        );
    }
}

/// Where a patch lies: see the shader.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct Patch {
    /// First byte of its picture.
    pub(crate) start: u32,
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Its left upper pixel.
    pub(crate) left: i32,
    pub(crate) top: i32,
}

/// Pixels of patches as rows, normalised.
#[derive(Debug)]
pub(crate) struct Unfold {
    pipeline: ComputePipeline,
    side: usize,
    mean: [f32; 3],
    std: [f32; 3],
}

impl Unfold {
    /// Of patches of `side` pixels.
    pub(crate) fn load(
        card: &Card,
        number: Number,
        side: usize,
        mean: [f32; 3],
        std: [f32; 3],
    ) -> Result<Self, DeviceError> {
        let template = with_numbers(include_str!("../shaders/unfold.wgsl"), &[number]);
        let constants = [("T", number.name().to_owned())];
        Ok(Self {
            pipeline: card.kernel(("unfold", &template), &constants)?,
            side,
            mean,
            std,
        })
    }

    pub(crate) fn run<'a>(
        &'a self,
        work: &mut Work<'a>,
        rows: usize,
        [pixels, patches]: [&'a Buffer; 2],
        results: &'a Buffer,
    ) {
        let row = stride(3 * self.side * self.side);
        let mut parameters = vec![word(rows), word(self.side), word(row), 0];
        for colours in [self.mean, self.std] {
            parameters.extend(colours.map(f32::to_bits));
            parameters.push(0);
        }
        work.step(
            self.pipeline.clone(),
            &parameters,
            &[pixels, patches, results],
            spread(rows),
        );
    }
}

/// Patches and leading tokens put in order.
#[derive(Debug)]
pub(crate) struct Place(ComputePipeline);

impl Place {
    /// In the tables of [`Place::run`] and [`Rotate::run`]: there is none.
    pub(crate) const NONE: u32 = u32::MAX;

    pub(crate) fn load(card: &Card) -> Result<Self, DeviceError> {
        let template = include_str!("../shaders/place.wgsl");
        Ok(Self(card.kernel(("place", template), &[])?))
    }

    /// `tokens` has two numbers a row: its patch, and its start.
    pub(crate) fn run<'a>(
        &'a self,
        work: &mut Work<'a>,
        (rows, width): (usize, usize),
        [patches, starts, tokens]: [&'a Buffer; 3],
        results: &'a Buffer,
    ) {
        work.step(
            self.0.clone(),
            &[word(rows), word(stride(width))],
            &[patches, starts, tokens, results],
            spread(rows),
        );
    }
}

/// Queries and keys turned by angles.
#[derive(Debug)]
pub(crate) struct Rotate {
    pipeline: ComputePipeline,
    /// Values of all heads of a token, and of a head.
    width: usize,
    head_size: usize,
}

impl Rotate {
    pub(crate) fn load(
        card: &Card,
        number: Number,
        width: usize,
        head_size: usize,
    ) -> Result<Self, DeviceError> {
        let template = with_numbers(include_str!("../shaders/rotate.wgsl"), &[number]);
        let constants = [("T", number.name().to_owned())];
        Ok(Self {
            pipeline: card.kernel(("rotate", &template), &constants)?,
            width,
            head_size,
        })
    }

    /// `tokens` has a number a row: its row of angles.
    pub(crate) fn run<'a>(
        &'a self,
        work: &mut Work<'a>,
        rows: usize,
        [angles, tokens]: [&'a Buffer; 2],
        qkv: &'a Buffer,
    ) {
        work.step(
            self.pipeline.clone(),
            &[
                word(rows),
                word(3 * self.width),
                word(self.width),
                word(self.head_size / 2),
            ],
            &[angles, tokens, qkv],
            spread(rows),
        );
    }
}

/// Some rows of a matrix.
#[derive(Debug)]
pub(crate) struct Gather(ComputePipeline);

impl Gather {
    pub(crate) fn load(card: &Card, number: Number) -> Result<Self, DeviceError> {
        let template = with_numbers(include_str!("../shaders/gather.wgsl"), &[number]);
        let constants = [("T", number.name().to_owned())];
        Ok(Self(card.kernel(("gather", &template), &constants)?))
    }

    /// `wanted` has a row of `x` for each row of the results.
    pub(crate) fn run<'a>(
        &'a self,
        work: &mut Work<'a>,
        (rows, width): (usize, usize),
        [x, wanted]: [&'a Buffer; 2],
        results: &'a Buffer,
    ) {
        work.step(
            self.0.clone(),
            &[word(rows), word(stride(width))],
            &[x, wanted, results],
            spread(rows),
        );
    }
}
