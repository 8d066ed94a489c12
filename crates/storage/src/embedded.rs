//! The embedded vector store: indexes in memory, derived from the catalogue.
//!
//! An index is loaded at a collection's first use and then follows the catalogue by its
//! revision, also when another process writes: additions are appended, a removal or a
//! changed item loads it anew.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use lookalike_catalog::{Catalog, Collection, Revision};
use lookalike_index::{Hit, Index, IndexError, IndexKind, IndexOptions, Metric, SearchParams};

use crate::vectors::{IndexState, VectorError, VectorQuery, VectorStore};

/// Searches the embeddings of a [`Catalog`] in memory.
pub struct EmbeddedVectors {
    catalog: Arc<Catalog>,
    slots: Mutex<HashMap<i64, Arc<Slot>>>,
}

/// A collection's index. Searches clone the loaded state; one refresh at a time replaces it.
#[derive(Default)]
struct Slot {
    loaded: RwLock<Option<Loaded>>,
    refreshing: Mutex<()>,
}

/// Front-page copies live in an index of their own, so that rankings, which leave them out
/// by default, need no filter for it.
#[derive(Clone)]
struct Loaded {
    sheets: Arc<Index>,
    front_pages: Arc<Index>,
    revision: Revision,
}

impl EmbeddedVectors {
    /// A store over `catalog`. Nothing is loaded yet.
    #[must_use]
    pub fn new(catalog: Arc<Catalog>) -> Self {
        Self {
            catalog,
            slots: Mutex::default(),
        }
    }

    fn up_to_date(&self, collection: &Collection) -> Result<Loaded, VectorError> {
        let slot = Arc::clone(
            self.slots
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .entry(collection.id)
                .or_default(),
        );
        let current = || {
            slot.loaded
                .read()
                .unwrap_or_else(PoisonError::into_inner)
                .clone()
        };
        let revision = self.catalog.revision(collection)?;
        if let Some(loaded) = current().filter(|loaded| loaded.revision == revision) {
            return Ok(loaded);
        }
        let _refreshing = slot
            .refreshing
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let revision = self.catalog.revision(collection)?;
        let extended = match current() {
            Some(loaded) if loaded.revision == revision => return Ok(loaded),
            Some(loaded) if loaded.revision.removals == revision.removals => {
                let removals = revision.removals;
                // Removals may have come between the two reads; then the rest is stale.
                Some(self.append(collection, loaded)?)
                    .filter(|extended| extended.revision.removals == removals)
            }
            _ => None,
        };
        let loaded = match extended {
            Some(loaded) => loaded,
            None => self.load(collection)?,
        };
        *slot.loaded.write().unwrap_or_else(PoisonError::into_inner) = Some(loaded.clone());
        Ok(loaded)
    }

    fn load(&self, collection: &Collection) -> Result<Loaded, VectorError> {
        let metric: Metric = collection.spec.metric.parse()?;
        let kind: IndexKind = collection.spec.index_kind.parse()?;
        let index =
            || Index::new(collection.spec.dim, metric, IndexOptions::of(kind)).map(Arc::new);
        self.append(
            collection,
            Loaded {
                sheets: index()?,
                front_pages: index()?,
                revision: Revision::default(),
            },
        )
    }

    fn append(&self, collection: &Collection, to: Loaded) -> Result<Loaded, VectorError> {
        let mut sheets = Batch::new(&to.sheets);
        let mut front_pages = Batch::new(&to.front_pages);
        let mut result = Ok(());
        let revision =
            self.catalog
                .embeddings_after(collection, to.revision.last_item, |stored| {
                    let batch = match stored.front_page {
                        true => &mut front_pages,
                        false => &mut sheets,
                    };
                    if result.is_ok() {
                        result = batch.push(stored.item_id, &stored.vector);
                    }
                })?;
        result?;
        sheets.flush()?;
        front_pages.flush()?;
        Ok(Loaded { revision, ..to })
    }
}

/// Vectors added at a time.
const BATCH: usize = 65_536;

/// Collects vectors so that the index is not asked for each alone.
struct Batch<'a> {
    index: &'a Index,
    ids: Vec<u64>,
    vectors: Vec<f32>,
}

impl<'a> Batch<'a> {
    fn new(index: &'a Index) -> Self {
        Self {
            index,
            ids: Vec::new(),
            vectors: Vec::new(),
        }
    }

    fn push(&mut self, id: u64, vector: &[f32]) -> Result<(), IndexError> {
        self.ids.push(id);
        self.vectors.extend_from_slice(vector);
        if self.ids.len() == BATCH {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), IndexError> {
        self.index.add(&self.ids, &self.vectors)?;
        self.ids.clear();
        self.vectors.clear();
        Ok(())
    }
}

impl VectorStore for EmbeddedVectors {
    fn search(
        &self,
        collection: &Collection,
        queries: &[Vec<f32>],
        wanted: &VectorQuery<'_>,
    ) -> Result<Vec<Vec<Hit>>, VectorError> {
        let loaded = self.up_to_date(collection)?;
        let params = SearchParams {
            k: wanted.k,
            filter: wanted.filter,
            threshold: wanted.threshold,
            effort: wanted.effort,
        };
        let metric = loaded.sheets.metric();
        queries
            .iter()
            .map(|query| {
                let mut hits = loaded.sheets.search(query, &params)?;
                if wanted.include_front_page {
                    hits.extend(loaded.front_pages.search(query, &params)?);
                    hits.sort_by(|a, b| metric.compare(a.score, b.score).then(a.id.cmp(&b.id)));
                    hits.truncate(wanted.k);
                }
                Ok(hits)
            })
            .collect()
    }

    fn scores(
        &self,
        collection: &Collection,
        query: &[f32],
        ids: &[u64],
    ) -> Result<Vec<Option<f32>>, VectorError> {
        let loaded = self.up_to_date(collection)?;
        let sheets = loaded.sheets.scores(query, ids)?;
        let front_pages = loaded.front_pages.scores(query, ids)?;
        Ok(sheets
            .into_iter()
            .zip(front_pages)
            .map(|(a, b)| a.or(b))
            .collect())
    }

    fn vector(&self, collection: &Collection, id: u64) -> Result<Option<Vec<f32>>, VectorError> {
        let loaded = self.up_to_date(collection)?;
        Ok(loaded
            .sheets
            .vector(id)
            .or_else(|| loaded.front_pages.vector(id)))
    }

    fn state(&self, collection: &Collection) -> Result<IndexState, VectorError> {
        let loaded = self.up_to_date(collection)?;
        let sheets = loaded.sheets.stats();
        let front_pages = loaded.front_pages.stats();
        Ok(IndexState {
            kind: sheets.kind.to_string(),
            vectors: (sheets.len + front_pages.len) as u64,
            memory_bytes: (sheets.bytes + front_pages.bytes) as u64,
            params: sheets.params,
        })
    }
}
