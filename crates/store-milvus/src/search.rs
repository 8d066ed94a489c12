//! Searches: what Milvus finds, compared again, and what it does not have yet.

use std::collections::HashSet;

use lookalike_storage::{
    Collection, Effort, ExactItems, FrontPages, Hit, Metric, RowId, Scope, VectorQuery,
};

use crate::calls::{Asked, FoundRow, MOST_ROWS};
use crate::error::MilvusError;
use crate::exact::{is_within, sort};
use crate::index::{self, Reach};
use crate::plan::{Ask, Plan};
use crate::record::Record;
use crate::shared::{Shared, View};

/// Queries of one request.
const QUERIES: usize = 64;

/// Rows of one answer, over all of its queries.
const ROWS_AN_ANSWER: usize = 1 << 18;

/// How many times as many rows are asked for where those that came did not suffice.
const MORE: usize = 4;

/// How far Milvus's score of a row may be from ours, in parts of it, by rounding.
const ROUNDING: f32 = 1e-4;

impl Shared {
    pub(crate) fn search(
        &self,
        collection: &Collection,
        queries: &[Vec<f32>],
        wanted: &VectorQuery<'_>,
    ) -> Result<Vec<Vec<Hit>>, MilvusError> {
        let view = self.view(collection)?;
        match self.search_view(collection, queries, wanted, &view) {
            // Another process put another one in its place, or somebody removed it.
            Err(error) if error.is_no_collection() => {
                self.doubt(collection);
                let view = self.view(collection)?;
                self.search_view(collection, queries, wanted, &view)
            }
            found => found,
        }
    }

    fn search_view(
        &self,
        collection: &Collection,
        queries: &[Vec<f32>],
        wanted: &VectorQuery<'_>,
        view: &View,
    ) -> Result<Vec<Vec<Hit>>, MilvusError> {
        let VectorQuery { k, scope, effort } = *wanted;
        if k == 0 || queries.is_empty() {
            return Ok(vec![Vec::new(); queries.len()]);
        }
        let new = || Ok(view.unsynced.search(queries, &scope, k)?);
        let Some(record) = &view.record else {
            return new();
        };
        let mut found = match self.plan(record, &scope, effort, k)? {
            Plan::Nothing => return new(),
            Plan::Walk => return self.best_of_all(collection, queries, &scope, k),
            Plan::Ask(ask) => {
                let seeking = Seeking {
                    shared: self,
                    collection,
                    view,
                    record,
                    scope: &scope,
                    k,
                    effort,
                };
                seeking.run(queries, &ask)?
            }
        };
        let metric = collection.spec.metric;
        for (hits, new) in found.iter_mut().zip(new()?) {
            let new_items: HashSet<u64> = new.iter().map(|hit| hit.item_id).collect();
            hits.retain(|hit| !new_items.contains(&hit.item_id));
            hits.extend(new);
            sort(metric, hits);
            hits.truncate(k);
        }
        Ok(found)
    }
}

/// A search of Milvus until there are enough items.
struct Seeking<'a> {
    shared: &'a Shared,
    collection: &'a Collection,
    view: &'a View,
    record: &'a Record,
    scope: &'a Scope<'a>,
    k: usize,
    effort: Effort,
}

/// What one round gave a query.
struct Round {
    hits: Vec<Hit>,
    /// Whether more rows would not change it.
    is_enough: bool,
    /// Whether Milvus gave all rows that it found.
    is_all: bool,
}

impl Seeking<'_> {
    fn run(&self, queries: &[Vec<f32>], ask: &Ask) -> Result<Vec<Vec<Hit>>, MilvusError> {
        let mut found = vec![Vec::new(); queries.len()];
        let mut left: Vec<usize> = (0..queries.len()).collect();
        let (mut limit, mut reach) = (ask.limit, ask.reach);
        while !left.is_empty() {
            let asked: Vec<&[f32]> = left.iter().map(|&place| &*queries[place]).collect();
            let rounds = self.round(&asked, ask, limit, reach)?;
            let is_last = limit == MOST_ROWS && matches!(reach, Reach::All);
            let mut still_left = Vec::new();
            let (mut is_short, mut is_cut) = (false, false);
            for (&place, round) in left.iter().zip(rounds) {
                if !round.is_enough {
                    still_left.push(place);
                    is_short |= round.is_all;
                    is_cut |= !round.is_all;
                }
                found[place] = round.hits;
            }
            if !still_left.is_empty() && (is_last || is_short && matches!(reach, Reach::All)) {
                // Rows of one item beyond number, or a graph that leads nowhere: here nothing is missed.
                let left: Vec<Vec<f32>> = still_left
                    .iter()
                    .map(|&place| queries[place].clone())
                    .collect();
                let best = self
                    .shared
                    .best_of_all(self.collection, &left, self.scope, self.k)?;
                for (place, hits) in still_left.into_iter().zip(best) {
                    found[place] = hits;
                }
                break;
            }
            if is_cut {
                limit = limit.saturating_mul(MORE).min(MOST_ROWS);
            }
            if is_short || limit == MOST_ROWS {
                reach = Reach::All;
            }
            left = still_left;
        }
        Ok(found)
    }

    fn round(
        &self,
        queries: &[&[f32]],
        ask: &Ask,
        limit: usize,
        reach: Reach,
    ) -> Result<Vec<Round>, MilvusError> {
        let metric = self.collection.spec.metric;
        let remote = self.shared.remote(&self.record.name);
        let mut rounds = Vec::with_capacity(queries.len());
        for some in queries.chunks((ROWS_AN_ANSWER / limit).clamp(1, QUERIES)) {
            let asked = Asked {
                queries: some,
                expression: &ask.expression,
                limit,
                reach,
                timestamp: self.record.timestamp,
            };
            let rows = remote.search(metric, &self.record.index, &asked)?;
            let ids: Vec<Vec<u64>> = rows.iter().map(|rows| self.items_of(rows, ask)).collect();
            let mut all: Vec<u64> = ids.iter().flatten().copied().collect();
            all.sort_unstable();
            all.dedup();
            let exact =
                ExactItems::new(self.collection, &self.shared.items(self.collection, &all)?)?;
            for ((query, rows), ids) in some.iter().zip(&rows).zip(&ids) {
                let mut hits = self.hits(&exact, query, ids)?;
                let is_all = rows.len() < limit;
                let is_enough = self.is_enough(rows, &hits, is_all, reach);
                hits.truncate(self.k);
                rounds.push(Round {
                    hits,
                    is_enough,
                    is_all,
                });
            }
        }
        Ok(rounds)
    }

    /// The items of rows that count: each once, and none that is newer than what Milvus is known for.
    fn items_of(&self, rows: &[FoundRow], ask: &Ask) -> Vec<u64> {
        let mut seen = HashSet::new();
        let last = self.record.last_item.cast_unsigned();
        let changed = self.view.unsynced.changed();
        let items = rows
            .iter()
            .map(|row| RowId::from_number(row.id.cast_unsigned()).item_id());
        items
            .filter(|item| *item <= last && !changed.contains(item))
            .filter(|item| ask.check.as_ref().is_none_or(|ids| ids.contains(*item)))
            .filter(|item| seen.insert(*item))
            .collect()
    }

    fn hits(
        &self,
        exact: &ExactItems,
        query: &[f32],
        ids: &[u64],
    ) -> Result<Vec<Hit>, MilvusError> {
        let metric = self.collection.spec.metric;
        let is_included = |hit: &Hit| {
            self.scope.front_pages == FrontPages::Included
                || exact.is_front_page(hit.item_id) == Some(false)
        };
        let hits = exact.scores(query, ids)?.into_iter().flatten();
        let mut hits: Vec<Hit> = hits
            .filter(is_included)
            .filter(|hit| is_within(metric, self.scope, hit.score))
            .collect();
        sort(metric, &mut hits);
        Ok(hits)
    }

    /// Whether more rows would change nothing that was asked for.
    fn is_enough(&self, rows: &[FoundRow], hits: &[Hit], is_all: bool, reach: Reach) -> bool {
        let metric = self.collection.spec.metric;
        let Some(last) = rows.last() else {
            return is_all && self.is_whole(reach);
        };
        let last = index::score(metric, last.score);
        let is_beyond = |score: f32| is_worse(metric, last, score);
        let scores_count = self.record.index.scores_are_exact();
        if scores_count && self.scope.threshold.is_some_and(is_beyond) {
            return true;
        }
        match hits.get(self.k - 1) {
            // Equal scores are told apart by id, which Milvus does not know of.
            Some(worst) if self.effort.exact => is_all || is_beyond(worst.score),
            Some(_) => true,
            None => is_all && self.is_whole(reach),
        }
    }

    /// Whether a search that gave all its rows gave all that there are.
    fn is_whole(&self, reach: Reach) -> bool {
        matches!(reach, Reach::All) && !self.record.index.is_graph()
    }
}

/// Whether `a` is worse by more than rounding.
fn is_worse(metric: Metric, a: f32, b: f32) -> bool {
    let rounding = ROUNDING * (1.0 + a.abs().max(b.abs()));
    metric.compare(a, b).is_gt() && (a - b).abs() > rounding
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worse_is_by_more_than_rounding() {
        assert!(is_worse(Metric::Cosine, 0.5, 0.6));
        assert!(!is_worse(Metric::Cosine, 0.6, 0.5));
        assert!(!is_worse(Metric::Cosine, 0.500_01, 0.500_02));
        assert!(is_worse(Metric::L2, 2.0, 1.0));
        assert!(!is_worse(Metric::L2, 1.0, 2.0));
    }
}
