//! A user's own searches.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::QueryDescription;
use crate::addresses::{query_thumbnail_url, shared_thumbnail_url, thumbnail_url, whole_url};
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
    /// Those of which a part was searched for, as a whole.
    pub framed: Vec<FramedPicture>,
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
        let token = entry.query_token.clone();
        Self::with_pictures(entry, |position| shared_thumbnail_url(&token, position))
    }

    fn with_pictures(
        entry: lookalike_engine::history::HistoryEntry,
        url: impl Fn(usize) -> String,
    ) -> Self {
        let lookalike_engine::history::HistoryEntry {
            id,
            created_at,
            kind,
            collections,
            parameters,
            queries,
            pictures,
            wholes,
            top_hits,
            total_matched,
            total_ms,
            query_token,
        } = entry;
        let framed = wholes.into_iter().filter_map(|position| {
            let thumbnail_url = url(position);
            Some(FramedPicture {
                whole_url: whole_url(&thumbnail_url),
                thumbnail_url,
                region: queries.get(position)?.region?,
            })
        });
        Self {
            id,
            created_at,
            kind,
            collections,
            parameters,
            framed: framed.collect(),
            thumbnail_urls: pictures.into_iter().map(url).collect(),
            queries: Of::of(queries),
            top_hits: Of::of(top_hits),
            total_matched,
            total_ms,
            query_token,
        }
    }
}

impl From<lookalike_engine::history::HistoryEntry> for HistoryEntry {
    fn from(entry: lookalike_engine::history::HistoryEntry) -> Self {
        let id = entry.id;
        Self::with_pictures(entry, |position| query_thumbnail_url(id, position))
    }
}

impl Of<lookalike_engine::history::HistoryEntry> for HistoryEntry {
    fn of(entry: lookalike_engine::history::HistoryEntry) -> Self {
        entry.into()
    }
}

/// A picture of a query of which a part was searched for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FramedPicture {
    /// Path of that part in the API, as in `thumbnail_urls`.
    pub thumbnail_url: String,
    /// Path of the whole picture in the API, at most 320 x 320 pixels.
    pub whole_url: String,
    /// The part: x, y, width and height in fractions of the sides.
    pub region: [f64; 4],
}

/// A search that was saved under a name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SavedSearch {
    /// Its id, that of the history too.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Unix seconds.
    pub saved_at: i64,
    /// When it was last run, in Unix seconds; when it was made, if never since.
    pub ran_at: i64,
    /// The newest image of then; as `after_item` of a search it leaves only what was added since.
    pub seen_item: i64,
    /// Images that its collections have got since, whether they fit it or not; counted up to 100,000.
    pub new_images: u64,
    /// The search.
    pub search: HistoryEntry,
}

impl From<lookalike_engine::history::SavedSearch> for SavedSearch {
    fn from(saved: lookalike_engine::history::SavedSearch) -> Self {
        let lookalike_engine::history::SavedSearch {
            name,
            saved_at,
            ran_at,
            seen_item,
            new_items,
            entry,
        } = saved;
        Self {
            id: entry.id,
            name,
            saved_at,
            ran_at,
            seen_item,
            new_images: new_items,
            search: entry.into(),
        }
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
