//! The embedded vector store: indexes in memory, derived from the catalogue.
//!
//! An index is loaded at a collection's first use and then follows the catalogue by its
//! revision, also when another process writes. It is loaded anew only when the catalogue no
//! longer knows what happened since.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use lookalike_catalog::{Catalog, CatalogError, Change, Collection, Revision};
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
        let loaded = match current().map(|loaded| self.follow(collection, loaded)) {
            None | Some(Err(VectorError::Catalog(CatalogError::UnknownRevision { .. }))) => {
                self.load(collection)?
            }
            Some(followed) => followed?,
        };
        *slot.loaded.write().unwrap_or_else(PoisonError::into_inner) = Some(loaded.clone());
        Ok(loaded)
    }

    fn load(&self, collection: &Collection) -> Result<Loaded, VectorError> {
        let metric: Metric = collection.spec.metric.parse()?;
        let kind: IndexKind = collection.spec.index_kind.parse()?;
        let index =
            || Index::new(collection.spec.dim, metric, IndexOptions::of(kind)).map(Arc::new);
        let empty = Loaded {
            sheets: index()?,
            front_pages: index()?,
            revision: Revision::default(),
        };
        self.follow(collection, empty)
    }

    /// Brings the indexes to the present.
    fn follow(&self, collection: &Collection, from: Loaded) -> Result<Loaded, VectorError> {
        let mut sheets = Batch::new(&from.sheets);
        let mut front_pages = Batch::new(&from.front_pages);
        let (mut no_sheets, mut no_front_pages) = (Vec::new(), Vec::new());
        let mut result = Ok(());
        let last_item = from.revision.last_item as u64;
        let revision = self
            .catalog
            .changes_since(collection, &from.revision, |change| {
                let stored = match change {
                    Change::Removed(id) => {
                        no_sheets.push(id);
                        no_front_pages.push(id);
                        return;
                    }
                    Change::Stored(stored) => stored,
                };
                let (batch, no_others) = match stored.front_page {
                    true => (&mut front_pages, &mut no_sheets),
                    false => (&mut sheets, &mut no_front_pages),
                };
                if stored.item_id <= last_item {
                    no_others.push(stored.item_id);
                }
                if result.is_ok() {
                    result = batch.push(stored.item_id, &stored.vector);
                }
            })?;
        result?;
        from.sheets.remove(&no_sheets);
        from.front_pages.remove(&no_front_pages);
        sheets.flush()?;
        front_pages.flush()?;
        Ok(Loaded { revision, ..from })
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
