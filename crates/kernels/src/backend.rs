//! What a variant must bring: register tiles and the element-wise loops around them.
//!
//! Blocking, packing and the order of work are written once, over this trait, in `gemm` and
//! `attention`. A variant never sees more than one tile or one row.

use crate::bytes::{Bytes, Epilogue as BytesEpilogue, PackedLinear as PackedBytes};
use crate::convolution::{Results, WindowRows};
use crate::matrix::{Matrix, Strided, StridedMut};

/// Whether a tile starts from zero or from what its destination holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    Zero,
    Destination,
}

/// What a tile stores.
#[derive(Clone, Copy, Debug)]
pub(crate) enum End<'a> {
    /// Its sums.
    Sums,
    /// `relu6(sum + bias)`, with a bias for every column.
    Relu6(&'a [f32]),
}

/// What happens to the sums of a matrix product before they are stored.
#[derive(Clone, Copy, Debug)]
pub enum Epilogue<'a> {
    /// `out = sum + bias`
    Bias,
    /// `out = min(max(sum + bias, 0), 6)`, the ReLU6 of MobileNets (Sandler and others, 2018)
    BiasRelu6,
    /// `out = gelu(sum + bias)`, the exact GELU `x / 2 * (1 + erf(x / sqrt 2))`
    BiasGelu,
    /// `out = silu(sum + bias)`, `silu(x) = x / (1 + e^-x)`. What CLIP calls quick GELU,
    /// `x * sigmoid(1.702 x)`, is this of 1.702 x, divided by 1.702.
    BiasSilu,
    /// `out = gelu(sum + bias)` as a hyperbolic tangent approximates it (Hendrycks and Gimpel,
    /// 2016): `x / 2 * (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))`
    BiasGeluTanh,
    /// `out += sum + bias`
    BiasResidual,
    /// `out += (sum + bias) * scale`, with a scale per column (LayerScale)
    BiasScaleResidual(&'a [f32]),
}

impl Epilogue<'_> {
    /// The part for `count` columns from `first` on.
    pub(crate) fn columns(self, first: usize, count: usize) -> Self {
        match self {
            Self::BiasScaleResidual(scale) => Self::BiasScaleResidual(&scale[first..][..count]),
            other => other,
        }
    }
}

/// The state of a streaming softmax over one row of logits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct SoftmaxRow {
    /// Greatest logit so far.
    pub(crate) maximum: f32,
    /// Sum of `exp(logit - maximum)` so far.
    pub(crate) sum: f32,
}

impl SoftmaxRow {
    pub(crate) const EMPTY: Self = Self {
        maximum: f32::NEG_INFINITY,
        sum: 0.0,
    };
}

pub(crate) trait Backend: Copy {
    /// Rows of a full tile.
    const ROWS: usize;
    /// Columns of a tile, and of a packed panel.
    const COLUMNS: usize;
    /// The greatest byte of an activation in [`crate::bytes`].
    const GREATEST_LEVEL: u8;

    /// `c[r][j] (+)= sum over k of a[r][k] * b[k][j]` for `rows` rows and `COLUMNS` columns, or
    /// ReLU6 of that.
    ///
    /// Rows of `a` lie `a_stride` apart and of `c` `c_stride` apart; `b` is dense,
    /// `b.len() / COLUMNS` deep. The sum runs over k in order, whatever `rows` is.
    ///
    /// # Panics
    /// `rows` is not in `1..=ROWS`, or a slice is too short.
    fn tile(
        self,
        rows: usize,
        a: Strided<'_>,
        b: &[f32],
        c: StridedMut<'_>,
        start: Start,
        end: End<'_>,
    );

    /// The first half of the columns of [`Backend::tile`], for last panels that have no more:
    /// `c` and the bias are half as wide, `b` is not.
    ///
    /// # Panics
    /// As [`Backend::tile`].
    fn half_tile(
        self,
        rows: usize,
        a: Strided<'_>,
        b: &[f32],
        c: StridedMut<'_>,
        start: Start,
        end: End<'_>,
    );

    /// Applies `epilogue` to `rows` rows of `bias.len()` sums and stores them in `out`.
    ///
    /// # Panics
    /// A slice is too short, or a scale has another length than `bias`.
    fn finish(
        self,
        rows: usize,
        sums: Strided<'_>,
        bias: &[f32],
        epilogue: Epilogue<'_>,
        out: StridedMut<'_>,
    );

    /// `logits` become `exp(scale * logit - maximum)`; the row's state moves on. Returns the
    /// factor by which everything gathered so far has to be multiplied.
    fn softmax(self, logits: &mut [f32], scale: f32, row: &mut SoftmaxRow) -> f32;

    /// `values *= factor`
    fn scale(self, values: &mut [f32], factor: f32);

    /// `out = (x - mean) / sqrt(variance + epsilon) * gain + bias`
    fn layer_norm(self, x: &[f32], gain: &[f32], bias: &[f32], epsilon: f32, out: &mut [f32]);

    /// `gate = silu(gate) * up`
    fn swiglu(self, gate: &mut [f32], up: &[f32]);

    /// See [`crate::convolution::depthwise`], which has checked the shapes.
    fn depthwise(self, rows: WindowRows<'_>, out: Results<'_>);

    /// See [`crate::bytes::linear`], which has checked the shapes.
    fn multiply_bytes(
        self,
        x: Bytes<'_>,
        weights: &PackedBytes,
        epilogue: BytesEpilogue,
        out: StridedMut<'_>,
    );

    /// See [`crate::bytes::quantise_rows`], which has checked the shapes; there are columns.
    fn quantise_rows(self, x: Matrix<'_>, out: &mut [u8], steps: &mut [f32]);
}

/// Panics unless a tile of `rows` rows and `columns` columns stays within its slices; returns the
/// depth.
pub(crate) fn check_tile<B: Backend>(
    rows: usize,
    columns: usize,
    a: Strided<'_>,
    b: &[f32],
    c: &StridedMut<'_>,
    end: End<'_>,
) -> usize {
    if let End::Relu6(bias) = end {
        assert!(bias.len() >= columns, "a bias for every column");
    }
    let depth = b.len() / B::COLUMNS;
    assert!((1..=B::ROWS).contains(&rows), "a tile of {rows} rows");
    assert_eq!(b.len(), depth * B::COLUMNS, "a panel with a torn row");
    assert!(
        fits(rows, depth, a.stride, a.data.len()),
        "operand shorter than the tile"
    );
    assert!(
        fits(rows, columns, c.stride, c.data.len()),
        "output shorter than the tile"
    );
    depth
}

/// Whether `rows` rows of `columns` elements, `stride` apart, lie within `length`. A stride
/// beyond the slice is refused before it is multiplied, so that nothing overflows.
fn fits(rows: usize, columns: usize, stride: usize, length: usize) -> bool {
    if rows == 1 {
        return columns <= length;
    }
    stride <= length && (rows - 1) * stride + columns <= length
}
