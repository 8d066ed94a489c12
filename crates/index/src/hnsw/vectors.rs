//! Where the vectors of rows lie: those of a reopened index outside it, those added since in it.

use std::fmt;
use std::sync::Arc;

use super::chunks::Chunked;

/// Vectors by row, for an index that was read from a file: a matrix in memory, or in a file that
/// is mapped. Rows are numbered as [`crate::HnswIndex::save`] listed them.
pub trait Vectors: fmt::Debug + Send + Sync {
    /// Number of rows.
    fn len(&self) -> usize;

    /// Whether there are no rows.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The vector of a row below [`Vectors::len`], with as many values as the index has
    /// dimensions. It never changes.
    fn row(&self, row: usize) -> &[f32];
}

/// Rows from outside, then rows that were added.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    outside: Option<Arc<dyn Vectors>>,
    /// Rows that lie outside.
    outside_len: usize,
    added: Chunked<f32>,
}

impl Stored {
    pub(super) fn new(dim: usize, chunk_bytes: usize) -> Self {
        Self {
            outside: None,
            outside_len: 0,
            added: Chunked::new(dim, chunk_bytes),
        }
    }

    /// Puts the rows that are there outside.
    pub(super) fn set_outside(&mut self, vectors: Arc<dyn Vectors>) {
        self.outside_len = vectors.len();
        self.outside = Some(vectors);
    }

    pub(super) fn push(&mut self, vector: &[f32]) {
        self.added.push().copy_from_slice(vector);
    }

    pub(super) fn row(&self, row: u32) -> &[f32] {
        let index = row as usize;
        match &self.outside {
            Some(outside) if index < self.outside_len => outside.row(index),
            _ => self.added.row(row - self.outside_len as u32),
        }
    }

    /// Memory held, in bytes: what lies outside is not counted.
    pub(super) fn bytes(&self) -> usize {
        self.added.bytes()
    }
}
