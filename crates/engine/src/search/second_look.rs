//! The second look: what a search found first is compared again, by what matches where.
//!
//! An embedding says what a picture is like as a whole; the evidence of its places (see
//! `lookalike_evidence`) tells apart what is alike only as a whole. Both make one score, on the
//! scale of the encoder's own, so that thresholds act on it and bands mean what they mean. It is
//! taken in the pose by which the first search found a hit, and of whole sheets: a region that is searched for, and sheets that one figure of several found,
//! keep their first score, since what else is on a sheet would speak against it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use lookalike_catalog::Collection;
use lookalike_encoders::SecondLook;
use lookalike_evidence::{EvidenceFile, Query};
use lookalike_imaging::Pose;
use lookalike_storage::Metric;

use super::found::Found;
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
    /// In the order of the request's queries, those of their poses of which there is evidence.
    queries: Vec<Vec<(Pose, Query)>>,
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
        let prepare = |query: &QueryVectors| {
            let aspects = query.aspects.iter();
            let with_evidence = aspects.filter_map(|aspect| {
                let evidence = aspect.evidence.as_deref()?;
                Some((aspect.pose, Query::new(evidence)))
            });
            with_evidence.collect()
        };
        let queries: Vec<Vec<(Pose, Query)>> = queries.iter().map(prepare).collect();
        if queries.iter().all(Vec::is_empty) {
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
        (!self.queries[query].is_empty()).then(|| self.depth.max(count))
    }

    /// Gives hits for the query at that position the score that they have on second look. Those of
    /// which there is no evidence keep theirs.
    ///
    /// # Errors
    /// The catalogue or the file of evidence can't be read.
    pub(super) fn compare(&self, query: usize, hits: &mut [Found]) -> Result<(), EngineError> {
        let poses = &self.queries[query];
        if poses.is_empty() {
            return Ok(());
        }
        let ids: Vec<u64> = hits.iter().map(|hit| hit.item_id).collect();
        let md5s = self.stores.catalog().md5s_of_items(&ids)?;
        let mut first_scores = self.first_scores.borrow_mut();
        for (pose, query) in poses {
            let of_pose = |hit: &Found| hit.pose == *pose && hit.figure_index == 0;
            let mut hits: Vec<&mut Found> = hits.iter_mut().filter(|hit| of_pose(hit)).collect();
            let keys: Vec<_> = hits
                .iter()
                .map(|hit| evidence_key(md5s.get(&hit.item_id)?))
                .collect();
            let agreements = query.agreements(keys.len(), |index| {
                let found = self.file.get(keys[index].as_ref()?);
                found.unwrap_or_else(|error| {
                    tracing::warn!("{error}");
                    None
                })
            });
            for (hit, agreement) in hits.iter_mut().zip(agreements) {
                let Some(agreement) = agreement else { continue };
                let best = first_scores.entry(hit.item_id).or_insert(hit.score);
                *best = best.max(hit.score);
                hit.score = self.mixture.score(hit.score, agreement);
            }
        }
        Ok(())
    }

    /// Of items that were compared again: their best first score for any query.
    pub(super) fn into_first_scores(self) -> HashMap<u64, f32> {
        self.first_scores.into_inner()
    }
}
