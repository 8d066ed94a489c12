//! 256-bit vectors: tiles of 6 rows by 16 columns.

mod lanes;
mod tile;

use crate::backend::{Backend, End, Epilogue, SoftmaxRow, Start, Strided, StridedMut};
use crate::convolution::{Results, WindowRows};
use crate::isa::Avx2;
use crate::vector::{Depthwise, Finish, LayerNorm, Operation, Scale, Softmax, SwiGlu};

/// Runs `operation` where the compiler may use AVX2 and FMA.
#[inline]
fn run<O: Operation>(token: Avx2, operation: O) -> O::Output {
    #[target_feature(enable = "avx2,fma")]
    fn enabled<O: Operation>(token: Avx2, operation: O) -> O::Output {
        operation.run(token)
    }
    // SAFETY: the token proves that this CPU has every feature listed on `enabled`.
    unsafe { enabled(token, operation) }
}

impl Backend for Avx2 {
    // 12 accumulators, 2 registers of the panel and a broadcast: 15 of 16.
    const ROWS: usize = tile::ROWS;
    const COLUMNS: usize = tile::COLUMNS;

    fn tile(
        self,
        rows: usize,
        a: Strided<'_>,
        b: &[f32],
        c: StridedMut<'_>,
        start: Start,
        end: End<'_>,
    ) {
        tile::multiply::<2>(self, rows, a, b, c, start, end);
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
        tile::multiply::<1>(self, rows, a, b, c, start, end);
    }

    fn finish(
        self,
        rows: usize,
        sums: Strided<'_>,
        bias: &[f32],
        epilogue: Epilogue<'_>,
        out: StridedMut<'_>,
    ) {
        run(
            self,
            Finish {
                rows,
                sums,
                bias,
                epilogue,
                out,
            },
        );
    }

    fn softmax(self, logits: &mut [f32], scale: f32, row: &mut SoftmaxRow) -> f32 {
        run(self, Softmax { logits, scale, row })
    }

    fn scale(self, values: &mut [f32], factor: f32) {
        run(self, Scale { values, factor });
    }

    fn layer_norm(self, x: &[f32], gain: &[f32], bias: &[f32], epsilon: f32, out: &mut [f32]) {
        run(
            self,
            LayerNorm {
                x,
                gain,
                bias,
                epsilon,
                out,
            },
        );
    }

    fn swiglu(self, gate: &mut [f32], up: &[f32]) {
        run(self, SwiGlu { gate, up });
    }

    fn depthwise(self, rows: WindowRows<'_>, out: Results<'_>) {
        run(self, Depthwise { rows, out });
    }
}
