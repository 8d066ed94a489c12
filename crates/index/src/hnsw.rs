//! An approximate index: a graph of near neighbours, walked from afar towards the query
//! (hierarchical navigable small worlds: Malkov and Yashunin 2018).
//!
//! The walk compares codes of a byte a value, a quarter of what vectors take to read and to
//! hold; the candidates that it ends with are then compared exactly, so that scores are those of
//! [`crate::FlatIndex`] to the bit and only a neighbour that was never met can be missing.
//!
//! A snapshot is a list of chunks that never change while someone else has them. A search takes
//! the snapshot of the moment and holds no lock after that; a writer copies what it changes and
//! puts the next snapshot in place. So a search neither waits for a writer nor sees half of what
//! one call added or removed, and no links change under it.

mod build;
mod chunks;
mod file;
mod graph;
mod ids;
mod options;
mod query;
mod random;
mod rotation;
mod rows;
mod scratch;
mod snapshot;
#[cfg(test)]
mod tests;
mod vectors;
mod walk;

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use lookalike_kernels::Isa;
use lookalike_kernels::distance::codes::{Line, MOST_LINES};
use rayon::prelude::*;

pub use self::options::{HnswEffort, HnswOptions};
use self::scratch::Scratches;
use self::snapshot::Snapshot;
pub use self::vectors::Vectors;
use crate::input::{check_queries, check_query, check_vectors, last_by_id};
use crate::{Hit, IndexError, Metric, SearchParams};

/// Rows that a graph can have: their numbers take 31 bits.
const MOST_ROWS: usize = (1 << 31) - 1;

/// Size of a graph index.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct HnswStats {
    /// Items that a search can find.
    pub len: usize,
    /// Memory held by codes, links, ids and marks, and by vectors that do not lie outside.
    pub bytes: usize,
    /// Of these, vectors.
    pub vector_bytes: usize,
    /// Rows of removed or replaced items: they take memory, and searches time, until the graph
    /// is built again.
    pub removed: usize,
}

impl HnswStats {
    /// Whether so many rows are removed that building the graph again pays: a fifth, from where
    /// on a walk keeps a quarter more candidates.
    #[must_use]
    pub fn rebuild_pays(&self) -> bool {
        self.removed * 4 > self.len
    }
}

/// Vectors by item id, searched approximately. Shared between threads: searches run on a
/// snapshot and do not wait for writers, writers take turns.
#[derive(Debug)]
pub struct HnswIndex {
    dim: usize,
    metric: Metric,
    options: HnswOptions,
    /// Locked for the length of a pointer copy only.
    current: RwLock<Arc<Snapshot>>,
    /// Held by a writer from reading the snapshot to replacing it.
    writer: Mutex<()>,
    scratches: Scratches,
}

impl HnswIndex {
    /// An empty index of vectors with `dim` values, 1 to 65,536, with the kernels of
    /// [`Isa::active`].
    ///
    /// # Errors
    /// [`IndexError::NoDimension`], or [`IndexError::OptionOutOfRange`] for `dim` or an option.
    pub fn new(dim: usize, metric: Metric, options: HnswOptions) -> Result<Self, IndexError> {
        options.check()?;
        check_dim(dim)?;
        let snapshot = Snapshot::new(Isa::active(), metric, dim, options.m);
        Ok(Self::with(dim, metric, options, snapshot))
    }

    /// The index that was saved as `bytes`, with the vectors of its rows, which stay where they
    /// are. It answers as the saved one did.
    ///
    /// # Errors
    /// [`IndexError::Damaged`], [`IndexError::UnknownVersion`] or [`IndexError::OtherVectors`].
    pub fn open(bytes: &[u8], vectors: Arc<dyn Vectors>) -> Result<Self, IndexError> {
        let (header, snapshot) = file::read(bytes, vectors)?;
        let file::Header {
            dim,
            metric,
            options,
        } = header;
        Ok(Self::with(dim, metric, options, snapshot))
    }

    /// Writes the graph to `graph`, and hands id and vector of each of its rows to `each_row`, in
    /// the order in which [`HnswIndex::open`] wants them back: all as they are at one moment.
    /// Rows of removed items are among them, as others are reached through them.
    ///
    /// # Errors
    /// Those of `graph` and `each_row`.
    pub fn save(
        &self,
        graph: &mut impl Write,
        mut each_row: impl FnMut(u64, &[f32]) -> io::Result<()>,
    ) -> io::Result<()> {
        let snapshot = self.snapshot();
        file::write(&snapshot, &self.options, graph)?;
        let rows = &snapshot.rows;
        (0..rows.len() as u32)
            .try_for_each(|row| each_row(rows.ids.row(row)[0], rows.vectors.row(row)))
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

    /// How the graph is built and searched.
    #[must_use]
    pub fn options(&self) -> HnswOptions {
        self.options
    }

    /// Adds `vectors`, `[ids][dim]`, of any length. An item that is there already gets the new
    /// vector; of an id that comes twice, the last one counts. Searches see all of it or nothing.
    ///
    /// The threads of the current rayon pool share the work; the graph does not depend on their
    /// number. Cost with 200,000 vectors of 384 there, on one thread of a Sapphire Rapids: a quarter
    /// of a millisecond an item, and two thirds for one that comes alone, as a call copies what it
    /// changes.
    ///
    /// # Errors
    /// [`IndexError::WrongLength`], [`IndexError::NoIds`] or [`IndexError::NonFinite`], each with
    /// the item, or [`IndexError::Full`]; nothing was added then.
    pub fn add(&self, ids: &[u64], vectors: &[f32]) -> Result<(), IndexError> {
        check_vectors(self.dim, ids, vectors)?;
        let order = last_by_id(ids);
        self.update(|next| {
            if order.len() > MOST_ROWS - next.rows.len() {
                return Err(IndexError::Full { rows: MOST_ROWS });
            }
            next.rows.settle(vectors);
            next.push(&order, ids, vectors);
            let ef_construction = self.options.ef_construction;
            build::link_new_rows(
                &next.rows,
                &mut next.graph,
                ef_construction,
                &self.scratches,
            );
            Ok(())
        })
    }

    /// Removes items; returns how many of them were there. Searches see all of it or nothing.
    pub fn remove(&self, ids: &[u64]) -> usize {
        let removed: Result<usize, IndexError> = self.update(|next| Ok(next.remove(ids)));
        removed.unwrap_or_default()
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
        self.snapshot().ids.get(id).is_some()
    }

    /// The vector of an item as it was added, to the bit.
    #[must_use]
    pub fn vector(&self, id: u64) -> Option<Vec<f32>> {
        let snapshot = self.snapshot();
        let row = snapshot.ids.get(id)?;
        Some(snapshot.rows.vectors.row(row).to_vec())
    }

    /// About the best items for one query, best first, ties by id, with exact scores. As many as
    /// asked for come back whenever there are that many that match.
    ///
    /// # Errors
    /// [`IndexError::QueryLength`], [`IndexError::NonFiniteQuery`],
    /// [`IndexError::ThresholdNotANumber`] or [`IndexError::OptionOutOfRange`] for the effort.
    pub fn search(
        &self,
        query: &[f32],
        params: &SearchParams<'_>,
        effort: HnswEffort,
    ) -> Result<Vec<Hit>, IndexError> {
        check_query(self.dim, query)?;
        Ok(self
            .search_batch(query, params, effort)?
            .pop()
            .unwrap_or_default())
    }

    /// [`HnswIndex::search`] for each query of `queries`, `[count][dim]`, on one snapshot, shared
    /// by the threads of the current rayon pool.
    ///
    /// # Errors
    /// As for one query.
    pub fn search_batch(
        &self,
        queries: &[f32],
        params: &SearchParams<'_>,
        effort: HnswEffort,
    ) -> Result<Vec<Vec<Hit>>, IndexError> {
        check_queries(self.dim, queries)?;
        effort.check()?;
        if params.threshold.is_some_and(f32::is_nan) {
            return Err(IndexError::ThresholdNotANumber);
        }
        let snapshot = &*self.snapshot();
        let walk = |query, candidates| {
            self.scratches
                .with(|scratch| query::search(snapshot, query, params, candidates, scratch))
        };
        let search = |query| match effort {
            HnswEffort::Usual => walk(query, self.options.ef_search),
            HnswEffort::Candidates(candidates) => walk(query, candidates),
            HnswEffort::Exact => query::exact(snapshot, query, params),
        };
        if queries.len() <= self.dim || rayon::current_num_threads() == 1 {
            return Ok(queries.chunks_exact(self.dim).map(search).collect());
        }
        Ok(queries.par_chunks_exact(self.dim).map(search).collect())
    }

    /// The score of each item, `None` where there is no such item.
    ///
    /// # Errors
    /// [`IndexError::QueryLength`] or [`IndexError::NonFiniteQuery`].
    pub fn scores(&self, query: &[f32], ids: &[u64]) -> Result<Vec<Option<f32>>, IndexError> {
        check_query(self.dim, query)?;
        let snapshot = self.snapshot();
        let scorer = query::scorer(&snapshot, query);
        let score = |&id| query::score_of(&snapshot, &scorer, snapshot.ids.get(id)?);
        Ok(ids.iter().map(score).collect())
    }

    /// Size of the index.
    #[must_use]
    pub fn stats(&self) -> HnswStats {
        let snapshot = self.snapshot();
        HnswStats {
            len: snapshot.live,
            bytes: snapshot.bytes(),
            vector_bytes: snapshot.rows.vectors.bytes(),
            removed: snapshot.rows.len() - snapshot.live,
        }
    }

    fn with(dim: usize, metric: Metric, options: HnswOptions, snapshot: Snapshot) -> Self {
        Self {
            dim,
            metric,
            options,
            current: RwLock::new(Arc::new(snapshot)),
            writer: Mutex::default(),
            scratches: Scratches::default(),
        }
    }

    fn snapshot(&self) -> Arc<Snapshot> {
        let current = self.current.read();
        // A snapshot is replaced as a whole: a panic elsewhere cannot have left it half-written.
        Arc::clone(&current.unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts what `change` makes of the snapshot in place, unless it fails.
    fn update<R>(
        &self,
        change: impl FnOnce(&mut Snapshot) -> Result<R, IndexError>,
    ) -> Result<R, IndexError> {
        let _turn = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let mut next = Snapshot::clone(&self.snapshot());
        let result = change(&mut next)?;
        let mut next = Arc::new(next);
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::swap(&mut *current, &mut next);
        // Freeing the old snapshot may take a while: not under the lock.
        drop(current);
        drop(next);
        Ok(result)
    }
}

fn check_dim(dim: usize) -> Result<(), IndexError> {
    let most = MOST_LINES * Line::VALUES;
    match dim {
        0 => Err(IndexError::NoDimension),
        _ if dim > most => Err(IndexError::OptionOutOfRange {
            name: "dim",
            value: dim,
            lowest: 1,
            highest: most,
        }),
        _ => Ok(()),
    }
}
