//! The second look: what a search found first is compared again, by what matches where.
//!
//! An embedding says what a picture is like as a whole; the evidence of its places (see
//! `lookalike_evidence`) tells apart what is alike only as a whole. Both make one score, on the
//! scale of the encoder's own, so that thresholds act on it and bands mean what they mean. It is
//! taken in the pose by which the first search found a hit, of what found what: the query's whole and the
//! item's figure nearest to it, and of a query with several figures the nearest two figures as well,
//! half each, as in the first score (`models/builtin/EXPERIMENTS.md` says what else was tried). A
//! region that is searched for takes none.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use lookalike_catalog::Collection;
use lookalike_encoders::SecondLook;
use lookalike_evidence::{Evidence, EvidenceFile, Key, Query};
use lookalike_storage::Metric;

use super::examples::{LIKE, PENALTY};
use super::found::{Asked, Found};
use super::query_vectors::QueryVectors;
use crate::stores::evidence_key;
use crate::{EngineError, Stores};

/// How many of the first hits are compared again unless the request says otherwise.
pub const RERANK_DEFAULT: usize = 200;

/// Most hits that are compared again.
pub const RERANK_MAX: usize = 2000;

/// What the hits of a collection are compared with again.
pub(super) struct Looks<'a> {
    stores: &'a Stores,
    file: Arc<EvidenceFile>,
    mixture: SecondLook,
    /// In the order of the request's queries.
    queries: Vec<Compared>,
    depth: usize,
    /// Of items that were compared: their best first score for any query.
    first_scores: RefCell<HashMap<u64, f32>>,
}

/// Whether a collection's hits can be compared again.
pub(super) enum Ability<'a> {
    /// They can.
    Able(Looks<'a>),
    /// They can't, by the nature of query or collection, or nobody wants it.
    Unable,
    /// They could, if the collection had evidence.
    Lacking,
}

impl<'a> Looks<'a> {
    /// For at least `depth` hits for each query, 0 for none.
    ///
    /// # Errors
    /// The file of evidence can't be read.
    pub(super) fn ability(
        stores: &'a Stores,
        collection: &Collection,
        queries: &[QueryVectors],
        depth: usize,
    ) -> Result<Ability<'a>, EngineError> {
        if depth == 0 || collection.spec.metric != Metric::Cosine {
            return Ok(Ability::Unable);
        }
        let Some(mixture) = stores.encoders().second_look(collection) else {
            return Ok(Ability::Unable);
        };
        let Some(file) = stores.evidence().of_collection(collection.id)? else {
            return Ok(Ability::Lacking);
        };
        let queries: Vec<Compared> = queries.iter().map(Compared::new).collect();
        if queries.iter().all(Compared::is_empty) {
            return Ok(Ability::Unable);
        }
        Ok(Ability::Able(Self {
            stores,
            file,
            mixture,
            queries,
            depth,
            first_scores: RefCell::default(),
        }))
    }

    /// How many hits are to be found first for the query at that position, of which `count` are
    /// wanted; `None` where it takes no second look.
    pub(super) fn depth(&self, query: usize, count: usize) -> Option<usize> {
        let compared = &self.queries[query];
        (!compared.is_empty()).then(|| self.depth.max(count))
    }

    /// Gives hits for the query at that position the score that they have on second look. Those of
    /// which there is no evidence keep theirs.
    ///
    /// # Errors
    /// The catalogue or the file of evidence can't be read.
    pub(super) fn compare(&self, query: usize, hits: &mut [Found]) -> Result<(), EngineError> {
        let query = &self.queries[query];
        if query.is_empty() {
            return Ok(());
        }
        let ids: Vec<u64> = hits.iter().map(|hit| hit.item_id).collect();
        let md5s = self.stores.catalog().md5s_of_items(&ids)?;
        let mut first_scores = self.first_scores.borrow_mut();
        for (asked, own) in &query.ways {
            let so_asked = hits.iter_mut().filter(|hit| hit.asked == *asked);
            let mut hits: Vec<&mut Found> = so_asked.collect();
            let key = |hit: &Found, figure| evidence_key(md5s.get(&hit.item_id)?, figure);
            let keys = hits.iter().map(|hit| key(hit, hit.nearest_to_whole));
            let keys: Vec<Option<Key>> = keys.collect();
            let own = self.own_agreements(own, &hits, &keys, key);
            let like = self.agreements_of_all(&query.like, &keys);
            let unlike = self.agreements_of_all(&query.unlike, &keys);
            for (index, hit) in hits.iter_mut().enumerate() {
                let own = own.as_ref().map(|own| own[index]);
                let like = like.iter().map(|of_one| of_one[index]);
                let Some(agreement) = mean(own, like) else {
                    continue;
                };
                let best = first_scores.entry(hit.item_id).or_insert(hit.score);
                *best = best.max(hit.score);
                let unlike = unlike.iter().filter_map(|of_one| of_one[index]);
                let more = unlike.fold(0.0_f32, |most, other| most.max(other - agreement));
                hit.score = self.mixture.score(hit.score, agreement) - PENALTY * more;
            }
        }
        Ok(())
    }

    /// How well each hit, the keys of whose nearest to the whole are given, agrees with what of the
    /// query found it; `None` where the query itself has nothing to be compared with.
    fn own_agreements(
        &self,
        own: &[Option<Query>],
        hits: &[&mut Found],
        keys: &[Option<Key>],
        key: impl Fn(&Found, u8) -> Option<Key>,
    ) -> Option<Vec<Option<f32>>> {
        let (whole, figures) = own.split_first()?;
        let mut all = self.agreements(whole.as_ref()?, keys);
        for (figure, of_figure) in (1..=u8::MAX).zip(figures) {
            let Some(of_figure) = of_figure else { continue };
            let by_it = |&index: &usize| hits[index].query_figure == Some(figure);
            let places: Vec<usize> = (0..hits.len()).filter(by_it).collect();
            let keys = places.iter().map(|&index| &*hits[index]);
            let keys: Vec<Option<Key>> = keys.map(|hit| key(hit, hit.figure_index)).collect();
            for (place, agreement) in places.into_iter().zip(self.agreements(of_figure, &keys)) {
                all[place] = match (all[place], agreement) {
                    (Some(whole), Some(figure)) => Some(f32::midpoint(whole, figure)),
                    (one, other) => one.or(other),
                };
            }
        }
        Some(all)
    }

    fn agreements_of_all(&self, examples: &[Query], keys: &[Option<Key>]) -> Vec<Vec<Option<f32>>> {
        let of_one = |example| self.agreements(example, keys);
        examples.iter().map(of_one).collect()
    }

    fn agreements(&self, query: &Query, keys: &[Option<Key>]) -> Vec<Option<f32>> {
        let file = &self.file;
        query.agreements(keys.len(), |index| {
            let found = file.get(keys[index].as_ref()?);
            found.unwrap_or_else(|error| {
                tracing::warn!("{error}");
                None
            })
        })
    }

    /// Of items that were compared again: their best first score for any query.
    pub(super) fn into_first_scores(self) -> HashMap<u64, f32> {
        self.first_scores.into_inner()
    }
}

/// What hits for a query are compared with again.
struct Compared {
    /// The ways that the query is asked in of which there is evidence, of the whole and then of its
    /// figures; of a search by examples alone the one way that it has, without.
    ways: Vec<(Asked, Vec<Option<Query>>)>,
    like: Vec<Query>,
    unlike: Vec<Query>,
}

impl Compared {
    fn new(query: &QueryVectors) -> Self {
        let all = |evidence: &[Arc<Evidence>]| evidence.iter().map(|one| Query::new(one)).collect();
        let examples = &query.examples;
        let ways = query.aspects.iter().filter_map(|aspect| {
            let own = aspect.evidence.iter();
            let own: Vec<Option<Query>> = own.map(|one| one.as_deref().map(Query::new)).collect();
            let has_whole = own.first().is_some_and(Option::is_some);
            let takes_part = has_whole || examples.alone && !examples.like.is_empty();
            takes_part.then_some((aspect.asked, own))
        });
        Self {
            ways: ways.collect(),
            like: all(&examples.like),
            unlike: all(&examples.unlike),
        }
    }

    fn is_empty(&self) -> bool {
        self.ways.is_empty()
    }
}

/// How well a hit agrees with the query (`own`, where there is one) and what is liked beside it, which
/// counts [`LIKE`] together; `None` where the hit has no evidence.
fn mean(own: Option<Option<f32>>, like: impl Iterator<Item = Option<f32>>) -> Option<f32> {
    let like: Vec<f32> = like.flatten().collect();
    let of_like = like.iter().sum::<f32>() / like.len() as f32;
    match own {
        Some(own) if like.is_empty() => own,
        Some(own) => Some((own? + LIKE * of_like) / (1.0 + LIKE)),
        None => (!like.is_empty()).then_some(of_like),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_liked_counts_three_quarters_of_the_query() {
        let like = |values: &'static [Option<f32>]| values.iter().copied();
        assert_eq!(mean(Some(Some(0.5)), like(&[])), Some(0.5));
        assert_eq!(mean(Some(None), like(&[Some(1.0)])), None);
        let both = mean(Some(Some(0.5)), like(&[Some(0.25), Some(0.75), None]));
        assert_eq!(both, Some(0.5));
        let both = mean(Some(Some(0.0)), like(&[Some(0.7)])).unwrap();
        assert!((both - 0.3).abs() < 1e-6);
        assert_eq!(mean(None, like(&[Some(0.25), Some(0.75)])), Some(0.5));
        assert_eq!(mean(None, like(&[None])), None);
    }
}
