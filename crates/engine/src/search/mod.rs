//! Search: by pictures, by stored items, by vectors; over one or several collections; grouped
//! by patent.

mod answer;
mod cache;
mod filters;
mod fuse;
mod group;
mod kept;
mod parameters;
mod past;
mod query;
mod rank;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;

use lookalike_catalog::{Collection, ItemFilter, SearchHit};
use lookalike_storage::Filter;

pub use answer::{GroupedHits, PageHit, QueryInfo, RankedItem, SearchAnswer, Timing};
pub(crate) use cache::QueryCache;
pub(crate) use filters::{FilterCache, State};
pub use kept::{KeptQuery, QueryDescription, QueryKind};
pub use lookalike_storage::Effort;
pub(crate) use past::{PastSearch, Recent, unknown_token};
pub use query::{Limit, Query, QueryFile, Region, SearchRequest, TOP_GROUPS_MAX, TOP_K_MAX};
pub(crate) use query::{canonical, no_item};

use crate::{Engine, EngineError};
use fuse::Ranking;
use kept::embedding_name;
use query::CheckedRequest;

/// Hits that the history keeps of a search.
const TOP_HITS: usize = 10;

impl Engine {
    /// Searches.
    ///
    /// # Errors
    /// A parameter is out of range, a collection does not exist or can't be searched that
    /// way, or a picture can't be read.
    pub fn search(&self, request: &SearchRequest) -> Result<SearchAnswer, EngineError> {
        let mut made = self.make_search(request)?;
        let ranked = std::mem::take(&mut made.answer.ranked);
        let answer = made.answer.clone();
        self.recent().remember(made);
        Ok(SearchAnswer { ranked, ..answer })
    }

    /// Searches, and leaves no trace of it.
    pub(crate) fn make_search(&self, request: &SearchRequest) -> Result<PastSearch, EngineError> {
        let start = Instant::now();
        let request = CheckedRequest::new(request)?;
        let collections = request
            .collections
            .iter()
            .map(|name| self.catalog().collection(name))
            .collect::<Result<Vec<_>, _>>()?;
        let vectors = self.query_vectors(&request, &collections)?;
        let extracted = Instant::now();

        let mut rankings = Vec::new();
        for (collection, queries) in collections.iter().zip(&vectors) {
            let filter = self.passing(collection, &request.filter)?;
            rankings.push(self.rank(collection, queries, filter.as_deref(), &request)?);
        }
        let searched = Instant::now();

        let ranking = Ranking::merge(&collections, rankings, &request);
        let mut answer = self.answer(&ranking, &request)?;
        answer.query_token = query::token(self.token_secret(), &request, &vectors);
        let end = Instant::now();
        let vector_search_ms = milliseconds(searched - extracted);
        answer.timing = Timing {
            feature_extraction_ms: milliseconds(extracted - start),
            vector_search_ms,
            milvus_search_ms: vector_search_ms,
            post_process_ms: milliseconds(end - searched),
            total_ms: milliseconds(end - start),
        };
        Ok(PastSearch {
            at: self.now(),
            request: SearchRequest {
                collections: request.collections.clone(),
                filter: request.filter.clone(),
                ..request.request.clone()
            },
            vectors: by_embedding(&collections, vectors),
            top_hits: top_hits(&answer.ranked),
            answer,
        })
    }

    /// The items that pass a filter in canonical form; `None` when all do.
    pub(crate) fn passing(
        &self,
        collection: &Collection,
        filter: &ItemFilter,
    ) -> Result<Option<Arc<Filter>>, EngineError> {
        if filter.is_empty() {
            return Ok(None);
        }
        let (catalog, today) = (self.catalog(), self.today());
        // Asked before the items are, so that what is remembered is never older than it says.
        let state = State {
            version: catalog.version()?,
            today,
        };
        let find = || -> Result<Filter, EngineError> {
            let ids = catalog.matching_items(collection, filter, today)?;
            Ok(Filter::from_ids(ids))
        };
        self.filters()
            .get(state, collection.id, filter, find)
            .map(Some)
    }
}

/// The best hit of each of the best groups.
fn top_hits(ranked: &[RankedItem]) -> Vec<SearchHit> {
    let mut groups = HashSet::new();
    ranked
        .iter()
        .map(top_hit)
        .filter(|hit| groups.insert(hit.group_id.clone()))
        .take(TOP_HITS)
        .collect()
}

fn top_hit(hit: &RankedItem) -> SearchHit {
    let own_group = || format!("item-{}", hit.item.id);
    SearchHit {
        id: hit.item.id,
        group_id: hit.item.patent_id.clone().unwrap_or_else(own_group),
        score: hit.score,
    }
}

/// The vectors of collections with the same kind of embedding once.
fn by_embedding(
    collections: &[Collection],
    vectors: Vec<Vec<Vec<f32>>>,
) -> Vec<(String, Vec<Vec<f32>>)> {
    let mut known: Vec<(String, Vec<Vec<f32>>)> = Vec::new();
    for (collection, vectors) in collections.iter().zip(vectors) {
        let name = embedding_name(collection);
        if known.iter().all(|(other, _)| *other != name) {
            known.push((name, vectors));
        }
    }
    known
}

/// To a tenth of a microsecond: more digits would only be noise.
fn milliseconds(duration: std::time::Duration) -> f64 {
    (duration.as_secs_f64() * 1e7).round() / 1e4
}
