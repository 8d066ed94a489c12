//! Ranks the items of one collection for words.
//!
//! Cosines and BM25 have nothing in common but the order that they make, so where both found
//! something they are fused by it: reciprocal rank fusion (Cormack, Clarke, Büttcher, SIGIR 2009).

use std::collections::{HashMap, HashSet};

use lookalike_catalog::{Collection, Words};
use lookalike_encoders::Sigmoid;
use lookalike_storage::{MOST_HITS, Metric, Selection};

use super::query::WordsQuery;
use super::reasons::{Reason, Reasons};
use crate::search::checked::CheckedRequest;
use crate::search::found::{Asked, Found, sort_best_first};
use crate::search::query_vectors::QueryVectors;
use crate::search::rank::{self, CollectionRanking, PAGES_PER_GROUP, Ranker};
use crate::search::request::Limit;
use crate::{EngineError, Stores};

/// The constant of reciprocal rank fusion.
const RECIPROCAL_RANK_K: f32 = 60.0;

/// Items that each way of finding contributes, at least.
const CANDIDATES: usize = 500;

/// Items looked at for each group wanted: patents have about nine sheets.
const ITEMS_PER_GROUP: usize = 20;

/// Words as texts are searched for them.
pub(super) struct WordsOf {
    wanted: Words,
    /// An item with all of these in its texts is not found by them.
    unwanted: Option<Words>,
}

impl WordsOf {
    pub(super) fn new(query: &WordsQuery) -> Self {
        let unwanted = query.text_of(false);
        Self {
            wanted: Words::of(&query.text_of(true)),
            unwanted: (!unwanted.is_empty()).then(|| Words::of(&unwanted)),
        }
    }
}

/// What words mean to a collection's model.
pub(super) struct MeaningOf<'a> {
    pub(super) vectors: Option<&'a QueryVectors>,
    pub(super) sigmoid: Option<Sigmoid>,
}

impl MeaningOf<'_> {
    fn reason(&self, hit: &Found) -> Reason {
        Reason {
            meaning: Some(hit.score),
            probability: self.sigmoid.map(|sigmoid| sigmoid.probability(hit.score)),
            by_texts: false,
        }
    }
}

/// The collection's groups for words, as many as the request may want.
pub(super) fn rank(
    stores: &Stores,
    collection: &Collection,
    of_model: &MeaningOf<'_>,
    WordsOf {
        wanted: words,
        unwanted,
    }: &WordsOf,
    selection: Option<&Selection<'_>>,
    request: &CheckedRequest<'_>,
) -> Result<CollectionRanking, EngineError> {
    let most = match request.limit {
        Limit::Items(count) => CANDIDATES.max(2 * count),
        Limit::Groups(count) => CANDIDATES.max(ITEMS_PER_GROUP * count),
    }
    .min(MOST_HITS);
    let meaning = of_model.vectors;
    let passing = selection.map(Selection::ids).transpose()?;
    let passes = |id| passing.as_ref().is_none_or(|ids| ids.contains(id));
    let found = |words: &Words, most: usize| {
        let front_pages = request.include_front_page;
        let catalog = stores.catalog();
        catalog.items_with_words(collection, words, front_pages, most, passes)
    };
    let mut in_texts = found(words, most)?;
    if let (false, Some(unwanted)) = (in_texts.is_empty(), unwanted) {
        let unwanted = found(unwanted, MOST_HITS)?;
        let unwanted = unwanted.iter().filter(|hit| hit.has_all);
        let unwanted: HashSet<u64> = unwanted.map(|hit| hit.item_id).collect();
        in_texts.retain(|hit| !unwanted.contains(&hit.item_id));
    }
    // A number means nothing to a model.
    let meaning = meaning.filter(|_| in_texts.is_empty() || !words.may_be_number());
    if let (true, Some(meaning)) = (in_texts.is_empty(), meaning) {
        let queries = std::slice::from_ref(meaning);
        let mut ranking = rank::rank(stores, collection, queries, selection, request)?;
        let hits = ranking.groups.iter().flat_map(|group| &group.hits);
        ranking.reasons = Some(Reasons {
            words: words.clone(),
            of_items: hits
                .map(|hit| (hit.item_id, of_model.reason(hit)))
                .collect(),
            by_meaning_alone: true,
        });
        return Ok(ranking);
    }
    let ranker = Ranker::new(stores, collection, selection, request);
    let by_meaning = match meaning {
        Some(meaning) => ranker.first_hits(meaning, most, ranker.threshold)?,
        None => Vec::new(),
    };
    let mut reasons: HashMap<u64, Reason> = HashMap::new();
    let mut hits: HashMap<u64, Found> = HashMap::new();
    let best_relevance = in_texts.first().map_or(1.0, |hit| hit.relevance);
    let of_rank = |rank: usize| RECIPROCAL_RANK_K / (RECIPROCAL_RANK_K + rank as f32) / 2.0;
    for (rank, hit) in by_meaning.into_iter().enumerate() {
        reasons.insert(hit.item_id, of_model.reason(&hit));
        let score = of_rank(rank);
        hits.insert(hit.item_id, Found { score, ..hit });
    }
    for (rank, found) in in_texts.iter().enumerate() {
        reasons.entry(found.item_id).or_default().by_texts = true;
        let score = match meaning {
            Some(_) => of_rank(rank),
            // Nothing to fuse with: how relevant it is beside the first. Items with some of the words
            // come after those with all, whatever their relevance.
            None => {
                let relative = (found.relevance / best_relevance).min(1.0) as f32;
                if found.has_all {
                    0.5 + relative / 2.0
                } else {
                    relative / 2.0
                }
            }
        };
        let hit = hits.entry(found.item_id).or_insert(Found {
            item_id: found.item_id,
            figure_index: 0,
            nearest_to_whole: 0,
            query_figure: None,
            score: 0.0,
            asked: Asked::default(),
        });
        hit.score += score;
    }
    let mut hits: Vec<Found> = hits.into_values().collect();
    sort_best_first(&mut hits, Metric::Cosine);
    if let Limit::Items(count) = request.limit {
        hits.truncate(count);
    }
    let mut groups = ranker.grouped(hits)?;
    if let Limit::Groups(count) = request.limit {
        groups.truncate(count);
        for group in &mut groups {
            group.hits.truncate(PAGES_PER_GROUP);
        }
    }
    Ok(CollectionRanking {
        metric: Metric::Cosine,
        threshold: ranker.threshold.filter(|_| meaning.is_some()),
        groups,
        second_look: rank::SecondLookTaken::No,
        reasons: Some(Reasons {
            words: words.clone(),
            of_items: reasons,
            by_meaning_alone: false,
        }),
    })
}
