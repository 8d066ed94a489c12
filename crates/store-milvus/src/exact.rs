//! Scores from the catalogue: what Milvus finds is compared again, so that answers are those of the
//! embedded store, bit for bit, whatever codes or lists led to them.

use std::sync::Arc;

use lookalike_storage::{
    Change, Collection, ExactItems, Filter, FrontPages, Hit, Metric, Revision, Scope, StoredItem,
};

use crate::error::MilvusError;
use crate::shared::Shared;

/// Items that are compared at a time.
const BATCH: usize = 4096;

/// Sorts best first, ties by item id.
pub(crate) fn sort(metric: Metric, hits: &mut [Hit]) {
    hits.sort_by(|a, b| {
        let by_score = metric.compare(a.score, b.score);
        by_score.then(a.item_id.cmp(&b.item_id))
    });
}

/// Whether a score is as good as the scope wants it.
pub(crate) fn is_within(metric: Metric, scope: &Scope<'_>, score: f32) -> bool {
    let limit = scope.threshold;
    limit.is_none_or(|limit| metric.compare(score, limit).is_le())
}

impl Shared {
    /// Items with their vectors, as the catalogue has them.
    pub(crate) fn items(
        &self,
        collection: &Collection,
        ids: &[u64],
    ) -> Result<Vec<StoredItem>, MilvusError> {
        let mut items = Vec::with_capacity(ids.len());
        self.catalog
            .stored_items(collection, ids, |item| items.push(item))?;
        Ok(items)
    }

    /// Calls `each` with every item within the scope and its hit for each query, exactly and once.
    pub(crate) fn walk(
        &self,
        collection: &Collection,
        queries: &[Vec<f32>],
        scope: &Scope<'_>,
        each: &mut dyn FnMut(usize, Hit),
    ) -> Result<(), MilvusError> {
        let filter: Option<Arc<Filter>> = scope.selection.map(|one| one.ids()).transpose()?;
        let mut compare = |items: &[StoredItem]| compare(collection, queries, scope, items, each);
        if let Some(filter) = filter {
            let ids: Vec<u64> = filter.iter().collect();
            for some in ids.chunks(BATCH) {
                compare(&self.items(collection, some)?)?;
            }
            return Ok(());
        }
        let mut batch = Vec::new();
        let mut result = Ok(());
        // One snapshot: a commit is seen whole or not at all.
        (self.catalog).changes_since(collection, &Revision::default(), |change| {
            let Change::Stored(item) = change else { return };
            batch.push(item);
            if batch.len() == BATCH {
                if result.is_ok() {
                    result = compare(&batch);
                }
                batch.clear();
            }
        })?;
        result?;
        compare(&batch)
    }

    /// The best `k` of everything within the scope.
    pub(crate) fn best_of_all(
        &self,
        collection: &Collection,
        queries: &[Vec<f32>],
        scope: &Scope<'_>,
        k: usize,
    ) -> Result<Vec<Vec<Hit>>, MilvusError> {
        let metric = collection.spec.metric;
        let mut best = vec![Vec::new(); queries.len()];
        self.walk(collection, queries, scope, &mut |query, hit| {
            let best: &mut Vec<Hit> = &mut best[query];
            best.push(hit);
            if best.len() >= 2 * k + BATCH {
                sort(metric, best);
                best.truncate(k);
            }
        })?;
        for best in &mut best {
            sort(metric, best);
            best.truncate(k);
        }
        Ok(best)
    }
}

fn compare(
    collection: &Collection,
    queries: &[Vec<f32>],
    scope: &Scope<'_>,
    items: &[StoredItem],
    each: &mut dyn FnMut(usize, Hit),
) -> Result<(), MilvusError> {
    let exact = ExactItems::new(collection, items)?;
    let is_included =
        |item: &&StoredItem| scope.front_pages == FrontPages::Included || !item.front_page;
    let ids: Vec<u64> = items
        .iter()
        .filter(is_included)
        .map(|item| item.item_id)
        .collect();
    for (number, query) in queries.iter().enumerate() {
        let hits = exact.scores(query, &ids)?.into_iter().flatten();
        let hits = hits.filter(|hit| is_within(collection.spec.metric, scope, hit.score));
        hits.for_each(|hit| each(number, hit));
    }
    Ok(())
}
