//! An index of any kind.

use crate::flat::FlatIndex;
use crate::hnsw::{HnswEffort, HnswIndex, HnswOptions};
use crate::{Hit, IndexError, IndexKind, IndexOptions, Metric, SearchParams};

/// Size of an index.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct IndexStats {
    /// The kind in use.
    pub kind: IndexKind,
    /// Items that a search can find.
    pub len: usize,
    /// Memory held.
    pub bytes: usize,
    /// Of these, vectors.
    pub vector_bytes: usize,
    /// Rows of removed or replaced items.
    pub removed: usize,
    /// Parameters of the kind.
    pub params: Vec<(&'static str, u64)>,
}

#[derive(Debug)]
enum Inner {
    Flat(FlatIndex),
    Hnsw(Box<HnswIndex>),
}

/// Vectors by item id.
#[derive(Debug)]
pub struct Index(Inner);

impl Index {
    /// An empty index.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn new(dim: usize, metric: Metric, options: IndexOptions) -> Result<Self, IndexError> {
        options.check()?;
        Ok(Self(match options.kind {
            IndexKind::Flat | IndexKind::Auto => Inner::Flat(FlatIndex::new(dim, metric)),
            IndexKind::Hnsw => {
                let options = HnswOptions {
                    m: options.m(),
                    ef_construction: options.ef_construction(),
                    ..HnswOptions::default()
                };
                Inner::Hnsw(Box::new(HnswIndex::new(dim, metric, options)?))
            }
            kind => {
                return Err(IndexError::UnavailableKind {
                    name: kind.to_string(),
                });
            }
        }))
    }

    /// How vectors are compared.
    #[must_use]
    pub fn metric(&self) -> Metric {
        match &self.0 {
            Inner::Flat(index) => index.metric(),
            Inner::Hnsw(index) => index.metric(),
        }
    }

    /// Values in one vector.
    #[must_use]
    pub fn dim(&self) -> usize {
        match &self.0 {
            Inner::Flat(index) => index.dim(),
            Inner::Hnsw(index) => index.dim(),
        }
    }

    /// Number of items.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.0 {
            Inner::Flat(index) => index.len(),
            Inner::Hnsw(index) => index.len(),
        }
    }

    /// Whether there is no item.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds vectors.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn add(&self, ids: &[u64], vectors: &[f32]) -> Result<(), IndexError> {
        match &self.0 {
            Inner::Flat(index) => index.add(ids, vectors),
            Inner::Hnsw(index) => index.add(ids, vectors),
        }
    }

    /// Removes items.
    pub fn remove(&self, ids: &[u64]) -> usize {
        match &self.0 {
            Inner::Flat(index) => index.remove(ids),
            Inner::Hnsw(index) => index.remove(ids),
        }
    }

    /// Builds lists or graph anew.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn rebuild(&self) -> Result<(), IndexError> {
        Ok(())
    }

    /// The best items for one query.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn search(&self, query: &[f32], params: &SearchParams<'_>) -> Result<Vec<Hit>, IndexError> {
        match &self.0 {
            Inner::Flat(index) => index.search(query, params),
            Inner::Hnsw(index) => index.search(query, params, effort(index, params)),
        }
    }

    /// The best items for each query.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn search_batch(
        &self,
        queries: &[f32],
        params: &SearchParams<'_>,
    ) -> Result<Vec<Vec<Hit>>, IndexError> {
        match &self.0 {
            Inner::Flat(index) => index.search_batch(queries, params),
            Inner::Hnsw(index) => index.search_batch(queries, params, effort(index, params)),
        }
    }

    /// Scores of items.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn scores(&self, query: &[f32], ids: &[u64]) -> Result<Vec<Option<f32>>, IndexError> {
        match &self.0 {
            Inner::Flat(index) => index.scores(query, ids),
            Inner::Hnsw(index) => index.scores(query, ids),
        }
    }

    /// The vector of an item.
    #[must_use]
    pub fn vector(&self, id: u64) -> Option<Vec<f32>> {
        match &self.0 {
            Inner::Flat(index) => index.vector(id),
            Inner::Hnsw(index) => index.vector(id),
        }
    }

    /// Size.
    #[must_use]
    pub fn stats(&self) -> IndexStats {
        match &self.0 {
            Inner::Flat(index) => {
                let stats = index.stats();
                IndexStats {
                    kind: IndexKind::Flat,
                    len: stats.len,
                    bytes: stats.bytes,
                    vector_bytes: stats.bytes,
                    removed: stats.removed,
                    params: Vec::new(),
                }
            }
            Inner::Hnsw(index) => {
                let stats = index.stats();
                let options = index.options();
                IndexStats {
                    kind: IndexKind::Hnsw,
                    len: stats.len,
                    bytes: stats.bytes,
                    vector_bytes: stats.vector_bytes,
                    removed: stats.removed,
                    params: vec![
                        ("m", options.m as u64),
                        ("ef_construction", options.ef_construction as u64),
                        ("ef_search", usual_candidates(index) as u64),
                    ],
                }
            }
        }
    }
}

fn effort(index: &HnswIndex, params: &SearchParams<'_>) -> HnswEffort {
    match params.effort.ef_search {
        _ if params.effort.exact => HnswEffort::Exact,
        Some(candidates) => HnswEffort::Candidates(candidates),
        None => HnswEffort::Candidates(usual_candidates(index)),
    }
}

fn usual_candidates(index: &HnswIndex) -> usize {
    match index.len() <= 50_000 {
        true => index.options().ef_search,
        false => 256,
    }
}
