//! Products of bytes: activations without a sign, weights with one, for networks of inverted
//! residuals in int8.
//!
//! Activations are what a ReLU6 let through, in equal steps from 0 to 6, or rows of any numbers
//! around a middle, with a step for each row. Weights have a step for each output. Sums of products
//! are exact in 32 bits, and so the same in every variant of as many levels.
//!
//! [`crate::int8`] has signs on both sides, as transformers and tile registers want it. Without one,
//! results of ReLU6 have twice as many levels, and `vpdpbusd` takes them as they are.
//!
//! AVX2 has 128 levels instead of 256: its sums of two products must fit 16 bits.

mod pack;
mod rows;
#[cfg(test)]
mod tests;
mod weights;

use crate::backend::Backend;
use crate::dispatch::dispatch;
use crate::isa::Isa;
use crate::matrix::{Matrix, MatrixMut};

pub use rows::{Bytes, FOUR};
pub(crate) use rows::{LEAST, RELU6_LIMIT, middle};
pub use weights::{Epilogue, PackedLinear};

/// `out = epilogue(x * weights^T + bias)` in f32.
///
/// # Panics
/// The shapes of `x`, `weights` and `out` do not fit together.
pub fn linear(x: Bytes<'_>, weights: &PackedLinear, epilogue: Epilogue, mut out: MatrixMut<'_>) {
    assert_eq!(x.columns(), weights.inputs(), "columns of the left operand");
    assert_eq!(out.columns(), weights.outputs(), "columns of the output");
    assert_eq!(out.rows(), x.rows(), "rows of the output");
    if x.rows() == 0 || weights.outputs() == 0 {
        return;
    }
    let out = out.block(0, 0);
    dispatch!(weights.isa(), backend => backend.multiply_bytes(x, weights, epilogue, out));
}

/// Writes the rows of `x` to `out` in steps of a 127th (with AVX2 a 63rd) of their greatest
/// magnitude around a middle, and the steps to `steps`. A row of `out` has the columns of `x`,
/// rounded up to a multiple of [`FOUR`]. For [`Bytes::signed`].
///
/// A row whose greatest magnitude is below 1e-36 counts as zeros.
///
/// # Panics
/// `out` or `steps` is too short.
pub fn quantise_rows(isa: Isa, x: Matrix<'_>, out: &mut [u8], steps: &mut [f32]) {
    let stride = x.columns().next_multiple_of(FOUR);
    assert!(x.rows() * stride <= out.len(), "bytes of {} rows", x.rows());
    assert!(x.rows() <= steps.len(), "{} steps", steps.len());
    if x.columns() == 0 {
        return steps.fill(0.0);
    }
    dispatch!(isa, backend => backend.quantise_rows(x, out, steps));
}

/// The greatest byte of an activation.
pub(crate) fn greatest_level(isa: Isa) -> u8 {
    fn of<B: Backend>(_: B) -> u8 {
        B::GREATEST_LEVEL
    }
    dispatch!(isa, backend => of(backend))
}
