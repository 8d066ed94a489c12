//! Rows of equal length in chunks that snapshots share, or that lie in a file.
//!
//! A copy of the whole costs a pointer for each chunk; writing to a row copies its chunk where
//! another snapshot still has it, or where it lies in a file, and only then.

use std::sync::Arc;

use lookalike_kernels::distance::codes::Line;

use crate::file::Block;

/// A value of a row.
pub(crate) trait Value: Clone + Default {
    /// Values that lie in a file as they do in memory.
    fn view(bytes: &[u8]) -> &[Self];

    /// The other way round.
    fn bytes(values: &[Self]) -> &[u8];
}

macro_rules! values_of_files {
    ($($value:ty),*) => {$(
        impl Value for $value {
            #[inline]
            fn view(bytes: &[u8]) -> &[Self] {
                bytemuck::cast_slice(bytes)
            }

            fn bytes(values: &[Self]) -> &[u8] {
                bytemuck::cast_slice(values)
            }
        }
    )*};
}

values_of_files!(u32, u64, f32, crate::graph::Links);

impl Value for Line {
    #[inline]
    fn view(bytes: &[u8]) -> &[Self] {
        Self::of_bytes(bytes)
    }

    fn bytes(values: &[Self]) -> &[u8] {
        Self::to_bytes(values)
    }
}

/// Rows of `row_len` values, appended and changed in place.
#[derive(Clone, Debug)]
pub(crate) struct Chunked<T> {
    /// All of one size, but for a last one that lies in a file; rows beyond `len` hold defaults.
    chunks: Vec<Chunk<T>>,
    row_len: usize,
    /// A chunk has two to this power rows.
    shift: u32,
    len: usize,
}

#[derive(Clone, Debug)]
enum Chunk<T> {
    Owned(Arc<[T]>),
    Mapped(Block),
}

impl<T: Value> Chunk<T> {
    #[inline]
    fn values(&self) -> &[T] {
        match self {
            Self::Owned(values) => values,
            Self::Mapped(block) => T::view(block.bytes()),
        }
    }
}

impl<T: Value> Chunked<T> {
    /// No rows yet. Chunks have about `chunk_bytes`: what is copied at a time, so few where writes
    /// are scattered.
    pub(crate) fn new(row_len: usize, chunk_bytes: usize) -> Self {
        let rows = chunk_bytes / (size_of::<T>() * row_len).max(1);
        Self {
            chunks: Vec::new(),
            row_len,
            shift: rows.clamp(8, 4096).ilog2(),
            len: 0,
        }
    }

    /// Puts rows in place that lie in a file, in blocks as long as chunks are, but for the last.
    /// There are no others yet.
    pub(crate) fn set_mapped(&mut self, len: usize, blocks: impl Iterator<Item = Block>) {
        self.chunks = blocks.map(Chunk::Mapped).collect();
        self.len = len;
    }

    /// Values in a row.
    pub(crate) fn row_len(&self) -> usize {
        self.row_len
    }

    /// Rows of a chunk.
    pub(crate) fn chunk_rows(&self) -> usize {
        1 << self.shift
    }

    /// Number of rows.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    #[inline]
    pub(crate) fn row(&self, row: u32) -> &[T] {
        let (chunk, first) = self.place(row as usize);
        &self.chunks[chunk].values()[first..][..self.row_len]
    }

    /// The rows from `first` on that lie beside one another, before `end`; `first` is below it.
    #[inline]
    pub(crate) fn run(&self, first: usize, end: usize) -> &[T] {
        let (chunk, place) = self.place(first);
        let rows = (self.chunk_rows() - (first & (self.chunk_rows() - 1))).min(end - first);
        &self.chunks[chunk].values()[place..][..rows * self.row_len]
    }

    pub(crate) fn row_mut(&mut self, row: u32) -> &mut [T] {
        let (chunk, first) = self.place(row as usize);
        let row_len = self.row_len;
        &mut self.chunk_mut(chunk)[first..][..row_len]
    }

    /// Appends a row of defaults, to be written.
    pub(crate) fn push(&mut self) -> &mut [T] {
        let (chunk, first) = self.place(self.len);
        if chunk == self.chunks.len() {
            let values = self.row_len << self.shift;
            let chunk = std::iter::repeat_n(T::default(), values).collect();
            self.chunks.push(Chunk::Owned(chunk));
        }
        self.len += 1;
        let row_len = self.row_len;
        &mut self.chunk_mut(chunk)[first..][..row_len]
    }

    /// The rows of each chunk, in order.
    pub(crate) fn chunks(&self) -> impl Iterator<Item = &[T]> {
        let rows = self.chunk_rows();
        (0..self.len)
            .step_by(rows)
            .map(move |first| self.run(first, self.len))
    }

    /// All rows, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[T]> {
        self.chunks()
            .flat_map(|chunk| chunk.chunks_exact(self.row_len))
    }

    /// Memory held, in bytes, without what values point to or what lies in a file.
    pub(crate) fn bytes(&self) -> usize {
        let held = |chunk: &Chunk<T>| match chunk {
            Chunk::Owned(values) => size_of_val(&values[..]),
            Chunk::Mapped(_) => 0,
        };
        self.chunks.iter().map(held).sum::<usize>() + size_of_val(&self.chunks[..])
    }

    fn chunk_mut(&mut self, chunk: usize) -> &mut [T] {
        let chunk = &mut self.chunks[chunk];
        if let Chunk::Mapped(_) = chunk {
            let values = chunk.values().iter().cloned();
            let full = self.row_len << self.shift;
            let padded = values.chain(std::iter::repeat(T::default())).take(full);
            *chunk = Chunk::Owned(padded.collect());
        }
        match chunk {
            Chunk::Owned(values) => Arc::make_mut(values),
            Chunk::Mapped(_) => &mut [],
        }
    }

    #[inline]
    fn place(&self, row: usize) -> (usize, usize) {
        let offset = row & ((1 << self.shift) - 1);
        (row >> self.shift, offset * self.row_len)
    }
}
