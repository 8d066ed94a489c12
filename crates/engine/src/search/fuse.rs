//! Merges the rankings of several collections, and cuts the result to what was asked for.

use std::collections::HashMap;

use lookalike_catalog::Collection;
use lookalike_storage::Metric;

use super::checked::CheckedRequest;
use super::embedding_kind::same_embedding;
use super::found::{Found, sort_best_first};
use super::rank::{CollectionRanking, Group, PAGES_PER_GROUP, SecondLookTaken};
use super::request::Limit;
use super::words::reasons::Reasons;

/// The constant of reciprocal rank fusion (Cormack, Clarke, Büttcher, SIGIR 2009).
const RECIPROCAL_RANK_K: f64 = 60.0;

/// A hit in its place in the final order.
#[derive(Clone, Copy, Debug)]
pub(super) struct PlacedHit {
    pub(super) hit: Found,
    /// Index into [`Ranking::groups`].
    pub(super) group: usize,
    /// Higher is better.
    priority: f64,
}

/// The final order over all collections.
#[derive(Debug)]
pub(super) struct Ranking {
    /// Metric and threshold of the first collection, for the answer's `query_info`.
    pub(super) metric: Metric,
    pub(super) threshold: Option<f32>,
    /// Key and score, best first.
    pub(super) groups: Vec<(String, f32)>,
    /// Best first.
    pub(super) hits: Vec<PlacedHit>,
    pub(super) second_look: SecondLooks,
    /// Why words found what they found, if those were looked for.
    pub(super) reasons: Option<Reasons>,
}

/// Which collections' hits were compared again.
#[derive(Debug, Default)]
pub(super) struct SecondLooks {
    /// The first scores of items that were.
    pub(super) first_scores: HashMap<u64, f32>,
    /// Names of collections that lack the evidence for it.
    pub(super) lacking: Vec<String>,
}

/// What of several collections is compared.
#[derive(Clone, Copy, Debug)]
enum Comparison {
    /// Their embeddings and metrics are the same.
    Scores,
    /// They are not.
    Ranks,
}

struct Merged {
    key: String,
    score: f32,
    priority: f64,
    hits: Vec<(Found, f64)>,
}

impl Ranking {
    /// Collections with the same embedding and metric merge by score, others by reciprocal
    /// rank, each hit keeping its own score.
    pub(super) fn merge(
        collections: &[Collection],
        rankings: Vec<CollectionRanking>,
        request: &CheckedRequest<'_>,
    ) -> Self {
        let metric = rankings[0].metric;
        let threshold = rankings[0].threshold;
        let mut both = collections.iter().zip(&rankings);
        let are_alike = both.all(|(collection, ranking)| {
            let by_scores = ranking.reasons.as_ref();
            let by_scores = by_scores.is_none_or(|reasons| reasons.by_meaning_alone);
            by_scores && ranking.metric == metric && same_embedding(collection, &collections[0])
        });
        let comparison = if are_alike {
            Comparison::Scores
        } else {
            Comparison::Ranks
        };
        let mut places: HashMap<String, usize> = HashMap::new();
        let mut merged: Vec<Merged> = Vec::new();
        let mut second_look = SecondLooks::default();
        let mut reasons: Option<Reasons> = None;
        for (collection, mut ranking) in collections.iter().zip(rankings) {
            match std::mem::replace(&mut ranking.second_look, SecondLookTaken::No) {
                SecondLookTaken::Taken(first_scores) => {
                    second_look.first_scores.extend(first_scores);
                }
                SecondLookTaken::No => {}
                SecondLookTaken::Lacking => {
                    second_look.lacking.push(collection.spec.name.clone());
                }
            }
            if let Some(own) = ranking.reasons.take() {
                match &mut reasons {
                    Some(reasons) => reasons.extend(own),
                    None => reasons = Some(own),
                }
            }
            for group in prioritised(ranking, comparison) {
                match places.get(&group.key) {
                    Some(&place) => merged[place].absorb(group),
                    None => {
                        places.insert(group.key.clone(), merged.len());
                        merged.push(group);
                    }
                }
            }
        }
        merged.sort_by(|a, b| {
            let first = |group: &Merged| group.hits.first().map(|(hit, _)| hit.item_id);
            b.priority
                .total_cmp(&a.priority)
                .then_with(|| first(a).cmp(&first(b)))
        });
        Self {
            second_look,
            reasons,
            ..Self::cut(metric, threshold, merged, request)
        }
    }

    fn cut(
        metric: Metric,
        threshold: Option<f32>,
        mut merged: Vec<Merged>,
        request: &CheckedRequest<'_>,
    ) -> Self {
        let by_group = match request.limit {
            Limit::Groups(count) => {
                merged.truncate(count);
                for group in &mut merged {
                    group.hits.truncate(PAGES_PER_GROUP);
                }
                true
            }
            Limit::Items(_) => request.queries.len() > 1,
        };
        let mut hits: Vec<PlacedHit> = merged
            .iter()
            .enumerate()
            .flat_map(|(group, merged)| {
                merged.hits.iter().map(move |&(hit, priority)| PlacedHit {
                    hit,
                    group,
                    priority,
                })
            })
            .collect();
        hits.sort_by(|a, b| {
            let by_group = if by_group {
                a.group.cmp(&b.group)
            } else {
                std::cmp::Ordering::Equal
            };
            by_group
                .then(b.priority.total_cmp(&a.priority))
                .then(a.hit.item_id.cmp(&b.hit.item_id))
        });
        if let Limit::Items(count) = request.limit {
            hits.truncate(count);
        }
        Self {
            metric,
            threshold,
            groups: merged
                .into_iter()
                .map(|group| (group.key, group.score))
                .collect(),
            hits,
            second_look: SecondLooks::default(),
            reasons: None,
        }
    }
}

impl Merged {
    fn absorb(&mut self, other: Self) {
        if other.priority > self.priority {
            self.priority = other.priority;
            self.score = other.score;
        }
        self.hits.extend(other.hits);
        self.hits
            .sort_by(|(a, x), (b, y)| y.total_cmp(x).then(a.item_id.cmp(&b.item_id)));
    }
}

/// The groups of one collection with priorities that can be compared with other collections'.
fn prioritised(ranking: CollectionRanking, comparison: Comparison) -> Vec<Merged> {
    let metric = ranking.metric;
    let of_score = |score: f32| {
        if metric.higher_is_better() {
            f64::from(score)
        } else {
            -f64::from(score)
        }
    };
    let of_rank = |rank: usize| 1.0 / (RECIPROCAL_RANK_K + 1.0 + rank as f64);
    let mut order: Vec<Found> = ranking
        .groups
        .iter()
        .flat_map(|group| group.hits.iter().copied())
        .collect();
    sort_best_first(&mut order, metric);
    let ranks: HashMap<u64, usize> = order
        .iter()
        .enumerate()
        .map(|(rank, hit)| (hit.item_id, rank))
        .collect();
    let hit_priority = |hit: &Found| match comparison {
        Comparison::Scores => of_score(hit.score),
        Comparison::Ranks => of_rank(ranks[&hit.item_id]),
    };
    ranking
        .groups
        .into_iter()
        .enumerate()
        .map(|(rank, Group { key, score, hits })| Merged {
            key,
            score,
            priority: match comparison {
                Comparison::Scores => of_score(score),
                Comparison::Ranks => of_rank(rank),
            },
            hits: hits
                .into_iter()
                .map(|hit| (hit, hit_priority(&hit)))
                .collect(),
        })
        .collect()
}
