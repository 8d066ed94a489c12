//! Rows of equal length in chunks that snapshots share.
//!
//! A copy of the whole costs a pointer for each chunk; writing to a row copies its chunk where
//! another snapshot still has it, and only then.

use std::sync::Arc;

/// Rows of `row_len` values, appended and changed in place.
#[derive(Clone, Debug)]
pub(super) struct Chunked<T> {
    /// All of one size; rows beyond `len` hold defaults.
    chunks: Vec<Arc<[T]>>,
    row_len: usize,
    /// A chunk has two to this power rows.
    shift: u32,
    len: usize,
}

impl<T: Clone + Default> Chunked<T> {
    /// No rows yet. Chunks have about `chunk_bytes`: what is copied at a time, so few where writes
    /// are scattered.
    pub(super) fn new(row_len: usize, chunk_bytes: usize) -> Self {
        let rows = chunk_bytes / (size_of::<T>() * row_len).max(1);
        Self {
            chunks: Vec::new(),
            row_len,
            shift: rows.clamp(8, 4096).ilog2(),
            len: 0,
        }
    }

    /// Values in a row.
    pub(super) fn row_len(&self) -> usize {
        self.row_len
    }

    /// Number of rows.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    #[inline]
    pub(super) fn row(&self, row: u32) -> &[T] {
        let (chunk, first) = self.place(row as usize);
        &self.chunks[chunk][first..][..self.row_len]
    }

    pub(super) fn row_mut(&mut self, row: u32) -> &mut [T] {
        let (chunk, first) = self.place(row as usize);
        &mut Arc::make_mut(&mut self.chunks[chunk])[first..][..self.row_len]
    }

    /// Appends a row of defaults, to be written.
    pub(super) fn push(&mut self) -> &mut [T] {
        let (chunk, first) = self.place(self.len);
        if chunk == self.chunks.len() {
            let values = self.row_len << self.shift;
            self.chunks
                .push(std::iter::repeat_n(T::default(), values).collect());
        }
        self.len += 1;
        &mut Arc::make_mut(&mut self.chunks[chunk])[first..][..self.row_len]
    }

    /// All rows, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[T]> {
        let rows = self
            .chunks
            .iter()
            .flat_map(|chunk| chunk.chunks_exact(self.row_len));
        rows.take(self.len)
    }

    /// Memory held, in bytes, without what values point to.
    pub(super) fn bytes(&self) -> usize {
        self.chunks
            .iter()
            .map(|chunk| size_of_val(&chunk[..]) + size_of::<Arc<[T]>>())
            .sum()
    }

    #[inline]
    fn place(&self, row: usize) -> (usize, usize) {
        let offset = row & ((1 << self.shift) - 1);
        (row >> self.shift, offset * self.row_len)
    }
}
