//! Search: by pictures, by stored items, by vectors; over one or several collections; grouped
//! by patent.

mod answer;
mod cache;
mod filters;
mod fuse;
mod group;
mod query;
mod rank;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Instant;

use lookalike_catalog::Collection;
use lookalike_storage::Filter;

pub use answer::{GroupedHits, PageHit, QueryInfo, RankedItem, SearchAnswer, Timing};
pub(crate) use cache::QueryCache;
pub(crate) use filters::FilterCache;
pub use lookalike_storage::Effort;
pub use query::{Limit, Query, Region, SearchRequest, TOP_GROUPS_MAX, TOP_K_MAX};

use crate::{Engine, EngineError};
use filters::State;
use fuse::Ranking;
use query::CheckedRequest;

impl Engine {
    /// Searches.
    ///
    /// # Errors
    /// A parameter is out of range, a collection does not exist or can't be searched that
    /// way, or a picture can't be read.
    pub fn search(&self, request: &SearchRequest) -> Result<SearchAnswer, EngineError> {
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
            let filter = self.filter(collection, &request)?;
            rankings.push(self.rank(collection, queries, filter.as_deref(), &request)?);
        }
        let searched = Instant::now();

        let ranking = Ranking::merge(&collections, rankings, &request);
        let mut answer = self.answer(&ranking, &request)?;
        answer.query_token = query::token(&request, &vectors);
        let end = Instant::now();
        let vector_search_ms = milliseconds(searched - extracted);
        answer.timing = Timing {
            feature_extraction_ms: milliseconds(extracted - start),
            vector_search_ms,
            milvus_search_ms: vector_search_ms,
            post_process_ms: milliseconds(end - searched),
            total_ms: milliseconds(end - start),
        };
        Ok(answer)
    }

    /// The items that pass the request's filters; `None` when all do.
    fn filter(
        &self,
        collection: &Collection,
        request: &CheckedRequest<'_>,
    ) -> Result<Option<Arc<Filter>>, EngineError> {
        if request.filter.is_empty() {
            return Ok(None);
        }
        let (catalog, today) = (self.catalog(), self.today());
        // Asked before the items are, so that what is remembered is never older than it says.
        let state = State {
            version: catalog.version()?,
            today,
        };
        let find = || -> Result<Filter, EngineError> {
            let ids = catalog.matching_items(collection, &request.filter, today)?;
            Ok(Filter::from_ids(ids))
        };
        self.filters()
            .get(state, collection.id, &request.filter, find)
            .map(Some)
    }
}

/// To a tenth of a microsecond: more digits would only be noise.
fn milliseconds(duration: std::time::Duration) -> f64 {
    (duration.as_secs_f64() * 1e7).round() / 1e4
}
