//! Borrowed row-major matrices whose bounds are checked once, when they are made.

use std::ops::Range;

/// Rows that lie `stride` elements apart.
#[derive(Clone, Copy)]
pub(crate) struct Strided<'a> {
    pub(crate) data: &'a [f32],
    pub(crate) stride: usize,
}

/// Writable rows that lie `stride` elements apart.
pub(crate) struct StridedMut<'a> {
    pub(crate) data: &'a mut [f32],
    pub(crate) stride: usize,
}

/// A read-only row-major matrix, perhaps a block of a wider one.
#[derive(Clone, Copy, Debug)]
pub struct Matrix<'a> {
    data: &'a [f32],
    rows: usize,
    columns: usize,
    stride: usize,
}

impl<'a> Matrix<'a> {
    /// `rows` by `columns` elements of `data`, a row every `stride` elements.
    ///
    /// # Panics
    /// `stride < columns`, or the last row ends beyond `data`.
    #[must_use]
    pub fn new(data: &'a [f32], rows: usize, columns: usize, stride: usize) -> Self {
        check_bounds(data.len(), rows, columns, stride);
        Self {
            data,
            rows,
            columns,
            stride,
        }
    }

    /// Number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Elements per row.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Elements from one row to the next.
    #[must_use]
    pub fn stride(&self) -> usize {
        self.stride
    }

    /// The elements of row `index`.
    ///
    /// # Panics
    /// `index` is not below [`Matrix::rows`].
    #[must_use]
    pub fn row(&self, index: usize) -> &'a [f32] {
        assert!(
            index < self.rows,
            "row {index} of a matrix of {} rows",
            self.rows
        );
        &self.data[index * self.stride..][..self.columns]
    }

    /// Some of the rows.
    ///
    /// # Panics
    /// `rows` ends beyond [`Matrix::rows`], or before it begins.
    #[must_use]
    pub fn slice(&self, rows: Range<usize>) -> Self {
        assert!(
            rows.start <= rows.end && rows.end <= self.rows,
            "rows {rows:?} of a matrix of {} rows",
            self.rows
        );
        // The last row may end before its stride does.
        let start = (rows.start * self.stride).min(self.data.len());
        Self {
            data: &self.data[start..],
            rows: rows.len(),
            ..*self
        }
    }

    /// The rows from (`row`, `column`) on.
    pub(crate) fn block(&self, row: usize, column: usize) -> Strided<'a> {
        Strided {
            data: &self.data[row * self.stride + column..],
            stride: self.stride,
        }
    }
}

/// A writable row-major matrix, perhaps a block of a wider one.
#[derive(Debug)]
pub struct MatrixMut<'a> {
    data: &'a mut [f32],
    rows: usize,
    columns: usize,
    stride: usize,
}

impl<'a> MatrixMut<'a> {
    /// `rows` by `columns` elements of `data`, a row every `stride` elements.
    ///
    /// # Panics
    /// `stride < columns`, or the last row ends beyond `data`.
    #[must_use]
    pub fn new(data: &'a mut [f32], rows: usize, columns: usize, stride: usize) -> Self {
        check_bounds(data.len(), rows, columns, stride);
        Self {
            data,
            rows,
            columns,
            stride,
        }
    }

    /// Number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Elements per row.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// The rows from (`row`, `column`) on.
    pub(crate) fn block(&mut self, row: usize, column: usize) -> StridedMut<'_> {
        StridedMut {
            data: &mut self.data[row * self.stride + column..],
            stride: self.stride,
        }
    }
}

fn check_bounds(length: usize, rows: usize, columns: usize, stride: usize) {
    assert!(stride >= columns, "stride {stride} below {columns} columns");
    if rows > 0 && columns > 0 {
        let needed = (rows - 1)
            .checked_mul(stride)
            .and_then(|start| start.checked_add(columns));
        assert!(
            needed.is_some_and(|needed| needed <= length),
            "{rows} x {columns} elements, stride {stride}, do not fit in {length}"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::{Matrix, MatrixMut};

    #[test]
    fn reads_blocks_of_wider_matrices() {
        let data: Vec<f32> = (0..12).map(|i| i as f32).collect();
        let block = Matrix::new(&data[1..], 3, 2, 4);
        assert_eq!(block.row(2), [9.0, 10.0]);
        assert_eq!(block.slice(1..3).row(1), [9.0, 10.0]);
        assert_eq!(block.slice(3..3).rows(), 0);
        assert_eq!(Matrix::new(&[], 0, 5, 5).rows(), 0);
    }

    #[test]
    #[should_panic(expected = "do not fit in 11")]
    fn refuses_rows_beyond_the_data() {
        let _ = Matrix::new(&[0.0; 11], 3, 4, 4);
    }

    #[test]
    #[should_panic(expected = "stride 3 below 4 columns")]
    fn refuses_overlapping_rows() {
        let _ = MatrixMut::new(&mut [0.0; 12], 3, 4, 3);
    }

    #[test]
    #[should_panic(expected = "do not fit")]
    fn refuses_sizes_that_overflow() {
        let _ = Matrix::new(&[0.0; 8], usize::MAX, 2, usize::MAX / 2);
    }
}
