//! The searches that a user made: listed, shown, repeated, deleted.
//!
//! An entry keeps the vectors that were searched with: made again, it finds exactly what it would
//! find with its pictures, of which only thumbnails are kept.

mod marks;
mod recorder;
mod saved;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;

use lookalike_catalog::{Item, SearchHit, StoredQuery, StoredSearch};
use serde_json::{Map, Value};

pub use lookalike_catalog::QueryThumbnail;
pub use recorder::Recorder;
pub use saved::SavedSearch;

use crate::search::{
    KeptQuery, PastSearch, Query, QueryDescription, QueryKind, SearchRequest, Searcher, WordsQuery,
    unknown_token,
};
use crate::{EngineError, ErrorKind, Stores};

/// Largest `page_size`.
pub const PAGE_SIZE_MAX: u64 = 100;

/// An entry of the history.
#[derive(Clone, Debug)]
pub struct HistoryEntry {
    /// Its id.
    pub id: i64,
    /// Unix seconds.
    pub created_at: i64,
    /// `pictures`, `item`, `vector` or `text`.
    pub kind: String,
    /// Collections searched.
    pub collections: Vec<String>,
    /// The parameters that were given, under the names and in the forms that searches take.
    pub parameters: Map<String, Value>,
    /// What was searched for.
    pub queries: Vec<QueryDescription>,
    /// Positions of the queries, from 0, of which there is a thumbnail.
    pub pictures: Vec<usize>,
    /// Positions of those of which a part was searched for and the whole is kept.
    pub wholes: Vec<usize>,
    /// The best hit of each of the best groups, best first; at most ten.
    pub top_hits: Vec<PastHit>,
    /// Items found.
    pub total_matched: u64,
    /// Milliseconds that it took.
    pub total_ms: f64,
    /// The answer's token.
    pub query_token: String,
}

/// A hit of then.
#[derive(Clone, Debug)]
pub struct PastHit {
    /// The hit.
    pub hit: SearchHit,
    /// Name of the item's file; `None` if it was deleted since.
    pub file_name: Option<String>,
}

/// Some of a user's entries.
#[derive(Clone, Debug)]
pub struct HistoryPage {
    /// The newest first.
    pub items: Vec<HistoryEntry>,
    /// Entries there are.
    pub total: u64,
    /// From 1.
    pub page: u64,
    /// Entries a page.
    pub page_size: u64,
}

/// A search of the history, to be made again.
#[derive(Clone, Debug)]
pub struct EarlierSearch {
    /// Its parameters, under the names and in the forms that searches take.
    pub parameters: Map<String, Value>,
    /// What it looked for.
    pub queries: Vec<Query>,
}

impl EarlierSearch {
    /// The search as it was asked for.
    fn request(self, owner: Option<i64>) -> Result<SearchRequest, EngineError> {
        Ok(SearchRequest {
            queries: self.queries,
            owner,
            ..SearchRequest::from_parameters(self.parameters)?
        })
    }
}

/// The searches that users made. Cloning is cheap.
#[derive(Clone)]
pub struct History {
    stores: Arc<Stores>,
}

impl History {
    /// The history in `stores`.
    #[must_use]
    pub fn new(stores: Arc<Stores>) -> Self {
        Self { stores }
    }

    /// A page of a user's history; `None` is the local user.
    ///
    /// # Errors
    /// The page or its size is out of range, or the catalogue can't be read.
    pub fn page(
        &self,
        user_id: Option<i64>,
        page: u64,
        page_size: u64,
    ) -> Result<HistoryPage, EngineError> {
        if page == 0 {
            return Err(EngineError::invalid("page is 0; pages are counted from 1"));
        }
        if !(1..=PAGE_SIZE_MAX).contains(&page_size) {
            return Err(EngineError::invalid(format!(
                "page_size is {page_size}; give 1 to {PAGE_SIZE_MAX}"
            )));
        }
        let offset = (page - 1).saturating_mul(page_size);
        let (total, stored) = self.stores.catalog().searches(user_id, offset, page_size)?;
        Ok(HistoryPage {
            items: self.entries(stored)?,
            total,
            page,
            page_size,
        })
    }

    /// An entry of a user's history.
    ///
    /// # Errors
    /// The user has none with that id, or the catalogue can't be read.
    pub fn entry(&self, user_id: Option<i64>, id: i64) -> Result<HistoryEntry, EngineError> {
        let mut entries = self.entries(vec![self.stored_search(user_id, id)?])?;
        entries.pop().ok_or_else(|| no_entry(id))
    }

    fn entries(&self, stored: Vec<StoredSearch>) -> Result<Vec<HistoryEntry>, EngineError> {
        let mut entries: Vec<HistoryEntry> = stored.into_iter().map(new_entry).collect();
        let hits = entries.iter().flat_map(|entry| &entry.top_hits);
        let queries = entries.iter().flat_map(|entry| &entry.queries);
        let mut ids: Vec<u64> = hits
            .map(|past| past.hit.id.unsigned_abs())
            .chain(queries.filter_map(|query| query.id))
            .collect();
        ids.sort_unstable();
        ids.dedup();
        let items = self.stores.catalog().items(&ids)?.into_iter();
        let items: HashMap<u64, Item> = items.map(|item| (item.id.unsigned_abs(), item)).collect();
        for entry in &mut entries {
            for past in &mut entry.top_hits {
                let item = items.get(&past.hit.id.unsigned_abs());
                past.file_name = item.map(|item| item.file_name.clone());
            }
            for query in &mut entry.queries {
                if let Some(item) = query.id.and_then(|id| items.get(&id)) {
                    query.file_name = Some(item.file_name.clone());
                }
            }
        }
        Ok(entries)
    }

    /// The JPEG thumbnail of the query at `position` of an entry.
    ///
    /// # Errors
    /// There is none, or the catalogue can't be read.
    pub fn thumbnail(
        &self,
        user_id: Option<i64>,
        id: i64,
        position: u32,
        which: QueryThumbnail,
    ) -> Result<Vec<u8>, EngineError> {
        let jpeg = self
            .stores
            .catalog()
            .search_thumbnail(user_id, id, position, which)?;
        jpeg.ok_or_else(|| {
            EngineError::new(
                ErrorKind::NotFound,
                format!("search {id} of the history has no picture {position}"),
            )
        })
    }

    /// What is needed to make a search of the history again, exactly, without its pictures.
    ///
    /// # Errors
    /// The user has none with that id, or the catalogue can't be read.
    pub fn earlier(&self, user_id: Option<i64>, id: i64) -> Result<EarlierSearch, EngineError> {
        let stored = self.stored_search(user_id, id)?;
        self.kept_search(&stored)
    }

    /// The search with that token: as it was answered, if `user_id` made it lately; made again from
    /// the user's history otherwise.
    ///
    /// # Errors
    /// The user made no search with that token, or it can't be made again.
    pub fn past_search(
        &self,
        searcher: &Searcher,
        token: &str,
        user_id: Option<i64>,
    ) -> Result<PastSearch, EngineError> {
        if let Some(past) = searcher.past(token, user_id) {
            return Ok((*past).clone());
        }
        let stored = self.stores.catalog().search_by_token(user_id, token)?;
        let stored = stored.ok_or_else(unknown_token)?;
        let earlier = self.kept_search(&stored)?;
        let past = searcher.make(&earlier.request(user_id)?)?;
        let at = jiff::Timestamp::from_second(stored.created_at).unwrap_or(past.at);
        Ok(PastSearch { at, ..past })
    }

    /// Deletes an entry of a user's history.
    ///
    /// # Errors
    /// The user has none with that id, or the catalogue can't be written.
    pub fn delete(&self, user_id: Option<i64>, id: i64) -> Result<(), EngineError> {
        let now = self.stores.now().as_second();
        let deleted = self
            .stores
            .catalog()
            .write_aside(now, |tx| tx.delete_search(user_id, id))?;
        deleted.then_some(()).ok_or_else(|| no_entry(id))
    }

    /// Deletes a user's history but what is saved; returns the number of entries.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn clear(&self, user_id: Option<i64>) -> Result<usize, EngineError> {
        let now = self.stores.now().as_second();
        Ok(self
            .stores
            .catalog()
            .write_aside(now, |tx| tx.delete_searches(user_id))?)
    }

    /// The search with that token, whoever made it: its token is a secret, which its maker gave to
    /// whoever shows it.
    ///
    /// # Errors
    /// There is none, or the catalogue can't be read.
    pub fn shared(&self, token: &str) -> Result<HistoryEntry, EngineError> {
        let mut entries = self.entries(vec![self.shared_search(token)?])?;
        entries.pop().ok_or_else(no_shared)
    }

    /// As [`Self::thumbnail`], of the search with that token.
    ///
    /// # Errors
    /// There is none, or the catalogue can't be read.
    pub fn shared_thumbnail(
        &self,
        token: &str,
        position: u32,
        which: QueryThumbnail,
    ) -> Result<Vec<u8>, EngineError> {
        let stored = self.shared_search(token)?;
        let queries = self.stores.catalog().search_queries(&stored)?;
        let query = queries.into_iter().nth(position as usize);
        let jpeg = query.and_then(|query| query.picture(which));
        jpeg.ok_or_else(|| {
            EngineError::new(
                ErrorKind::NotFound,
                format!("this search has no picture {position}"),
            )
        })
    }

    /// As [`Self::earlier`], of the search with that token.
    ///
    /// # Errors
    /// There is none, or the catalogue can't be read.
    pub fn shared_earlier(&self, token: &str) -> Result<EarlierSearch, EngineError> {
        self.kept_search(&self.shared_search(token)?)
    }

    fn shared_search(&self, token: &str) -> Result<StoredSearch, EngineError> {
        let stored = self.stores.catalog().shared_search(token)?;
        stored.ok_or_else(no_shared)
    }

    fn stored_search(&self, user_id: Option<i64>, id: i64) -> Result<StoredSearch, EngineError> {
        let stored = self.stores.catalog().search(user_id, id)?;
        stored.ok_or_else(|| no_entry(id))
    }

    fn kept_search(&self, stored: &StoredSearch) -> Result<EarlierSearch, EngineError> {
        let queries = self.stores.catalog().search_queries(stored)?;
        let queries = queries
            .into_iter()
            .map(|query| {
                let description = describe(&query.description);
                if let (QueryKind::Text, Some(text)) = (description.kind, description.text) {
                    let templates = description.templates;
                    return Query::Words(WordsQuery { text, templates });
                }
                Query::Kept(KeptQuery {
                    kind: description.kind,
                    id: description.id,
                    file_name: description.file_name,
                    page: description.page,
                    vectors: query.vectors,
                    thumbnail: query.thumbnail.map(Arc::from),
                    whole: query.whole.map(Arc::from),
                })
            })
            .collect();
        Ok(EarlierSearch {
            parameters: stored.search.parameters.clone(),
            queries,
        })
    }
}

/// An entry, still without what is to be said of items.
fn new_entry(stored: StoredSearch) -> HistoryEntry {
    let positions = |has: fn(&StoredQuery) -> bool| {
        let queries = stored.queries.iter().enumerate();
        let those = queries.filter(|(_, query)| has(query));
        those.map(|(position, _)| position).collect()
    };
    let pictures = positions(|query| query.has_thumbnail);
    let wholes = positions(|query| query.has_whole);
    let queries = stored
        .queries
        .iter()
        .map(|query| describe(&query.description))
        .collect();
    HistoryEntry {
        id: stored.id,
        created_at: stored.created_at,
        kind: stored.search.kind,
        collections: stored.search.collections,
        parameters: stored.search.parameters,
        queries,
        pictures,
        wholes,
        top_hits: stored
            .search
            .hits
            .into_iter()
            .map(|hit| PastHit {
                hit,
                file_name: None,
            })
            .collect(),
        total_matched: stored.search.total_matched,
        total_ms: stored.search.total_ms,
        query_token: stored.search.query_token,
    }
}

/// What was recorded of a query. One that a later program recorded is searched for by its vector.
fn describe(description: &str) -> QueryDescription {
    serde_json::from_str(description).unwrap_or(QueryDescription {
        kind: QueryKind::Vector,
        id: None,
        file_name: None,
        page: None,
        region: None,
        text: None,
        terms: Vec::new(),
        templates: Vec::new(),
    })
}

fn no_shared() -> EngineError {
    EngineError::new(
        ErrorKind::NotFound,
        "there is no search with this token; whoever made it has deleted it, or made many since",
    )
}

fn no_entry(id: i64) -> EngineError {
    EngineError::new(
        ErrorKind::NotFound,
        format!("there is no search {id} in your history"),
    )
}
