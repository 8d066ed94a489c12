//! A user's own searches.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::QueryDescription;
use crate::addresses::{query_thumbnail_url, shared_thumbnail_url, thumbnail_url};
use crate::convert::{Of, same_fields};

/// Some of a user's entries.
#[derive(Clone, Debug, Serialize, ToSchema)]
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

same_fields!(lookalike_engine::history::HistoryPage => HistoryPage {
    items, total, page, page_size,
});

/// An entry of the history.
#[derive(Clone, Debug, Serialize, ToSchema)]
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
    #[schema(value_type = Object)]
    pub parameters: Map<String, Value>,
    /// What was searched for.
    pub queries: Vec<QueryDescription>,
    /// Paths of the query pictures' thumbnails in the API, in the order of the queries.
    pub thumbnail_urls: Vec<String>,
    /// The best hit of each of the best groups, best first; at most ten.
    pub top_hits: Vec<PastHit>,
    /// Items found.
    pub total_matched: u64,
    /// Milliseconds that it took.
    pub total_ms: f64,
    /// The answer's token.
    pub query_token: String,
}

impl HistoryEntry {
    /// An entry of somebody else, whose pictures are found by its token.
    #[must_use]
    pub fn shared(entry: lookalike_engine::history::HistoryEntry) -> Self {
        let pictures = entry.pictures.clone().into_iter();
        let token = entry.query_token.clone();
        Self {
            thumbnail_urls: pictures
                .map(|position| shared_thumbnail_url(&token, position))
                .collect(),
            ..entry.into()
        }
    }
}

impl From<lookalike_engine::history::HistoryEntry> for HistoryEntry {
    fn from(entry: lookalike_engine::history::HistoryEntry) -> Self {
        let lookalike_engine::history::HistoryEntry {
            id,
            created_at,
            kind,
            collections,
            parameters,
            queries,
            pictures,
            top_hits,
            total_matched,
            total_ms,
            query_token,
        } = entry;
        let thumbnail_urls = pictures
            .into_iter()
            .map(|position| query_thumbnail_url(id, position))
            .collect();
        Self {
            id,
            created_at,
            kind,
            collections,
            parameters,
            queries: Of::of(queries),
            thumbnail_urls,
            top_hits: Of::of(top_hits),
            total_matched,
            total_ms,
            query_token,
        }
    }
}

impl Of<lookalike_engine::history::HistoryEntry> for HistoryEntry {
    fn of(entry: lookalike_engine::history::HistoryEntry) -> Self {
        entry.into()
    }
}

/// A hit of then.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PastHit {
    /// The hit.
    #[serde(flatten)]
    pub hit: SearchHit,
    /// Path of the item's thumbnail in the API; null if it was deleted since.
    pub thumbnail_url: Option<String>,
}

impl Of<lookalike_engine::history::PastHit> for PastHit {
    fn of(past: lookalike_engine::history::PastHit) -> Self {
        let lookalike_engine::history::PastHit { hit, file_name } = past;
        Self {
            thumbnail_url: file_name.map(|name| thumbnail_url(hit.id, &name)),
            hit: hit.into(),
        }
    }
}

/// One of the best hits of a search.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SearchHit {
    /// Item id.
    pub id: i64,
    /// `patent_id`, else `item-<id>`.
    pub group_id: String,
    /// Cosine, inner product or Euclidean distance.
    pub score: f32,
}

same_fields!(lookalike_catalog::SearchHit => SearchHit { id, group_id, score });
