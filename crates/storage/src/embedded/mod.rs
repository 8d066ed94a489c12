//! The embedded vector store: indexes derived from the catalogue.
//!
//! An index is opened from its file at a collection's first use, or loaded from the catalogue
//! where there is none that fits, and then follows the catalogue by its revision, also when
//! another process writes. What takes long (building lists or a graph, writing the file) is done
//! in the background, and only by the process that owns the data directory: see [`upkeep`].

mod files;
pub(crate) mod loaded;
#[cfg(test)]
mod tests;
mod upkeep;

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use lookalike_catalog::{Catalog, CatalogError, Collection, DroppedCollection};
use lookalike_index::{Effort, Filter, Index, IndexError, SearchParams};

use self::files::Files;
use self::loaded::Loaded;
use crate::vectors::{
    FrontPages, Hit, IndexState, RowId, Scope, VectorError, VectorQuery, VectorStore,
};

/// How many times as many rows are asked for where several are of the same items.
const MORE_ROWS: usize = 4;

/// Whether the files of indexes are written, or only read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Upkeep {
    /// Indexes are rebuilt and written when that pays. For the process that owns the data
    /// directory.
    Owner,
    /// Indexes are opened as they are; what is missing is made up for in memory.
    Reader,
}

/// Searches the embeddings of a [`Catalog`].
pub struct EmbeddedVectors(Arc<Store>);

/// What the background shares.
struct Store {
    catalog: Arc<Catalog>,
    files: Files,
    upkeep: Upkeep,
    slots: Mutex<HashMap<i64, Arc<Slot>>>,
    /// Set when the store is dropped: work in the background ends where it can.
    closing: AtomicBool,
}

/// A collection's index. Searches clone the loaded state; one refresh at a time replaces it.
#[derive(Default)]
struct Slot {
    loaded: RwLock<Option<Loaded>>,
    refreshing: Mutex<()>,
    /// Held while an index is built or written.
    keeping_up: Mutex<()>,
    /// Whether a thread for that is on its way.
    is_kept_up: AtomicBool,
}

impl EmbeddedVectors {
    /// A store over `catalog` with its files in `directory`. Nothing is loaded yet.
    #[must_use]
    pub fn new(catalog: Arc<Catalog>, directory: PathBuf, upkeep: Upkeep) -> Self {
        Self(Arc::new(Store {
            catalog,
            files: Files::new(directory),
            upkeep,
            slots: Mutex::default(),
            closing: AtomicBool::new(false),
        }))
    }
}

impl Drop for EmbeddedVectors {
    fn drop(&mut self) {
        self.0.closing.store(true, Ordering::Relaxed);
    }
}

impl Slot {
    fn current(&self) -> Option<Loaded> {
        let loaded = self.loaded.read();
        loaded.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn put(&self, loaded: Option<Loaded>) {
        *self.loaded.write().unwrap_or_else(PoisonError::into_inner) = loaded;
    }
}

impl Store {
    fn slot(&self, collection: &Collection) -> Arc<Slot> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(slots.entry(collection.id).or_default())
    }

    fn up_to_date(self: &Arc<Self>, collection: &Collection) -> Result<Loaded, VectorError> {
        let slot = self.slot(collection);
        let revision = self.catalog.revision(collection)?;
        if let Some(loaded) = slot.current().filter(|loaded| loaded.revision == revision) {
            return Ok(loaded);
        }
        let _refreshing = slot
            .refreshing
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let loaded = match slot.current() {
            Some(loaded) => self.followed(collection, loaded)?,
            None => match self.files.open(collection) {
                Some(opened) => {
                    if self.upkeep == Upkeep::Owner {
                        upkeep::check(self, &slot, collection, &opened);
                    }
                    self.followed(collection, opened)?
                }
                None => self.load(collection)?,
            },
        };
        slot.put(Some(loaded.clone()));
        if self.upkeep == Upkeep::Owner && upkeep::is_due(&loaded) {
            upkeep::begin(self, &slot, collection);
        }
        Ok(loaded)
    }

    /// Brings an index to the present, or reloads it where the catalogue does not know its past.
    fn followed(&self, collection: &Collection, from: Loaded) -> Result<Loaded, VectorError> {
        match from.follow(&self.catalog, collection, |_| ()) {
            Err(VectorError::Catalog(CatalogError::UnknownRevision { .. })) => {
                self.load(collection)
            }
            followed => followed,
        }
    }

    fn load(&self, collection: &Collection) -> Result<Loaded, VectorError> {
        Loaded::empty(collection)?.follow(&self.catalog, collection, |_| ())
    }

    /// Runs `work` on the present index, and once more on a reloaded one if the file of the first
    /// turns out to be damaged.
    fn with<R>(
        self: &Arc<Self>,
        collection: &Collection,
        work: impl Fn(&Loaded) -> Result<R, VectorError>,
    ) -> Result<R, VectorError> {
        match work(&self.up_to_date(collection)?) {
            Err(VectorError::Index(IndexError::Damaged { reason })) => {
                self.files.discard(collection, &reason);
                self.slot(collection).put(None);
                work(&self.up_to_date(collection)?)
            }
            result => result,
        }
    }
}

/// Several queries share the passes over the vectors, and the threads.
fn search_all(
    index: &Index,
    queries: &[Vec<f32>],
    params: &SearchParams<'_>,
) -> Result<Vec<Vec<lookalike_index::Hit>>, VectorError> {
    let fits = |query: &Vec<f32>| query.len() == index.dim();
    if queries.len() > 1 && queries.iter().all(fits) {
        Ok(index.search_batch(&queries.concat(), params)?)
    } else {
        // One by one, the error names the wrong one.
        let search = |query: &Vec<f32>| Ok(index.search(query, params)?);
        queries.iter().map(search).collect()
    }
}

/// The best `k` items of both indexes for each query.
pub(crate) fn best(
    loaded: &Loaded,
    queries: &[Vec<f32>],
    scope: &Scope<'_>,
    effort: Effort,
    k: usize,
) -> Result<Vec<Vec<Hit>>, VectorError> {
    let filter: Option<Arc<Filter>> = scope.selection.map(|one| one.ids()).transpose()?;
    let params = SearchParams {
        k,
        filter: filter.as_deref(),
        threshold: scope.threshold,
        effort,
    };
    let metric = loaded.sheets.metric();
    let mut hits = best_items(&loaded.sheets, queries, &params)?;
    if scope.front_pages == FrontPages::Included {
        let others = best_items(&loaded.front_pages, queries, &params)?;
        for (hits, others) in hits.iter_mut().zip(others) {
            hits.extend(others);
            hits.sort_by(|a, b| {
                let by_score = metric.compare(a.score, b.score);
                by_score.then(a.item_id.cmp(&b.item_id))
            });
            hits.truncate(k);
        }
    }
    Ok(hits)
}

/// The best items of an index: as many rows as it takes until there are `k` items among them.
fn best_items(
    index: &Index,
    queries: &[Vec<f32>],
    params: &SearchParams<'_>,
) -> Result<Vec<Vec<Hit>>, VectorError> {
    let answers = search_all(index, queries, params)?;
    let mut left = Vec::new();
    let mut found: Vec<Vec<Hit>> = Vec::with_capacity(queries.len());
    for (place, rows) in answers.into_iter().enumerate() {
        let is_all = rows.len() < params.k;
        found.push(items_of(rows));
        if !is_all && found[place].len() < params.k {
            left.push(place);
        }
    }
    let mut k = params.k;
    while !left.is_empty() {
        k = k.saturating_mul(MORE_ROWS);
        let again: Vec<Vec<f32>> = left.iter().map(|&place| queries[place].clone()).collect();
        let answers = search_all(index, &again, &SearchParams { k, ..*params })?;
        let mut still_left = Vec::new();
        for (place, rows) in left.into_iter().zip(answers) {
            let is_all = rows.len() < k;
            found[place] = items_of(rows);
            if !is_all && found[place].len() < params.k {
                still_left.push(place);
            }
        }
        left = still_left;
    }
    for hits in &mut found {
        hits.truncate(params.k);
    }
    Ok(found)
}

/// The items of rows, which come best first: each once, by its best row.
fn items_of(rows: Vec<lookalike_index::Hit>) -> Vec<Hit> {
    let mut seen = HashSet::with_capacity(rows.len());
    let hits = rows.into_iter().map(hit_of);
    hits.filter(|hit| seen.insert(hit.item_id)).collect()
}

pub(crate) fn hit_of(row: lookalike_index::Hit) -> Hit {
    let id = RowId::from_number(row.id);
    Hit {
        item_id: id.item_id(),
        figure_index: id.figure_index(),
        score: row.score,
    }
}

impl VectorStore for EmbeddedVectors {
    fn search(
        &self,
        collection: &Collection,
        queries: &[Vec<f32>],
        wanted: &VectorQuery<'_>,
    ) -> Result<Vec<Vec<Hit>>, VectorError> {
        wanted.check(collection, queries)?;
        self.0.with(collection, |loaded| {
            best(loaded, queries, &wanted.scope, wanted.effort, wanted.k)
        })
    }

    fn each_hit(
        &self,
        collection: &Collection,
        query: &[f32],
        scope: &Scope<'_>,
        each: &mut dyn FnMut(Hit),
    ) -> Result<(), VectorError> {
        let queries = [query.to_vec()];
        scope.check(collection, &queries)?;
        let hits = self.0.with(collection, |loaded| {
            let all = usize::try_from(loaded.len()).unwrap_or(usize::MAX);
            best(loaded, &queries, scope, Effort::EXACT, all)
        })?;
        hits.into_iter().flatten().for_each(each);
        Ok(())
    }

    fn scores(
        &self,
        collection: &Collection,
        query: &[f32],
        items: &[u64],
    ) -> Result<Vec<Option<Hit>>, VectorError> {
        self.0.with(collection, |loaded| {
            let sheets = loaded.sheets.scores(query, items)?;
            let front_pages = loaded.front_pages.scores(query, items)?;
            let hits = sheets.into_iter().zip(front_pages);
            Ok(hits.map(|(a, b)| a.or(b).map(hit_of)).collect())
        })
    }

    fn state(&self, collection: &Collection) -> Result<IndexState, VectorError> {
        let loaded = self.0.up_to_date(collection)?;
        let sheets = loaded.sheets.stats();
        let front_pages = loaded.front_pages.stats();
        let is_building = self.0.slot(collection).keeping_up.try_lock().is_err();
        Ok(IndexState {
            kind: sheets.kind.to_string(),
            is_building,
            vectors: (sheets.len + front_pages.len) as u64,
            memory_bytes: (sheets.bytes + front_pages.bytes) as u64,
            params: sheets.params,
        })
    }

    fn settle(&self, collection: &Collection) -> Result<(), VectorError> {
        upkeep::keep_up(&self.0, collection, upkeep::Extent::WhatPays)
    }

    fn rebuild(&self, collection: &Collection) -> Result<(), VectorError> {
        upkeep::keep_up(&self.0, collection, upkeep::Extent::All)
    }

    fn forget(&self, collection: &DroppedCollection) -> Result<(), VectorError> {
        let mut slots = self.0.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = slots.remove(&collection.id);
        drop(slots);
        // Before the files go: whoever is writing them removes them then, see `upkeep`.
        if let Some(slot) = slot {
            slot.put(None);
        }
        Ok(self.0.files.remove(collection.id)?)
    }
}
