//! The precisions of the pointwise products, behind one trait.
//!
//! Depthwise convolutions and what lies between the blocks are f32 in all of them: their arithmetic
//! is a small part, and bf16 or bytes have to be widened for it. What products read is rounded.

use std::ops::Range;

use lookalike_kernels::bf16::{self, Blocked, BlockedMut, Tile, Variant};
use lookalike_kernels::bytes::{self, Bytes, quantise_rows};
use lookalike_kernels::convolution::{
    Band, GROUP, PackedDepthwise, depthwise, depthwise_bf16, depthwise_bytes,
};
use lookalike_kernels::{Epilogue, Isa, Matrix, MatrixMut, PackedLinear, linear};

/// What products are made in.
pub(in super::super) trait Arithmetic: Copy + Send + Sync {
    /// A packed linear map.
    type Linear: Send + Sync;
    /// Rows as products read them.
    type Operand: Default + Send;
    /// A product can begin at multiples of this many rows.
    const ROW_STEP: usize;

    /// Packs `weight`, outputs x inputs row by row, for inputs of one kind.
    fn pack(
        self,
        outputs: usize,
        inputs: usize,
        weight: &[f32],
        bias: &[f32],
        kind: Inputs<'_>,
    ) -> Self::Linear;

    /// Keeps in `operand` what products of [`Inputs::Pixels`] need of `rows` besides the rows
    /// themselves.
    fn prepare_pixels(self, rows: Matrix<'_>, operand: &mut Self::Operand) {
        self.prepare(rows, operand);
    }

    /// Keeps in `operand` what products of [`Inputs::Channels`] need of `rows` besides the rows
    /// themselves.
    fn prepare(self, rows: Matrix<'_>, operand: &mut Self::Operand);

    /// `out = relu6(x * weights^T + bias)` for the given rows of `x`, of which `operand` was
    /// prepared.
    fn relu6(
        self,
        x: Matrix<'_>,
        operand: &Self::Operand,
        rows: Range<usize>,
        weights: &Self::Linear,
        out: MatrixMut<'_>,
    );

    /// Makes `operand` large enough for rows of results of depthwise convolutions.
    fn reserve(self, operand: &mut Self::Operand, rows: usize, columns: usize);

    /// A group's part of `rows` rows of an operand.
    fn depthwise(
        self,
        weights: &PackedDepthwise,
        group: usize,
        band: Band<'_>,
        rows: Range<usize>,
        operand: &mut Self::Operand,
    );

    /// `out += operand * weights^T + bias` for all rows of `out`.
    fn add_product(self, operand: &Self::Operand, weights: &Self::Linear, out: MatrixMut<'_>);
}

/// What a linear map is applied to.
#[derive(Clone, Copy, Debug)]
pub(in super::super) enum Inputs<'a> {
    /// Pixels.
    Pixels,
    /// Channels between blocks, of either sign.
    Channels,
    /// Channels behind a ReLU6.
    Convolved {
        /// About how great each of them is.
        typical: &'a [f32],
    },
}

/// 32-bit floats throughout.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct F32(pub(in super::super) Isa);

impl Arithmetic for F32 {
    type Linear = PackedLinear;
    type Operand = Vec<f32>;
    const ROW_STEP: usize = 1;

    fn pack(
        self,
        outputs: usize,
        inputs: usize,
        weight: &[f32],
        bias: &[f32],
        _: Inputs<'_>,
    ) -> PackedLinear {
        PackedLinear::pack(self.0, outputs, inputs, weight, Some(bias))
    }

    fn prepare(self, _: Matrix<'_>, _: &mut Vec<f32>) {}

    fn relu6(
        self,
        x: Matrix<'_>,
        _: &Vec<f32>,
        rows: Range<usize>,
        weights: &PackedLinear,
        out: MatrixMut<'_>,
    ) {
        linear(x.slice(rows), weights, Epilogue::BiasRelu6, out);
    }

    fn reserve(self, operand: &mut Vec<f32>, rows: usize, columns: usize) {
        if operand.len() < rows * columns {
            operand.resize(rows * columns, 0.0);
        }
    }

    fn depthwise(
        self,
        weights: &PackedDepthwise,
        group: usize,
        band: Band<'_>,
        rows: Range<usize>,
        operand: &mut Vec<f32>,
    ) {
        let count = rows.len() * weights.window().outputs(band.width);
        let (channels, stride) = (weights.group_channels(group), weights.channels());
        let out = MatrixMut::new(&mut operand[group * GROUP..], count, channels, stride);
        depthwise(weights, group, band, rows, out);
    }

    fn add_product(self, operand: &Vec<f32>, weights: &PackedLinear, out: MatrixMut<'_>) {
        let inputs = weights.inputs();
        let x = Matrix::new(operand, out.rows(), inputs, inputs);
        linear(x, weights, Epilogue::BiasResidual, out);
    }
}

/// Products of bf16, summed in f32.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Bf16 {
    pub(in super::super) isa: Isa,
    pub(in super::super) variant: Variant,
}

impl Arithmetic for Bf16 {
    type Linear = bf16::PackedLinear;
    type Operand = Vec<Tile>;
    const ROW_STEP: usize = Tile::ROWS;

    fn pack(
        self,
        outputs: usize,
        inputs: usize,
        weight: &[f32],
        bias: &[f32],
        _: Inputs<'_>,
    ) -> Self::Linear {
        bf16::PackedLinear::pack(self.variant, outputs, inputs, weight, Some(bias))
    }

    fn prepare(self, rows: Matrix<'_>, operand: &mut Vec<Tile>) {
        self.reserve(operand, rows.rows(), rows.columns());
        BlockedMut::new(operand, rows.rows(), rows.columns()).write_rows(self.isa, rows);
    }

    fn relu6(
        self,
        x: Matrix<'_>,
        operand: &Vec<Tile>,
        rows: Range<usize>,
        weights: &Self::Linear,
        out: MatrixMut<'_>,
    ) {
        let depth = x.columns().div_ceil(Tile::COLUMNS);
        let first = &operand[rows.start / Tile::ROWS * depth..];
        let x = Blocked::new(first, rows.len(), x.columns());
        bf16::linear(x, weights, bf16::Output::Relu6(out));
    }

    fn reserve(self, operand: &mut Vec<Tile>, rows: usize, columns: usize) {
        let count = Blocked::tile_count(rows, columns);
        if operand.len() < count {
            operand.resize(count, Tile::ZERO);
        }
    }

    fn depthwise(
        self,
        weights: &PackedDepthwise,
        group: usize,
        band: Band<'_>,
        rows: Range<usize>,
        operand: &mut Vec<Tile>,
    ) {
        let count = rows.len() * weights.window().outputs(band.width);
        let mut out = BlockedMut::new(operand, count, weights.channels());
        depthwise_bf16(weights, group, band, rows, &mut out);
    }

    fn add_product(self, operand: &Vec<Tile>, weights: &Self::Linear, out: MatrixMut<'_>) {
        let x = Blocked::new(operand, out.rows(), weights.inputs());
        bf16::linear(x, weights, bf16::Output::Residual { out, scale: None });
    }
}

/// Products of bytes, summed in 32 bits, but for two kinds that stay f32: those of pixels, as paper
/// is the same everywhere and what rounding does to it would not average out, and those of few
/// channels between blocks, which are not faster in bytes.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Int8(pub(in super::super) Isa);

/// Fewest channels between blocks whose products are made of bytes. Measured on a Zen 4 with AVX2:
/// of 24 channels products of bytes took 1.5 times as long as in f32, of 48 as long, of 88 0.8.
const LEAST_CHANNELS: usize = 48;

/// A packed map of either kind.
pub(in super::super) enum Int8Linear {
    F32(PackedLinear),
    Bytes(bytes::PackedLinear),
}

/// Rows in bytes.
#[derive(Default)]
pub(in super::super) struct ByteRows {
    bytes: Vec<u8>,
    /// A step for each row, of channels between blocks.
    steps: Vec<f32>,
}

impl Arithmetic for Int8 {
    type Linear = Int8Linear;
    type Operand = ByteRows;
    const ROW_STEP: usize = 1;

    fn pack(
        self,
        outputs: usize,
        inputs: usize,
        weight: &[f32],
        bias: &[f32],
        kind: Inputs<'_>,
    ) -> Int8Linear {
        let in_bytes = |typical| {
            let packed = bytes::PackedLinear::pack(self.0, outputs, inputs, weight, bias, typical);
            Int8Linear::Bytes(packed)
        };
        match kind {
            Inputs::Channels if inputs >= LEAST_CHANNELS => in_bytes(None),
            Inputs::Pixels | Inputs::Channels => {
                let packed = PackedLinear::pack(self.0, outputs, inputs, weight, Some(bias));
                Int8Linear::F32(packed)
            }
            Inputs::Convolved { typical } => in_bytes(Some(typical)),
        }
    }

    fn prepare_pixels(self, _: Matrix<'_>, _: &mut ByteRows) {}

    fn prepare(self, rows: Matrix<'_>, operand: &mut ByteRows) {
        if rows.columns() < LEAST_CHANNELS {
            return;
        }
        self.reserve(operand, rows.rows(), rows.columns());
        if operand.steps.len() < rows.rows() {
            operand.steps.resize(rows.rows(), 0.0);
        }
        quantise_rows(self.0, rows, &mut operand.bytes, &mut operand.steps);
    }

    fn relu6(
        self,
        x: Matrix<'_>,
        operand: &ByteRows,
        rows: Range<usize>,
        weights: &Int8Linear,
        out: MatrixMut<'_>,
    ) {
        match weights {
            Int8Linear::F32(weights) => {
                linear(x.slice(rows), weights, Epilogue::BiasRelu6, out);
            }
            Int8Linear::Bytes(weights) => {
                let x = Bytes::signed(&operand.bytes, &operand.steps, x.rows(), x.columns());
                bytes::linear(x.slice(rows), weights, bytes::Epilogue::Relu6, out);
            }
        }
    }

    fn reserve(self, operand: &mut ByteRows, rows: usize, columns: usize) {
        let count = Bytes::count(rows, columns);
        if operand.bytes.len() < count {
            operand.bytes.resize(count, 0);
        }
    }

    fn depthwise(
        self,
        weights: &PackedDepthwise,
        group: usize,
        band: Band<'_>,
        rows: Range<usize>,
        operand: &mut ByteRows,
    ) {
        depthwise_bytes(weights, group, band, rows, &mut operand.bytes);
    }

    fn add_product(self, operand: &ByteRows, weights: &Int8Linear, out: MatrixMut<'_>) {
        match weights {
            Int8Linear::F32(_) => unreachable!("all that is convolved is multiplied in bytes"),
            Int8Linear::Bytes(weights) => {
                let x = Bytes::relu6(&operand.bytes, out.rows(), weights.inputs());
                bytes::linear(x, weights, bytes::Epilogue::Residual, out);
            }
        }
    }
}
