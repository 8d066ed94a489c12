//! A vector store in fewer lines than any other: every vector in memory, compared one by one.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use lookalike_storage::{
    Catalog, CatalogError, Change, Collection, DroppedCollection, FrontPages, Hit, IndexState,
    Metric, Revision, Scope, StoredItem, VectorError, VectorQuery, VectorStore,
};

pub(crate) struct ToyVectors {
    catalog: Arc<Catalog>,
    tables: Mutex<HashMap<i64, Table>>,
}

/// A collection's items as they were at a revision.
#[derive(Default)]
struct Table {
    revision: Revision,
    items: BTreeMap<u64, StoredItem>,
}

impl ToyVectors {
    pub(crate) fn new(catalog: Arc<Catalog>) -> Self {
        Self {
            catalog,
            tables: Mutex::default(),
        }
    }

    /// Runs `work` on what the catalogue holds now.
    fn with<R>(
        &self,
        collection: &Collection,
        work: impl FnOnce(&Table) -> R,
    ) -> Result<R, VectorError> {
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        let table = tables.entry(collection.id).or_default();
        match table.follow(&self.catalog, collection) {
            Err(CatalogError::UnknownRevision { .. }) => {
                *table = Table::default();
                table.follow(&self.catalog, collection)?;
            }
            followed => followed?,
        }
        Ok(work(table))
    }
}

impl Table {
    /// Can be repeated when it fails midway: changes say what holds now.
    fn follow(&mut self, catalog: &Catalog, collection: &Collection) -> Result<(), CatalogError> {
        let items = &mut self.items;
        let revision =
            catalog.changes_since(collection, &self.revision, |change| match change {
                Change::Removed(id) => {
                    items.remove(&id);
                }
                Change::Stored(stored) => {
                    items.insert(stored.item_id, stored);
                }
            })?;
        self.revision = revision;
        Ok(())
    }

    fn hits(
        &self,
        metric: Metric,
        query: &[f32],
        scope: &Scope<'_>,
    ) -> Result<Vec<Hit>, VectorError> {
        let candidates = scope.selection.map(|one| one.ids()).transpose()?;
        let hits = (self.items.values())
            .filter(|item| scope.front_pages == FrontPages::Included || !item.front_page)
            .filter(|item| {
                candidates
                    .as_ref()
                    .is_none_or(|ids| ids.contains(item.item_id))
            })
            .filter_map(|item| hit(metric, query, item))
            .filter(|hit| {
                let limit = scope.threshold;
                limit.is_none_or(|limit| metric.compare(hit.score, limit).is_le())
            });
        Ok(hits.collect())
    }
}

/// The best figure of an item.
fn hit(metric: Metric, query: &[f32], item: &StoredItem) -> Option<Hit> {
    let figures = (0..=u8::MAX).zip(&item.vectors);
    let hits = figures.map(|(figure_index, vector)| Hit {
        item_id: item.item_id,
        figure_index,
        score: score(metric, query, vector),
    });
    // The first one of those that are equally good.
    hits.min_by(|a, b| metric.compare(a.score, b.score))
}

fn score(metric: Metric, query: &[f32], vector: &[f32]) -> f32 {
    let product = |a: &[f32], b: &[f32]| -> f32 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
    match metric {
        Metric::InnerProduct => product(query, vector),
        Metric::Cosine => {
            let lengths = product(query, query) * product(vector, vector);
            product(query, vector) / lengths.sqrt()
        }
        Metric::L2 => {
            let difference: Vec<f32> = query.iter().zip(vector).map(|(a, b)| a - b).collect();
            product(&difference, &difference).sqrt()
        }
    }
}

impl VectorStore for ToyVectors {
    fn search(
        &self,
        collection: &Collection,
        queries: &[Vec<f32>],
        wanted: &VectorQuery<'_>,
    ) -> Result<Vec<Vec<Hit>>, VectorError> {
        wanted.check(collection, queries)?;
        let metric = collection.spec.metric;
        self.with(collection, |table| {
            let best = queries.iter().map(|query| {
                let mut hits = table.hits(metric, query, &wanted.scope)?;
                hits.sort_by(|a, b| {
                    let by_score = metric.compare(a.score, b.score);
                    by_score.then(a.item_id.cmp(&b.item_id))
                });
                hits.truncate(wanted.k);
                Ok(hits)
            });
            best.collect()
        })?
    }

    fn each_hit(
        &self,
        collection: &Collection,
        query: &[f32],
        scope: &Scope<'_>,
        each: &mut dyn FnMut(Hit),
    ) -> Result<(), VectorError> {
        scope.check(collection, &[query.to_vec()])?;
        let hits = self.with(collection, |table| {
            table.hits(collection.spec.metric, query, scope)
        })??;
        hits.into_iter().for_each(each);
        Ok(())
    }

    fn scores(
        &self,
        collection: &Collection,
        query: &[f32],
        items: &[u64],
    ) -> Result<Vec<Option<Hit>>, VectorError> {
        Scope::default().check(collection, &[query.to_vec()])?;
        self.with(collection, |table| {
            let score = |id| hit(collection.spec.metric, query, table.items.get(id)?);
            items.iter().map(score).collect()
        })
    }

    fn state(&self, collection: &Collection) -> Result<IndexState, VectorError> {
        self.with(collection, |table| IndexState {
            kind: "toy".into(),
            is_building: false,
            vectors: (table.items.values())
                .map(|item| item.vectors.len() as u64)
                .sum(),
            memory_bytes: 0,
            params: Vec::new(),
        })
    }

    fn settle(&self, collection: &Collection) -> Result<(), VectorError> {
        self.with(collection, |_| ())
    }

    fn rebuild(&self, collection: &Collection) -> Result<(), VectorError> {
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        tables.remove(&collection.id);
        drop(tables);
        self.settle(collection)
    }

    fn forget(&self, collection: &DroppedCollection) -> Result<(), VectorError> {
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        tables.remove(&collection.id);
        Ok(())
    }
}
