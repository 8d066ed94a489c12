//! An index of any kind, from the outside.
//!
//! A snapshot is a list of chunks that never change while someone else has them. A search takes
//! the snapshot of the moment and holds no lock after that; a writer copies what it changes and
//! puts the next snapshot in place. So a search neither waits for a writer nor sees half of what
//! one call added or removed, and nothing changes under it.
//!
//! All kinds hold the same rows and differ in what leads to those near a query. Until
//! [`Index::rebuild`] has built that, all rows are looked at, which is exact.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use lookalike_kernels::Isa;
use lookalike_kernels::distance::codes::{Line, MOST_LINES};
use rayon::prelude::*;

use crate::file::{self, FileError, Header, Tag};
use crate::graph::Scratches;
use crate::input::{check_queries, check_query, check_vectors, last_by_id};
use crate::query;
use crate::rebuild::{self, Plan, usual_nprobe};
use crate::scan::{score_of, scorer};
use crate::snapshot::{Snapshot, Structure};
use crate::{Hit, IndexError, IndexKind, IndexOptions, Metric, SearchParams};

/// Rows that an index can have: numbers of nodes of a graph take 31 bits.
pub(crate) const MOST_ROWS: usize = (1 << 31) - 1;

/// Kind and size of an index.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct IndexStats {
    /// The kind; for `auto`, the one in use.
    pub kind: IndexKind,
    /// Items that a search can find.
    pub len: usize,
    /// Memory held, in bytes; what lies in a file is not counted.
    pub bytes: usize,
    /// Of these, vectors.
    pub vector_bytes: usize,
    /// Rows of removed or replaced items: they take memory, and searches time, until the next
    /// rebuild.
    pub removed: usize,
    /// What lists or graph were built with and are searched with unless a search says otherwise,
    /// by the names that users write.
    pub params: Vec<(&'static str, u64)>,
}

/// Vectors by id: of an item, or of a part of it where [`IndexOptions::part_bits`] say so. Shared between threads: searches run on a snapshot and do not wait for
/// writers, writers take turns.
#[derive(Debug)]
pub struct Index {
    dim: usize,
    metric: Metric,
    options: IndexOptions,
    /// Locked for the length of a pointer copy only.
    current: RwLock<Arc<Snapshot>>,
    /// Held by a writer from reading the snapshot to replacing it.
    writer: Mutex<()>,
    /// Held by a rebuild, during which writers go on.
    rebuilding: Mutex<()>,
    scratches: Scratches,
}

impl Index {
    /// An empty index of vectors with `dim` values, 1 to 65,536, with the kernels of
    /// [`Isa::active`].
    ///
    /// # Errors
    /// [`IndexError::NoDimension`], or [`IndexError::OptionOutOfRange`] for `dim` or an option.
    pub fn new(dim: usize, metric: Metric, options: IndexOptions) -> Result<Self, IndexError> {
        options.check()?;
        check_dim(dim)?;
        let snapshot = Snapshot::new(Isa::active(), metric, dim, options.part_bits);
        Ok(Self::with(dim, metric, options, snapshot))
    }

    /// Opens an index that was saved, and what the caller noted with it. It answers as the saved
    /// one did. Rows stay in the file, which is mapped, and are checked when they are first used
    /// (see [`Index::verify`]); it must not be changed, only replaced or removed.
    ///
    /// # Errors
    /// The file cannot be read, is damaged, or was written by another version.
    pub fn open(path: &Path) -> Result<(Self, Tag), FileError> {
        let (header, snapshot) = file::open(path)?;
        let index = Self::with(header.dim, header.metric, header.options, snapshot);
        Ok((index, header.tag))
    }

    /// Writes the index as it is at one moment to a file, with a note for the one who opens it. A
    /// file that is there already is replaced once the new one is whole and safe.
    ///
    /// # Errors
    /// The file cannot be written, or the one that rows lie in is damaged.
    pub fn save(&self, path: &Path, tag: &Tag) -> Result<(), FileError> {
        let header = Header {
            dim: self.dim,
            metric: self.metric,
            options: self.options,
            tag: *tag,
        };
        file::write(path, &self.snapshot(), &header).map_err(|source| FileError::Io {
            path: path.to_path_buf(),
            source,
        })
    }

    /// Checks all of the file that rows lie in that was not used yet; ends early when `stop` says
    /// so.
    ///
    /// # Errors
    /// [`IndexError::Damaged`], then also from every search.
    pub fn verify(&self, stop: impl Fn() -> bool) -> Result<(), IndexError> {
        let snapshot = self.snapshot();
        if let Some(file) = &snapshot.file {
            file.check_all(stop);
        }
        snapshot.check()
    }

    /// The index as it is at this moment, as one of its own: it shares memory, and what is added to
    /// or removed from either does not show in the other.
    #[must_use]
    pub fn fork(&self) -> Self {
        let snapshot = Snapshot::clone(&self.snapshot());
        Self::with(self.dim, self.metric, self.options, snapshot)
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

    /// How the index is built.
    #[must_use]
    pub fn options(&self) -> IndexOptions {
        self.options
    }

    /// Adds `vectors`, `[ids][dim]`, of any length. An item that is there already gets the new
    /// vector; of an id that comes twice, the last one counts. Searches see all of it or nothing.
    ///
    /// The threads of the current rayon pool share the work; the outcome does not depend on their
    /// number. A call copies what it changes, up to a megabyte for a single item, so many items
    /// in one call are cheaper than many calls.
    ///
    /// # Errors
    /// [`IndexError::WrongLength`], [`IndexError::NoIds`] or [`IndexError::NonFinite`], each with
    /// the item, or [`IndexError::Full`]; nothing was added then.
    pub fn add(&self, ids: &[u64], vectors: &[f32]) -> Result<(), IndexError> {
        check_vectors(self.dim, ids, vectors)?;
        let order = last_by_id(ids);
        self.update(|next| {
            let first = next.rows.len();
            if order.len() > MOST_ROWS - first {
                return Err(IndexError::Full { rows: MOST_ROWS });
            }
            next.rows.settle(vectors);
            next.push(&order, ids, vectors);
            rebuild::lead_to_new_rows(next, first, &self.options, &self.scratches);
            Ok(())
        })
    }

    /// Removes rows; returns how many of them were there. Searches see all of it or nothing.
    pub fn remove(&self, ids: &[u64]) -> usize {
        let removed: Result<usize, IndexError> = self.update(|next| Ok(next.remove(ids)));
        removed.unwrap_or_default()
    }

    /// Whether searches would gain from a rebuild: lists or a graph are to be built, or those there
    /// are have outlived what they were built for.
    #[must_use]
    pub fn rebuild_pays(&self) -> bool {
        rebuild::pays(&self.snapshot(), &self.options)
    }

    /// Rebuilds the index from the items that are there, without what removed ones left, with
    /// lists or graph as its options ask for. Searches and writes go on meanwhile; then the new
    /// one takes the old one's place.
    ///
    /// Cost: for a graph a quarter of a millisecond an item and thread, see `docs/evaluation.md`;
    /// memory for both.
    ///
    /// # Errors
    /// [`IndexError::Damaged`] if the file that rows lie in is; nothing has changed then.
    pub fn rebuild(&self) -> Result<(), IndexError> {
        let plan = Plan::of(&self.options, self.dim, self.len());
        self.rebuild_as(plan)
    }

    pub(crate) fn rebuild_as(&self, plan: Plan) -> Result<(), IndexError> {
        let _turn = self
            .rebuilding
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let before = self.snapshot();
        let mut rebuilt = rebuild::rebuilt(&before, plan, &self.options, &self.scratches);
        before.check()?;
        self.update(|current| {
            let (options, scratches) = (&self.options, &self.scratches);
            rebuild::catch_up(&mut rebuilt, &before, current, options, scratches);
            *current = rebuilt;
            Ok(())
        })
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

    /// The ids of an item's rows, rising.
    #[must_use]
    pub fn ids_of_item(&self, item: u64) -> Vec<u64> {
        let snapshot = self.snapshot();
        let rows = snapshot.ids.of_item(item).iter();
        rows.map(|(id, _)| *id).collect()
    }

    /// The vector of a row as it was added, to the bit.
    ///
    /// # Errors
    /// [`IndexError::Damaged`].
    pub fn vector(&self, id: u64) -> Result<Option<Vec<f32>>, IndexError> {
        let snapshot = self.snapshot();
        let row = snapshot.ids.get(id);
        let vector = row.map(|row| snapshot.rows.vectors.row(row).to_vec());
        snapshot.check()?;
        Ok(vector)
    }

    /// The best items for one query, best first, ties by id, with exact scores. As many as asked
    /// for come back whenever there are that many that match, whatever the kind.
    ///
    /// # Errors
    /// [`IndexError::QueryLength`], [`IndexError::NonFiniteQuery`],
    /// [`IndexError::ThresholdNotANumber`], [`IndexError::OptionOutOfRange`] for the effort, or
    /// [`IndexError::Damaged`].
    pub fn search(&self, query: &[f32], params: &SearchParams<'_>) -> Result<Vec<Hit>, IndexError> {
        check_query(self.dim, query)?;
        Ok(self.search_batch(query, params)?.pop().unwrap_or_default())
    }

    /// [`Index::search`] for each query of `queries`, `[count][dim]`, on one snapshot, shared by
    /// the threads of the current rayon pool. The answers do not depend on their number.
    ///
    /// # Errors
    /// As for one query.
    pub fn search_batch(
        &self,
        queries: &[f32],
        params: &SearchParams<'_>,
    ) -> Result<Vec<Vec<Hit>>, IndexError> {
        check_queries(self.dim, queries)?;
        params.effort.check()?;
        if params.threshold.is_some_and(f32::is_nan) {
            return Err(IndexError::ThresholdNotANumber);
        }
        let snapshot = &*self.snapshot();
        let way = query::Way::of(snapshot, &self.options, params);
        let hits = if way.takes_all_at_once() {
            way.search_all(queries)
        } else {
            let search = |query| self.scratches.with(|scratch| way.search(query, scratch));
            if queries.len() > self.dim && rayon::current_num_threads() > 1 {
                queries.par_chunks_exact(self.dim).map(search).collect()
            } else {
                queries.chunks_exact(self.dim).map(search).collect()
            }
        };
        snapshot.check()?;
        Ok(hits)
    }

    /// The best row of each item, the first one of those that are equally good, `None` where
    /// there is no such item.
    ///
    /// # Errors
    /// [`IndexError::QueryLength`], [`IndexError::NonFiniteQuery`] or [`IndexError::Damaged`].
    pub fn scores(&self, query: &[f32], items: &[u64]) -> Result<Vec<Option<Hit>>, IndexError> {
        check_query(self.dim, query)?;
        let snapshot = self.snapshot();
        let scorer = scorer(&snapshot, query);
        let better = |best: Hit, hit: Hit| {
            if self.metric.compare(hit.score, best.score).is_lt() {
                hit
            } else {
                best
            }
        };
        let best_of = |&item| {
            let rows = snapshot.ids.of_item(item).iter();
            let hits = rows.filter_map(|&(id, row)| {
                let score = score_of(&snapshot, &scorer, row)?;
                Some(Hit { id, score })
            });
            hits.reduce(better)
        };
        let best = items.iter().map(best_of).collect();
        snapshot.check()?;
        Ok(best)
    }

    /// Kind and size.
    #[must_use]
    pub fn stats(&self) -> IndexStats {
        let snapshot = self.snapshot();
        let (kind, params) = match &snapshot.structure {
            Structure::Plain => (IndexKind::Flat, Vec::new()),
            Structure::Lists(lists) => {
                let nprobe = usual_nprobe(lists.len());
                let params = vec![("nlist", lists.len() as u64), ("nprobe", nprobe as u64)];
                (self.options.kind, params)
            }
            Structure::Graph(_) => {
                let params = vec![
                    ("m", self.options.m() as u64),
                    ("ef_construction", self.options.ef_construction() as u64),
                    ("ef_search", query::usual_candidates(snapshot.live) as u64),
                ];
                (IndexKind::Hnsw, params)
            }
        };
        IndexStats {
            kind: match self.options.kind {
                IndexKind::Auto => kind,
                given => given,
            },
            len: snapshot.live,
            bytes: snapshot.bytes(),
            vector_bytes: snapshot.rows.vectors.bytes(),
            removed: snapshot.rows.len() - snapshot.live,
            params,
        }
    }

    fn with(dim: usize, metric: Metric, options: IndexOptions, snapshot: Snapshot) -> Self {
        Self {
            dim,
            metric,
            options,
            current: RwLock::new(Arc::new(snapshot)),
            writer: Mutex::default(),
            rebuilding: Mutex::default(),
            scratches: Scratches::default(),
        }
    }

    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
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

pub(crate) fn check_dim(dim: usize) -> Result<(), IndexError> {
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
