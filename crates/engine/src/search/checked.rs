//! Searches whose parameters are checked before anything is computed.

use lookalike_catalog::{Collection, ItemFilter};
use lookalike_storage::Metric;

use super::description::QueryKind;
use super::examples::EXAMPLES_MAX;
use super::request::{Limit, Query, SearchRequest, TOP_GROUPS_MAX, TOP_K_MAX};
use super::second_look::{RERANK_DEFAULT, RERANK_MAX};
use crate::EngineError;
use crate::filters::canonical;

/// `min_score` of picture queries by image encoders when none is given.
const DEFAULT_MIN_SCORE: f32 = 0.5;

/// A request whose parameters are in range and whose filter is in canonical form.
pub(super) struct CheckedRequest<'a> {
    pub(super) request: &'a SearchRequest,
    pub(super) collections: Vec<String>,
    pub(super) filter: ItemFilter,
}

impl std::ops::Deref for CheckedRequest<'_> {
    type Target = SearchRequest;

    fn deref(&self) -> &SearchRequest {
        self.request
    }
}

impl<'a> CheckedRequest<'a> {
    pub(super) fn new(request: &'a SearchRequest) -> Result<Self, EngineError> {
        if request.queries.is_empty() && request.like.is_empty() {
            return Err(EngineError::invalid(
                "nothing to search for: give a picture, words, an item, a vector, or items to be like",
            ));
        }
        check_examples(request)?;
        request.check_parameters()?;
        let (regions, queries) = (request.regions.len(), request.queries.len());
        if regions > 1 && regions != queries {
            return Err(EngineError::invalid(format!(
                "{regions} regions for {queries} pictures; give one for all, or one for each in \
                 their order"
            )));
        }
        for words in request.queries.iter().filter_map(Query::words) {
            words.check()?;
        }
        request.effort.check()?;
        let mut collections = Vec::new();
        for name in &request.collections {
            if !collections.contains(name) {
                collections.push(name.clone());
            }
        }
        if collections.is_empty() {
            return Err(EngineError::invalid("no collection to search in"));
        }
        Ok(Self {
            request,
            collections,
            filter: canonical(&request.filter)?,
        })
    }

    /// # Errors
    /// A worst score is given that no collection's metric knows.
    pub(super) fn check_metrics(&self, collections: &[Collection]) -> Result<(), EngineError> {
        let is_distance = |collection: &Collection| collection.spec.metric == Metric::L2;
        let (given, instead, known) = match (self.min_score, self.max_distance) {
            (Some(_), None) if collections.iter().all(is_distance) => {
                ("min_score", "max_distance", "distances")
            }
            (None, Some(_)) if !collections.iter().any(is_distance) => {
                ("max_distance", "min_score", "scores")
            }
            _ => return Ok(()),
        };
        let name = &self.collections[0];
        Err(EngineError::invalid(format!(
            "{given} is given, and collection `{name}` has {known}; give {instead}"
        )))
    }

    /// How many of the first hits are compared again, 0 for none.
    pub(super) fn second_look(&self) -> usize {
        self.rerank.unwrap_or(RERANK_DEFAULT)
    }

    /// The worst score that counts in a collection, whose metric is `metric`.
    pub(super) fn threshold(&self, collection: &Collection, metric: Metric) -> Option<f32> {
        match metric {
            Metric::Cosine => {
                let has_encoder = collection.spec.model.is_some();
                // Scores of words are on another scale, and no bound is known that fits all.
                let by_picture = self
                    .queries
                    .iter()
                    .all(|query| !matches!(query.kind(), QueryKind::Vector | QueryKind::Text));
                self.min_score
                    .or((has_encoder && by_picture).then_some(DEFAULT_MIN_SCORE))
            }
            Metric::InnerProduct => self.min_score,
            Metric::L2 => self.max_distance,
        }
    }
}

impl SearchRequest {
    /// Looks at what can be told of a search before anything is searched with.
    ///
    /// # Errors
    /// A number is out of its range.
    pub fn check_parameters(&self) -> Result<(), EngineError> {
        let (name, value, most) = match self.limit {
            Limit::Items(count) => ("top_k", count, TOP_K_MAX),
            Limit::Groups(count) => ("top_groups", count, TOP_GROUPS_MAX),
        };
        if !(1..=most).contains(&value) {
            return Err(EngineError::invalid(format!(
                "{name} is {value}; give 1 to {most}"
            )));
        }
        if let Some(rerank) = self.rerank.filter(|&rerank| rerank > RERANK_MAX) {
            return Err(EngineError::invalid(format!(
                "rerank is {rerank}; give 0 to {RERANK_MAX}"
            )));
        }
        for (name, value) in [
            ("min_score", self.min_score),
            ("max_distance", self.max_distance),
        ] {
            if value.is_some_and(|value| !value.is_finite()) {
                return Err(EngineError::invalid(format!("{name} is not a number")));
            }
        }
        Ok(())
    }
}

fn check_examples(request: &SearchRequest) -> Result<(), EngineError> {
    for (name, ids) in [("like", &request.like), ("unlike", &request.unlike)] {
        if ids.len() > EXAMPLES_MAX {
            return Err(EngineError::invalid(format!(
                "{name} names {} items; give at most {EXAMPLES_MAX}",
                ids.len()
            )));
        }
    }
    let both = request.like.iter().find(|id| request.unlike.contains(id));
    both.map_or(Ok(()), |id| {
        Err(EngineError::invalid(format!(
            "item {id} is in like and in unlike; leave it in one of them"
        )))
    })
}
