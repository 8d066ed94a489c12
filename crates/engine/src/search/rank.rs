//! Ranks the groups of one collection.

use std::collections::{HashMap, HashSet};

use lookalike_catalog::Collection;
use lookalike_storage::{Effort, Filter, Hit, Metric, VectorQuery};

use super::checked::CheckedRequest;
use super::request::Limit;
use crate::{EngineError, Stores};

/// Pages shown of a group when groups are counted, and for several queries.
pub(super) const PAGES_PER_GROUP: usize = 10;

/// Items looked at first for each group wanted; patents have about nine sheets.
const ITEMS_PER_GROUP: usize = 10;

/// Candidates per query when several are fused: a group must be among the best so many
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
    pub(super) hits: Vec<Hit>,
}

/// One collection's groups, best first.
#[derive(Debug)]
pub(super) struct CollectionRanking {
    pub(super) metric: Metric,
    pub(super) threshold: Option<f32>,
    pub(super) groups: Vec<Group>,
}

/// What every step of ranking a collection needs.
struct Ranker<'a> {
    stores: &'a Stores,
    collection: &'a Collection,
    metric: Metric,
    threshold: Option<f32>,
    filter: Option<&'a Filter>,
    include_front_page: bool,
    effort: Effort,
}

/// The collection's groups for the queries, as many as the request may want.
pub(super) fn rank(
    stores: &Stores,
    collection: &Collection,
    queries: &[Vec<f32>],
    filter: Option<&Filter>,
    request: &CheckedRequest<'_>,
) -> Result<CollectionRanking, EngineError> {
    let metric: Metric = collection.spec.metric.parse()?;
    let ranker = Ranker {
        stores,
        collection,
        metric,
        threshold: request.threshold(collection, metric),
        filter,
        include_front_page: request.include_front_page,
        effort: request.effort,
    };
    let groups = match (queries, request.limit) {
        ([query], Limit::Items(count)) => {
            let hits = ranker.hits(query, count, ranker.threshold)?;
            ranker.grouped(hits)?
        }
        ([query], Limit::Groups(count)) => {
            let keys = ranker.best_groups(query, count)?;
            ranker.whole_groups(std::slice::from_ref(query), &keys)?
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
    })
}

impl Ranker<'_> {
    fn hits(
        &self,
        query: &[f32],
        k: usize,
        threshold: Option<f32>,
    ) -> Result<Vec<Hit>, EngineError> {
        let wanted = VectorQuery {
            k,
            filter: self.filter,
            include_front_page: self.include_front_page,
            threshold,
            effort: self.effort,
        };
        let queries = [query.to_vec()];
        let found = self
            .stores
            .vectors()
            .search(self.collection, &queries, &wanted)?;
        Ok(found.into_iter().flatten().collect())
    }

    /// Hits, best first, gathered into groups, best first.
    fn grouped(&self, hits: Vec<Hit>) -> Result<Vec<Group>, EngineError> {
        let keys = self.group_keys(&hits)?;
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

    /// The keys of the best `count` groups: more and more items until there are that many.
    fn best_groups(&self, query: &[f32], count: usize) -> Result<Vec<String>, EngineError> {
        let mut k = count * ITEMS_PER_GROUP;
        loop {
            let hits = self.hits(query, k, self.threshold)?;
            let all = hits.len() < k;
            let groups = self.grouped(hits)?;
            if all || groups.len() >= count {
                return Ok(groups
                    .into_iter()
                    .take(count)
                    .map(|group| group.key)
                    .collect());
            }
            k *= 4;
        }
    }

    /// The keys of all groups that any of several queries finds.
    fn candidates(&self, queries: &[Vec<f32>]) -> Result<Vec<String>, EngineError> {
        let mut keys = Vec::new();
        let mut seen = HashSet::new();
        for query in queries {
            for group in self.grouped(self.hits(query, FUSION_CANDIDATES, self.threshold)?)? {
                if seen.insert(group.key.clone()) {
                    keys.push(group.key);
                }
            }
        }
        Ok(keys)
    }

    /// The groups with all their items scored against all queries.
    fn whole_groups(
        &self,
        queries: &[Vec<f32>],
        keys: &[String],
    ) -> Result<Vec<Group>, EngineError> {
        let members = self.members(keys)?;
        let ids: Vec<u64> = members.iter().map(|(id, _)| *id).collect();
        let mut scores = Vec::with_capacity(queries.len());
        for query in queries {
            scores.push(self.stores.vectors().scores(self.collection, query, &ids)?);
        }
        let places: HashMap<&str, usize> = keys
            .iter()
            .enumerate()
            .map(|(place, key)| (key.as_str(), place))
            .collect();
        let mut parts: Vec<Part> = keys.iter().map(|_| Part::new(queries.len())).collect();
        for (index, (id, key)) in members.iter().enumerate() {
            let Some(&place) = places.get(key.as_str()) else {
                continue;
            };
            let item_scores: Option<Vec<f32>> =
                scores.iter().map(|of_query| of_query[index]).collect();
            if let Some(item_scores) = item_scores {
                parts[place].add(*id, &item_scores, self.metric);
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
                .then(a.hits[0].id.cmp(&b.hits[0].id))
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
                .filter(|page| self.include_front_page || !page.front_page)
                .map(|page| (page.item_id, page.patent_id)),
        );
        members.retain(|(id, _)| self.filter.is_none_or(|filter| filter.contains(*id)));
        Ok(members)
    }

    fn group_keys(&self, hits: &[Hit]) -> Result<Vec<String>, EngineError> {
        let ids: Vec<u64> = hits.iter().map(|hit| hit.id).collect();
        let patents = self.stores.catalog().patents_of_items(&ids)?;
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
    hits: Vec<Hit>,
}

impl Part {
    fn new(queries: usize) -> Self {
        Self {
            best: vec![None; queries],
            hits: Vec::new(),
        }
    }

    fn add(&mut self, id: u64, scores: &[f32], metric: Metric) {
        let better = |a: f32, b: f32| if metric.compare(a, b).is_lt() { a } else { b };
        for (best, score) in self.best.iter_mut().zip(scores) {
            *best = Some(best.map_or(*score, |best| better(*score, best)));
        }
        if let Some(score) = scores.iter().copied().reduce(better) {
            self.hits.push(Hit { id, score });
        }
    }

    fn finish(mut self, key: &str, metric: Metric, threshold: Option<f32>) -> Option<Group> {
        self.hits
            .retain(|hit| threshold.is_none_or(|limit| metric.compare(hit.score, limit).is_le()));
        self.hits
            .sort_by(|a, b| metric.compare(a.score, b.score).then(a.id.cmp(&b.id)));
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
