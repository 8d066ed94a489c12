//! Activations in bytes.

use std::ops::Range;

/// Bytes that an instruction multiplies and adds for each sum.
pub const FOUR: usize = 4;

/// What becomes the greatest byte of a result of ReLU6.
pub(crate) const RELU6_LIMIT: f32 = 6.0;

/// Rows with no greater magnitude are zeros: the inverse of a step would not be an f32.
pub(crate) const LEAST: f32 = 1e-36;

/// A read-only matrix of bytes, row by row, each row filled up to a multiple of [`FOUR`] with
/// anything.
#[derive(Clone, Copy, Debug)]
pub struct Bytes<'a> {
    fours: &'a [[u8; FOUR]],
    rows: usize,
    columns: usize,
    /// A step for each row; none for results of ReLU6.
    steps: Option<&'a [f32]>,
}

impl<'a> Bytes<'a> {
    /// Bytes of a matrix.
    #[must_use]
    pub fn count(rows: usize, columns: usize) -> usize {
        rows * columns.next_multiple_of(FOUR)
    }

    /// Results of ReLU6, as [`crate::convolution::depthwise_bytes`] writes them to the first of
    /// `data`.
    ///
    /// # Panics
    /// There are fewer bytes than [`Bytes::count`].
    #[must_use]
    pub fn relu6(data: &'a [u8], rows: usize, columns: usize) -> Self {
        Self {
            fours: fours(data, rows, columns),
            rows,
            columns,
            steps: None,
        }
    }

    /// Numbers of either sign, as [`super::quantise_rows`] writes them to the first of `data` and
    /// `steps`.
    ///
    /// # Panics
    /// There are fewer bytes than [`Bytes::count`], or fewer steps than rows.
    #[must_use]
    pub fn signed(data: &'a [u8], steps: &'a [f32], rows: usize, columns: usize) -> Self {
        Self {
            fours: fours(data, rows, columns),
            rows,
            columns,
            steps: Some(&steps[..rows]),
        }
    }

    /// Some of the rows.
    ///
    /// # Panics
    /// `rows` ends beyond the last one, or before it begins.
    #[must_use]
    pub fn slice(&self, rows: Range<usize>) -> Self {
        let stride = self.columns.div_ceil(FOUR);
        Self {
            fours: &self.fours[rows.start * stride..rows.end * stride],
            rows: rows.len(),
            columns: self.columns,
            steps: self.steps.map(|steps| &steps[rows]),
        }
    }

    /// Number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Bytes per row that count.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns
    }

    #[inline(always)]
    pub(crate) fn row(&self, row: usize) -> &'a [[u8; FOUR]] {
        let stride = self.columns.div_ceil(FOUR);
        &self.fours[row * stride..][..stride]
    }

    #[inline(always)]
    pub(crate) fn steps(&self) -> Option<&'a [f32]> {
        self.steps
    }
}

fn fours(data: &[u8], rows: usize, columns: usize) -> &[[u8; FOUR]] {
    let count = rows.checked_mul(columns.div_ceil(FOUR));
    let (fours, _) = data.as_chunks();
    match count {
        Some(count) if count <= fours.len() => &fours[..count],
        _ => panic!("{rows} x {columns} do not fit in {} bytes", data.len()),
    }
}

/// The byte of the number zero where activations have a sign.
pub(crate) fn middle(greatest_level: u8) -> u8 {
    greatest_level / 2 + 1
}
