//! Ranks the groups of one collection.

use std::collections::{HashMap, HashSet};

use lookalike_catalog::Collection;
use lookalike_storage::{
    Effort, FrontPages, Hit, MOST_HITS, Metric, Scope, Selection, VectorQuery,
};

use super::checked::CheckedRequest;
use super::found::{Found, best_of_each, sort_best_first};
use super::query_vectors::QueryVectors;
use super::request::Limit;
use super::second_look::{Ability, Looks};
use super::words::reasons::Reasons;
use crate::{EngineError, Stores};

/// Pages shown of a group when groups are counted, and for several queries.
pub(super) const PAGES_PER_GROUP: usize = 10;

/// Items looked at first for each group wanted; patents have about nine sheets.
const ITEMS_PER_GROUP: usize = 10;

/// Candidates per query when several are fused: a group must be among this many best
/// items of at least one of them.
const FUSION_CANDIDATES: usize = 500;

/// A group's hits.
#[derive(Clone, Debug)]
pub(super) struct Group {
    /// `patent_id`, else `item-<id>`.
    pub(super) key: String,
    /// The best hit's score, or for several queries the mean of the best for each.
    pub(super) score: f32,
    /// Best first; never empty.
    pub(super) hits: Vec<Found>,
}

/// One collection's groups, best first.
#[derive(Debug)]
pub(super) struct CollectionRanking {
    pub(super) metric: Metric,
    pub(super) threshold: Option<f32>,
    pub(super) groups: Vec<Group>,
    pub(super) second_look: SecondLookTaken,
    /// Why words found what they found, if those were looked for.
    pub(super) reasons: Option<Reasons>,
}

/// Whether hits were compared again.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum SecondLookTaken {
    /// They were; the first scores of those that were, by item.
    Taken(HashMap<u64, f32>),
    /// They can't be, or nobody wanted it.
    No,
    /// They could be, if the collection had evidence.
    Lacking,
}

/// What every step of ranking a collection needs.
pub(super) struct Ranker<'a> {
    stores: &'a Stores,
    collection: &'a Collection,
    metric: Metric,
    pub(super) threshold: Option<f32>,
    selection: Option<&'a Selection<'a>>,
    front_pages: FrontPages,
    effort: Effort,
    looks: Option<Looks<'a>>,
}

/// The collection's groups for the queries, as many as the request may want.
pub(super) fn rank(
    stores: &Stores,
    collection: &Collection,
    queries: &[QueryVectors],
    selection: Option<&Selection<'_>>,
    request: &CheckedRequest<'_>,
) -> Result<CollectionRanking, EngineError> {
    let metric = collection.spec.metric;
    let (looks, is_lacking) =
        match Looks::ability(stores, collection, queries, request.second_look())? {
            Ability::Able(looks) => (Some(looks), false),
            Ability::Unable => (None, false),
            Ability::Lacking => (None, true),
        };
    let ranker = Ranker {
        looks,
        ..Ranker::new(stores, collection, selection, request)
    };
    let groups = match (queries, request.limit) {
        ([query], Limit::Items(count)) if query.has_figures() => {
            let hits = ranker.hits_of_figures(query, count)?;
            ranker.grouped(hits)?
        }
        ([query], Limit::Items(count)) => {
            let hits = ranker.best_hits(query, count)?;
            ranker.grouped(hits)?
        }
        ([query], Limit::Groups(count)) if !query.has_figures() => {
            let keys = ranker.best_groups(query, count)?;
            ranker.whole_groups(queries, &keys)?
        }
        (several, _) => {
            let keys = ranker.candidates(several)?;
            ranker.whole_groups(several, &keys)?
        }
    };
    Ok(CollectionRanking {
        metric,
        threshold: ranker.threshold,
        groups,
        second_look: match ranker.looks {
            Some(looks) => SecondLookTaken::Taken(looks.into_first_scores()),
            None if is_lacking => SecondLookTaken::Lacking,
            None => SecondLookTaken::No,
        },
        reasons: None,
    })
}

impl<'a> Ranker<'a> {
    /// Without a second look.
    pub(super) fn new(
        stores: &'a Stores,
        collection: &'a Collection,
        selection: Option<&'a Selection<'a>>,
        request: &CheckedRequest<'_>,
    ) -> Self {
        let metric = collection.spec.metric;
        Self {
            stores,
            collection,
            metric,
            threshold: request.threshold(collection, metric),
            selection,
            front_pages: if request.include_front_page {
                FrontPages::Included
            } else {
                FrontPages::LeftOut
            },
            effort: request.effort,
            looks: None,
        }
    }
}

impl Ranker<'_> {
    fn scope(&self, threshold: Option<f32>) -> Scope<'_> {
        Scope {
            selection: self.selection,
            front_pages: self.front_pages,
            threshold,
        }
    }

    pub(super) fn hits(
        &self,
        query: &[f32],
        k: usize,
        threshold: Option<f32>,
    ) -> Result<Vec<Hit>, EngineError> {
        let wanted = VectorQuery {
            k,
            scope: self.scope(threshold),
            effort: self.effort,
        };
        let queries = [query.to_vec()];
        let found = self
            .stores
            .vectors()
            .search(self.collection, &queries, &wanted)?;
        Ok(found.into_iter().flatten().collect())
    }

    /// The best `count` items for the only query, which has no figures, best first.
    fn best_hits(&self, query: &QueryVectors, count: usize) -> Result<Vec<Found>, EngineError> {
        let Some(depth) = self.depth(0, count) else {
            return self.first_hits(query, count, self.threshold);
        };
        let hits = self.first_hits(query, depth, None)?;
        self.compared(0, hits, count)
    }

    /// The same by their first scores: an item that is among the best `k` of all poses is among
    /// the best `k` of the pose that it is best in.
    pub(super) fn first_hits(
        &self,
        query: &QueryVectors,
        k: usize,
        threshold: Option<f32>,
    ) -> Result<Vec<Found>, EngineError> {
        let mut all = Vec::new();
        for aspect in &query.aspects {
            let hits = self.hits(&aspect.whole, k, threshold)?;
            all.extend(hits.into_iter().map(|hit| Found::new(hit, aspect.asked)));
        }
        let mut best = best_of_each(all, self.metric);
        best.truncate(k);
        Ok(best)
    }

    /// How many hits are to be found first for the query at that position, of which `count` are
    /// wanted; `None` where it takes no second look.
    fn depth(&self, query: usize, count: usize) -> Option<usize> {
        self.looks.as_ref()?.depth(query, count)
    }

    /// The threshold of the first search for the query at that position: none where scores change
    /// on second look.
    fn first_threshold(&self, query: usize) -> Option<f32> {
        self.threshold.filter(|_| self.depth(query, 0).is_none())
    }

    /// The best `count` of hits on second look, best first.
    fn compared(
        &self,
        query: usize,
        mut hits: Vec<Found>,
        count: usize,
    ) -> Result<Vec<Found>, EngineError> {
        if let Some(looks) = &self.looks {
            looks.compare(query, &mut hits)?;
        }
        hits.retain(|hit| self.is_within(hit));
        sort_best_first(&mut hits, self.metric);
        hits.truncate(count);
        Ok(hits)
    }

    /// The best `count` items for a query with several figures, best first.
    fn hits_of_figures(
        &self,
        query: &QueryVectors,
        count: usize,
    ) -> Result<Vec<Found>, EngineError> {
        let candidates = FUSION_CANDIDATES.max(2 * count);
        let mut ids = Vec::new();
        for vector in query.all() {
            let hits = self.hits(vector, candidates, self.first_threshold(0))?;
            ids.extend(hits.iter().map(|hit| hit.item_id));
        }
        ids.sort_unstable();
        ids.dedup();
        let mut hits: Vec<Found> = self.scores(query, &ids)?.into_iter().flatten().collect();
        sort_best_first(&mut hits, self.metric);
        if let Some(depth) = self.depth(0, count) {
            hits.truncate(depth);
        }
        self.compared(0, hits, count)
    }

    /// The hits of items for a query, `None` for those that the collection has no embedding of.
    fn scores(&self, query: &QueryVectors, ids: &[u64]) -> Result<Vec<Option<Found>>, EngineError> {
        let vectors = self.stores.vectors();
        let of_vectors = query
            .all()
            .map(|vector| vectors.scores(self.collection, vector, ids))
            .collect::<Result<Vec<_>, _>>()?;
        let of_item = |index| {
            let hits: Option<Vec<Hit>> = of_vectors.iter().map(|hits| hits[index]).collect();
            hits.and_then(|hits| query.found(&hits, self.metric))
        };
        Ok((0..ids.len()).map(of_item).collect())
    }

    /// The same on second look.
    fn final_scores(
        &self,
        position: usize,
        query: &QueryVectors,
        ids: &[u64],
    ) -> Result<Vec<Option<Found>>, EngineError> {
        let mut scores = self.scores(query, ids)?;
        if let Some(looks) = &self.looks {
            let mut hits: Vec<Found> = scores.iter().copied().flatten().collect();
            looks.compare(position, &mut hits)?;
            let found = scores.iter_mut().flatten();
            found.zip(hits).for_each(|(first, again)| *first = again);
        }
        Ok(scores)
    }

    fn is_within(&self, hit: &Found) -> bool {
        let limit = self.threshold;
        limit.is_none_or(|limit| self.metric.compare(hit.score, limit).is_le())
    }

    /// Hits, best first, gathered into groups, best first.
    pub(super) fn grouped(&self, hits: Vec<Found>) -> Result<Vec<Group>, EngineError> {
        let ids: Vec<u64> = hits.iter().map(|hit| hit.item_id).collect();
        let keys = self.group_keys(&ids)?;
        let mut places: HashMap<String, usize> = HashMap::new();
        let mut groups: Vec<Group> = Vec::new();
        for (hit, key) in hits.into_iter().zip(keys) {
            let place = *places.entry(key.clone()).or_insert_with(|| {
                groups.push(Group {
                    key,
                    score: hit.score,
                    hits: Vec::new(),
                });
                groups.len() - 1
            });
            groups[place].hits.push(hit);
        }
        Ok(groups)
    }

    /// The keys of the best `count` groups: more and more items until there are that many, and
    /// all of them where a store gives no more at once.
    fn best_groups(&self, query: &QueryVectors, count: usize) -> Result<Vec<String>, EngineError> {
        let mut k = (count * ITEMS_PER_GROUP).min(MOST_HITS);
        loop {
            let hits = self.best_hits(query, k)?;
            let all = hits.len() < k;
            let ids: Vec<u64> = hits.iter().map(|hit| hit.item_id).collect();
            let mut keys = self.distinct_keys(&ids)?;
            if all || keys.len() >= count {
                keys.truncate(count);
                return Ok(keys);
            }
            if k == MOST_HITS {
                return self.best_groups_of_all(query, count);
            }
            k = (k * 4).min(MOST_HITS);
        }
    }

    /// The same from every item within the scope: for patents of thousands of sheets.
    fn best_groups_of_all(
        &self,
        query: &QueryVectors,
        count: usize,
    ) -> Result<Vec<String>, EngineError> {
        let mut hits = Vec::new();
        for aspect in &query.aspects {
            self.stores.vectors().each_hit(
                self.collection,
                &aspect.whole,
                &self.scope(self.threshold),
                &mut |hit| hits.push(Found::new(hit, aspect.asked)),
            )?;
        }
        let hits = best_of_each(hits, self.metric);
        let mut keys: Vec<String> = Vec::new();
        let mut seen = HashSet::new();
        let ids: Vec<u64> = hits.iter().map(|hit| hit.item_id).collect();
        for some in ids.chunks(MOST_HITS) {
            let new = self.distinct_keys(some)?;
            keys.extend(new.into_iter().filter(|key| seen.insert(key.clone())));
            if keys.len() >= count {
                break;
            }
        }
        keys.truncate(count);
        Ok(keys)
    }

    /// The groups of items, each once, in the order of their first items.
    fn distinct_keys(&self, ids: &[u64]) -> Result<Vec<String>, EngineError> {
        let mut seen = HashSet::new();
        let mut keys = self.group_keys(ids)?;
        keys.retain(|key| seen.insert(key.clone()));
        Ok(keys)
    }

    /// The keys of all groups that any of several queries finds.
    fn candidates(&self, queries: &[QueryVectors]) -> Result<Vec<String>, EngineError> {
        let mut keys = Vec::new();
        let mut seen = HashSet::new();
        for (position, query) in queries.iter().enumerate() {
            let threshold = self.first_threshold(position);
            for vector in query.all() {
                let hits = self.hits(vector, FUSION_CANDIDATES, threshold)?;
                let ids: Vec<u64> = hits.iter().map(|hit| hit.item_id).collect();
                let new = self.distinct_keys(&ids)?;
                keys.extend(new.into_iter().filter(|key| seen.insert(key.clone())));
            }
        }
        Ok(keys)
    }

    /// The groups with all their items scored against all queries.
    fn whole_groups(
        &self,
        queries: &[QueryVectors],
        keys: &[String],
    ) -> Result<Vec<Group>, EngineError> {
        let members = self.members(keys)?;
        let ids: Vec<u64> = members.iter().map(|(id, _)| *id).collect();
        let mut scores = Vec::with_capacity(queries.len());
        for (position, query) in queries.iter().enumerate() {
            scores.push(self.final_scores(position, query, &ids)?);
        }
        let places: HashMap<&str, usize> = keys
            .iter()
            .enumerate()
            .map(|(place, key)| (key.as_str(), place))
            .collect();
        let mut parts: Vec<Part> = keys.iter().map(|_| Part::new(queries.len())).collect();
        for (index, (_, key)) in members.iter().enumerate() {
            let Some(&place) = places.get(key.as_str()) else {
                continue;
            };
            let of_item: Option<Vec<Found>> =
                scores.iter().map(|of_query| of_query[index]).collect();
            if let Some(of_item) = of_item {
                parts[place].add(&of_item, self.metric);
            }
        }
        let mut groups: Vec<Group> = keys
            .iter()
            .zip(parts)
            .filter_map(|(key, part)| part.finish(key, self.metric, self.threshold))
            .collect();
        groups.sort_by(|a, b| {
            self.metric
                .compare(a.score, b.score)
                .then(a.hits[0].item_id.cmp(&b.hits[0].item_id))
        });
        Ok(groups)
    }

    /// Items of the groups that take part in the search, with their group.
    fn members(&self, keys: &[String]) -> Result<Vec<(u64, String)>, EngineError> {
        let mut members = Vec::new();
        let mut patents = Vec::new();
        for key in keys {
            match key.strip_prefix("item-").and_then(|id| id.parse().ok()) {
                Some(id) => members.push((id, key.clone())),
                None => patents.push(key.clone()),
            }
        }
        let pages = self
            .stores
            .catalog()
            .items_of_patents(self.collection, &patents)?;
        members.extend(
            pages
                .into_iter()
                .filter(|page| self.front_pages == FrontPages::Included || !page.front_page)
                .map(|page| (page.item_id, page.patent_id)),
        );
        if let Some(selection) = self.selection {
            let ids = selection.ids()?;
            members.retain(|(id, _)| ids.contains(*id));
        }
        Ok(members)
    }

    fn group_keys(&self, ids: &[u64]) -> Result<Vec<String>, EngineError> {
        let patents = self.stores.catalog().patents_of_items(ids)?;
        Ok(ids
            .iter()
            .map(|id| {
                patents
                    .get(id)
                    .cloned()
                    .unwrap_or_else(|| format!("item-{id}"))
            })
            .collect())
    }
}

/// A group while its items are scored.
struct Part {
    /// For each query the best score of any item.
    best: Vec<Option<f32>>,
    hits: Vec<Found>,
}

impl Part {
    fn new(queries: usize) -> Self {
        Self {
            best: vec![None; queries],
            hits: Vec::new(),
        }
    }

    /// Adds an item by its hit for each query.
    fn add(&mut self, of_item: &[Found], metric: Metric) {
        for (best, hit) in self.best.iter_mut().zip(of_item) {
            if best.is_none_or(|best| metric.compare(hit.score, best).is_lt()) {
                *best = Some(hit.score);
            }
        }
        let better = |a: Found, b: Found| a.or_better(b, metric);
        self.hits.extend(of_item.iter().copied().reduce(better));
    }

    fn finish(mut self, key: &str, metric: Metric, threshold: Option<f32>) -> Option<Group> {
        self.hits
            .retain(|hit| threshold.is_none_or(|limit| metric.compare(hit.score, limit).is_le()));
        sort_best_first(&mut self.hits, metric);
        self.hits.truncate(PAGES_PER_GROUP);
        let best: Vec<f32> = self.best.into_iter().flatten().collect();
        let score = best.iter().sum::<f32>() / best.len() as f32;
        (!self.hits.is_empty()).then(|| Group {
            key: key.to_owned(),
            score,
            hits: self.hits,
        })
    }
}
