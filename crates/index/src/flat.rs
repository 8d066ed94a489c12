//! The exact index: every live vector is compared with the query.
//!
//! Vectors lie in immutable segments, and a snapshot is a list of them. A search takes the
//! snapshot of the moment and holds no lock after that; a writer builds the next snapshot beside
//! it, sharing all segments that stay, and puts it in place. So a search neither waits for a
//! writer nor sees half of what one call added or removed.

mod scan;
mod segment;
mod snapshot;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use lookalike_kernels::Isa;
use lookalike_kernels::distance::Rows as KernelRows;

use self::segment::{Rows, segment_rows};
use self::snapshot::Snapshot;
use crate::input::{check_queries, check_query, check_vectors, last_by_id};
use crate::score::Scorer;
use crate::{Hit, IndexError, Metric, SearchParams};

/// Size of an index.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct IndexStats {
    /// Items that a search can find.
    pub len: usize,
    /// Memory held by vectors, ids and marks.
    pub bytes: usize,
    /// Rows of removed or replaced items that still take memory: at most as many as live ones.
    pub removed: usize,
    /// Segments that the rows lie in.
    pub segments: usize,
}

/// Vectors by item id, searched exactly. Shared between threads: searches run on a snapshot and
/// do not wait for writers, writers take turns.
#[derive(Debug)]
pub struct FlatIndex {
    dim: usize,
    metric: Metric,
    isa: Isa,
    /// Locked for the length of a pointer copy only.
    current: RwLock<Arc<Snapshot>>,
    /// Held by a writer from reading the snapshot to replacing it.
    writer: Mutex<()>,
}

impl FlatIndex {
    /// An empty index of vectors with `dim` values, with the kernels of [`Isa::active`].
    #[must_use]
    pub fn new(dim: usize, metric: Metric) -> Self {
        Self {
            dim,
            metric,
            isa: Isa::active(),
            current: RwLock::default(),
            writer: Mutex::default(),
        }
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

    /// Adds `vectors`, `[ids][dim]`, of any length. An item that is there already gets the new
    /// vector; of an id that comes twice, the last one counts. Searches see all of it or nothing.
    ///
    /// Cost: besides the vectors, a few microseconds for each hundred segments (see
    /// [`IndexStats`]), so many items in one call are cheaper than many calls.
    ///
    /// # Errors
    /// [`IndexError::NoDimension`], [`IndexError::WrongLength`], [`IndexError::NoIds`] or [`IndexError::NonFinite`], each with
    /// the item; nothing was added then.
    pub fn add(&self, ids: &[u64], vectors: &[f32]) -> Result<(), IndexError> {
        check_vectors(self.dim, ids, vectors)?;
        let order = last_by_id(ids);
        let sorted_ids: Vec<u64> = order.iter().map(|&index| ids[index]).collect();
        let blocks = order.chunks(segment_rows(self.dim)).map(|order| {
            let ids = order.iter().map(|&index| ids[index]).collect();
            let mut block = Vec::with_capacity(order.len() * self.dim);
            for &index in order {
                block.extend_from_slice(&vectors[index * self.dim..][..self.dim]);
            }
            Rows::new(self.metric, self.dim, ids, block)
        });
        let blocks = blocks.collect();
        self.update(|next| {
            next.remove(&sorted_ids);
            next.append(blocks);
        });
        Ok(())
    }

    /// Removes items; returns how many of them were there. Searches see all of it or nothing.
    pub fn remove(&self, ids: &[u64]) -> usize {
        let mut sorted_ids = ids.to_vec();
        sorted_ids.sort_unstable();
        sorted_ids.dedup();
        self.update(|next| next.remove(&sorted_ids))
    }

    /// Number of items.
    #[must_use]
    pub fn len(&self) -> usize {
        self.snapshot().live
    }

    /// Whether there is no item.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the item is there.
    #[must_use]
    pub fn contains(&self, id: u64) -> bool {
        self.snapshot().find(id).is_some()
    }

    /// The vector of an item as it was added, to the bit.
    #[must_use]
    pub fn vector(&self, id: u64) -> Option<Vec<f32>> {
        let snapshot = self.snapshot();
        let (segment, row) = snapshot.find(id)?;
        Some(segment.rows.vector(row, self.dim).to_vec())
    }

    /// The best items for one query, best first, ties by id. Exact.
    ///
    /// The answer does not depend on the number of threads: those of the current rayon pool
    /// share the work where there is enough of it.
    ///
    /// # Errors
    /// [`IndexError::NoDimension`], [`IndexError::QueryLength`], [`IndexError::NonFiniteQuery`] or
    /// [`IndexError::ThresholdNotANumber`].
    pub fn search(&self, query: &[f32], params: &SearchParams<'_>) -> Result<Vec<Hit>, IndexError> {
        check_query(self.dim, query)?;
        Ok(self.search_batch(query, params)?.pop().unwrap_or_default())
    }

    /// [`FlatIndex::search`] for each query of `queries`, `[count][dim]`, on one snapshot; the
    /// vectors are read from memory once for several queries.
    ///
    /// # Errors
    /// As for one query.
    pub fn search_batch(
        &self,
        queries: &[f32],
        params: &SearchParams<'_>,
    ) -> Result<Vec<Vec<Hit>>, IndexError> {
        check_queries(self.dim, queries)?;
        if params.threshold.is_some_and(f32::is_nan) {
            return Err(IndexError::ThresholdNotANumber);
        }
        let snapshot = self.snapshot();
        Ok(self.scan(&snapshot, queries, params))
    }

    /// The score of each item, `None` where there is no such item.
    ///
    /// # Errors
    /// [`IndexError::NoDimension`], [`IndexError::QueryLength`] or [`IndexError::NonFiniteQuery`].
    pub fn scores(&self, query: &[f32], ids: &[u64]) -> Result<Vec<Option<f32>>, IndexError> {
        check_query(self.dim, query)?;
        let scorer = Scorer::new(self.isa, self.metric, self.dim, query);
        let snapshot = self.snapshot();
        let mut scores = Vec::new();
        let score_of = |&id| {
            let (segment, row) = snapshot.find(id)?;
            let rows = KernelRows::All(segment.rows.vector(row, self.dim));
            let inverse_length = segment.rows.inverse_lengths.get(row).copied();
            scorer.score(rows, &inverse_length.into_iter(), &mut scores);
            scores.first().copied()
        };
        Ok(ids.iter().map(score_of).collect())
    }

    /// Size of the index.
    #[must_use]
    pub fn stats(&self) -> IndexStats {
        let snapshot = self.snapshot();
        let segments = &snapshot.segments;
        let rows: usize = segments.iter().map(|segment| segment.rows.ids.len()).sum();
        IndexStats {
            len: snapshot.live,
            bytes: segments.iter().map(segment::Segment::bytes).sum(),
            removed: rows - snapshot.live,
            segments: segments.len(),
        }
    }

    fn snapshot(&self) -> Arc<Snapshot> {
        let current = self.current.read();
        // A snapshot is replaced as a whole: a panic elsewhere cannot have left it half-written.
        Arc::clone(&current.unwrap_or_else(PoisonError::into_inner))
    }

    fn update<R>(&self, change: impl FnOnce(&mut Snapshot) -> R) -> R {
        let _turn = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let mut next = Snapshot::clone(&self.snapshot());
        let result = change(&mut next);
        next.tidy(self.dim);
        let mut next = Arc::new(next);
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::swap(&mut *current, &mut next);
        // Freeing the old snapshot may take a while: not under the lock.
        drop(current);
        drop(next);
        result
    }
}
