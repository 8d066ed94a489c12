//! The [`Backend`] of every vector instruction set: its own register tile, the shared loops.

use super::bytes::{Products, QuantiseRows};
use super::lanes::{Lanes, Operation};
use super::{Depthwise, Finish, LayerNorm, Scale, Softmax, SwiGlu};
use crate::backend::{Backend, End, Epilogue, SoftmaxRow, Start};
use crate::bytes::{self, Bytes};
use crate::convolution::{Results, WindowRows};
use crate::matrix::Matrix;
use crate::matrix::{Strided, StridedMut};

/// What a vector instruction set brings besides its [`Lanes`].
pub(crate) trait Vectors: Lanes {
    /// See [`Backend::COLUMNS`]: two registers.
    const COLUMNS: usize;

    /// Runs `operation` where the compiler may use the instruction set.
    fn run<O: Operation>(self, operation: O) -> O::Output;

    /// The first `REGISTERS` registers of columns, 1 or 2, of [`Backend::tile`].
    fn tile<const REGISTERS: usize>(
        self,
        rows: usize,
        a: Strided<'_>,
        b: &[f32],
        c: StridedMut<'_>,
        start: Start,
        end: End<'_>,
    );
}

impl<V: Vectors> Backend for V {
    const ROWS: usize = V::TILE_ROWS;
    const COLUMNS: usize = V::COLUMNS;
    const GREATEST_LEVEL: u8 = <V as Lanes>::GREATEST_LEVEL;

    fn tile(
        self,
        rows: usize,
        a: Strided<'_>,
        b: &[f32],
        c: StridedMut<'_>,
        start: Start,
        end: End<'_>,
    ) {
        Vectors::tile::<2>(self, rows, a, b, c, start, end);
    }

    fn half_tile(
        self,
        rows: usize,
        a: Strided<'_>,
        b: &[f32],
        c: StridedMut<'_>,
        start: Start,
        end: End<'_>,
    ) {
        Vectors::tile::<1>(self, rows, a, b, c, start, end);
    }

    fn finish(
        self,
        rows: usize,
        sums: Strided<'_>,
        bias: &[f32],
        epilogue: Epilogue<'_>,
        out: StridedMut<'_>,
    ) {
        self.run(Finish {
            rows,
            sums,
            bias,
            epilogue,
            out,
        });
    }

    fn softmax(self, logits: &mut [f32], scale: f32, row: &mut SoftmaxRow) -> f32 {
        self.run(Softmax { logits, scale, row })
    }

    fn scale(self, values: &mut [f32], factor: f32) {
        self.run(Scale { values, factor });
    }

    fn layer_norm(self, x: &[f32], gain: &[f32], bias: &[f32], epsilon: f32, out: &mut [f32]) {
        self.run(LayerNorm {
            x,
            gain,
            bias,
            epsilon,
            out,
        });
    }

    fn swiglu(self, gate: &mut [f32], up: &[f32]) {
        self.run(SwiGlu { gate, up });
    }

    fn depthwise(self, rows: WindowRows<'_>, out: Results<'_>) {
        self.run(Depthwise { rows, out });
    }

    fn multiply_bytes(
        self,
        x: Bytes<'_>,
        weights: &bytes::PackedLinear,
        epilogue: bytes::Epilogue,
        out: StridedMut<'_>,
    ) {
        self.run(Products {
            x,
            weights,
            epilogue,
            out,
        });
    }

    fn quantise_rows(self, x: Matrix<'_>, out: &mut [u8], steps: &mut [f32]) {
        self.run(QuantiseRows { x, out, steps });
    }
}
