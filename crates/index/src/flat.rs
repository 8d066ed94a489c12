//! The exact index: every live vector is compared with the query.

use crate::{Hit, IndexError, Metric, SearchParams};

/// Size of an index.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct IndexStats {
    /// Items that a search can find.
    pub len: usize,
    /// Memory held by vectors, ids and marks.
    pub bytes: usize,
    /// Rows of removed or replaced items that still take memory.
    pub removed: usize,
    /// Blocks of rows.
    pub segments: usize,
}

/// Vectors by item id, searched exactly. Shared between threads: searches run on a snapshot and
/// never wait for writers.
#[derive(Debug)]
pub struct FlatIndex {
    dim: usize,
    metric: Metric,
}

#[expect(unused_variables, reason = "API before bodies")]
impl FlatIndex {
    /// An empty index of vectors with `dim` values.
    #[must_use]
    pub fn new(dim: usize, metric: Metric) -> Self {
        Self { dim, metric }
    }

    /// Values in one vector.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// How vectors are compared.
    #[must_use]
    pub fn metric(&self) -> Metric {
        self.metric
    }

    /// Adds `vectors[i * dim..][..dim]` as the vector of `ids[i]`.
    pub fn add(&self, ids: &[u64], vectors: &[f32]) -> Result<(), IndexError> {
        todo!()
    }

    /// Removes items; returns how many of them were there.
    pub fn remove(&self, ids: &[u64]) -> usize {
        todo!()
    }

    /// Number of items.
    #[must_use]
    pub fn len(&self) -> usize {
        todo!()
    }

    /// Whether there is no item.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the item is there.
    #[must_use]
    pub fn contains(&self, id: u64) -> bool {
        todo!()
    }

    /// The vector of an item as it was added, to the bit.
    #[must_use]
    pub fn vector(&self, id: u64) -> Option<Vec<f32>> {
        todo!()
    }

    /// The best items for one query, best first, ties by id.
    pub fn search(&self, query: &[f32], params: &SearchParams<'_>) -> Result<Vec<Hit>, IndexError> {
        todo!()
    }

    /// The same for each query of `queries`, `[count][dim]`.
    pub fn search_batch(
        &self,
        queries: &[f32],
        params: &SearchParams<'_>,
    ) -> Result<Vec<Vec<Hit>>, IndexError> {
        todo!()
    }

    /// The score of each item, `None` where there is no such item.
    pub fn scores(&self, query: &[f32], ids: &[u64]) -> Result<Vec<Option<f32>>, IndexError> {
        todo!()
    }

    /// Size of the index.
    #[must_use]
    pub fn stats(&self) -> IndexStats {
        todo!()
    }
}
