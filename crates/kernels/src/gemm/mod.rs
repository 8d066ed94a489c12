//! Matrix products with weights that are packed once and used often.
//!
//! The blocking is the classic one (Goto and van de Geijn, 2008) less the packing of the left
//! operand: its rows are read where they lie, since each element is broadcast anyway. An
//! element of the result is summed over k in an order that depends on k alone, never on the
//! other rows, so a row's result is the same bit for bit in any batch.

mod packed;
#[cfg(test)]
mod tests;

use crate::backend::{Backend, End, Epilogue, Start};
use crate::dispatch::dispatch;
use crate::matrix::{Matrix, MatrixMut, Strided, StridedMut};

pub use packed::PackedLinear;
pub(crate) use packed::panel_width;

/// Depth of one pass over a panel. A panel block of 256 x 32 f32 is 32 KB and a tile's rows
/// 12 KB: together they stay in 48 KB of L1.
const DEPTH: usize = 256;

/// Rows that share a panel block while it is in L1; their sums (32 columns) take 12 KB.
const BLOCK_ROWS: usize = 96;

/// Widest panel of all variants.
const MAX_COLUMNS: usize = 32;

/// `out = epilogue(x * weights^T + bias)`: `x` is rows x inputs, `out` rows x outputs.
///
/// # Panics
/// The shapes of `x`, `out` or the epilogue's scale do not fit the weights.
pub fn linear(
    x: Matrix<'_>,
    weights: &PackedLinear,
    epilogue: Epilogue<'_>,
    mut out: MatrixMut<'_>,
) {
    assert_eq!(x.columns(), weights.inputs(), "columns of the left operand");
    assert_eq!(out.columns(), weights.outputs(), "columns of the output");
    assert_eq!(out.rows(), x.rows(), "rows of the output");
    if let Epilogue::BiasScaleResidual(scale) = epilogue {
        assert_eq!(scale.len(), weights.outputs(), "length of the scale");
    }
    dispatch!(weights.isa(), backend => run(backend, x, weights, epilogue, &mut out));
}

fn run<B: Backend>(
    backend: B,
    x: Matrix<'_>,
    weights: &PackedLinear,
    epilogue: Epilogue<'_>,
    out: &mut MatrixMut<'_>,
) {
    let mut sums = [0.0; BLOCK_ROWS * MAX_COLUMNS];
    for top in (0..x.rows()).step_by(BLOCK_ROWS) {
        let rows = BLOCK_ROWS.min(x.rows() - top);
        for (index, column) in (0..weights.outputs()).step_by(B::COLUMNS).enumerate() {
            let columns = B::COLUMNS.min(weights.outputs() - column);
            let panel = weights.panel(index);
            let bias = &weights.bias()[column..column + columns];
            let fills_tiles = columns == B::COLUMNS || columns == B::COLUMNS / 2;
            let is_one_pass = (1..=DEPTH).contains(&x.columns());
            if matches!(epilogue, Epilogue::BiasRelu6) && fills_tiles && is_one_pass {
                // Of few inputs the sums would take as long to store and load as to make.
                for (first, count) in tiles::<B>(rows) {
                    let first = top + first;
                    let (a, c) = (x.block(first, 0), out.block(first, column));
                    let end = End::Relu6(bias);
                    multiply_tile(backend, columns, count, a, panel, c, Start::Zero, end);
                }
                continue;
            }
            multiply_panel(backend, x, top, rows, columns, panel, &mut sums);
            backend.finish(
                rows,
                Strided {
                    data: &sums,
                    stride: B::COLUMNS,
                },
                bias,
                epilogue.columns(column, columns),
                out.block(top, column),
            );
        }
    }
}

/// Sums of `rows` rows from `top` on times the first `columns` of one panel, a row every
/// `B::COLUMNS` elements.
fn multiply_panel<B: Backend>(
    backend: B,
    x: Matrix<'_>,
    top: usize,
    rows: usize,
    columns: usize,
    panel: &[f32],
    sums: &mut [f32],
) {
    if x.columns() == 0 {
        sums[..rows * B::COLUMNS].fill(0.0);
    }
    let passes = x.columns().div_ceil(DEPTH).max(1);
    let depth = x.columns().div_ceil(passes);
    for (pass, block) in panel.chunks((depth * B::COLUMNS).max(1)).enumerate() {
        let start = if pass == 0 {
            Start::Zero
        } else {
            Start::Destination
        };
        for (first, count) in tiles::<B>(rows) {
            let a = x.block(top + first, pass * depth);
            let c = StridedMut {
                data: &mut sums[first * B::COLUMNS..],
                stride: B::COLUMNS,
            };
            multiply_tile(backend, columns, count, a, block, c, start, End::Sums);
        }
    }
}

/// A tile of `rows` rows, or half of one where that has all `columns`.
#[expect(clippy::too_many_arguments, reason = "those of a tile")]
#[inline]
fn multiply_tile<B: Backend>(
    backend: B,
    columns: usize,
    rows: usize,
    a: Strided<'_>,
    b: &[f32],
    c: StridedMut<'_>,
    start: Start,
    end: End<'_>,
) {
    if columns <= B::COLUMNS / 2 {
        backend.half_tile(rows, a, b, c, start, end);
    } else {
        backend.tile(rows, a, b, c, start, end);
    }
}

/// Cuts `rows` rows into as few tiles as possible, of heights that differ by at most 1: one
/// full tile and a thin rest would waste most of the rest's multiply-adds.
pub(crate) fn tiles<B: Backend>(rows: usize) -> impl Iterator<Item = (usize, usize)> {
    let count = rows.div_ceil(B::ROWS);
    (0..count).map(move |index| {
        let first = index * rows / count;
        (first, (index + 1) * rows / count - first)
    })
}
