//! Searches that were made: what was looked for, how, and what was found, for each user.
//!
//! The vectors that were searched with are kept, so that a search can be made again without its
//! pictures; of those only thumbnails are. All that changes here is committed by
//! [`Catalog::write_aside`]: no search depends on it.

use rusqlite::{Connection, OptionalExtension, Row, ToSql, params};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::embeddings::from_bytes;
use crate::{Catalog, CatalogError, WriteTransaction};

/// Searches kept for each user; the oldest go first.
pub const MOST_SEARCHES: u32 = 1000;

/// The same search again within this many seconds updates its entry.
const SAME_SEARCH_SECONDS: i64 = 60;

/// A search as it is recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct Search {
    /// `pictures`, `item`, `vector` or `text`.
    pub kind: String,
    /// Collections searched.
    pub collections: Vec<String>,
    /// The parameters by the names of the API.
    pub parameters: Map<String, Value>,
    /// The best hits, best first.
    pub hits: Vec<SearchHit>,
    /// Items found.
    pub total_matched: u64,
    /// Milliseconds that it took.
    pub total_ms: f64,
    /// Identifies the search for whoever made it.
    pub query_token: String,
}

/// One of the best hits of a search.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SearchHit {
    /// Item id.
    pub id: i64,
    /// `patent_id`, else `item-<id>`.
    pub group_id: String,
    /// Cosine, inner product or Euclidean distance.
    pub score: f32,
}

/// A vector that a search looked for.
#[derive(Clone, Debug, PartialEq)]
pub struct SearchVector {
    /// The kind of embedding, as whoever searches names it.
    pub embedding: String,
    /// Its numbers.
    pub vector: Vec<f32>,
    /// What its hits were compared with again, as whoever searches writes that.
    pub evidence: Option<Vec<u8>>,
}

/// One of the things that a search looked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SearchQuery {
    /// What it was, in the words of whoever searches (JSON).
    pub description: String,
    /// Its vectors for each kind of embedding; those of one kind stay in their order.
    pub vectors: Vec<SearchVector>,
    /// A small JPEG of its picture, or of the part that was searched for.
    pub thumbnail: Option<Vec<u8>>,
    /// A small JPEG of the whole, where a part was searched for.
    pub whole: Option<Vec<u8>>,
}

/// A recorded search.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredSearch {
    /// Ascending in the order of recording.
    pub id: i64,
    /// Unix seconds.
    pub created_at: i64,
    /// What was looked for, in order.
    pub queries: Vec<StoredQuery>,
    /// The search.
    pub search: Search,
}

/// What a list tells of a search's query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredQuery {
    /// As in [`SearchQuery`].
    pub description: String,
    /// Whether there is a thumbnail of it.
    pub has_thumbnail: bool,
    /// Whether there is one of the whole, of which a part was searched for.
    pub has_whole: bool,
}

/// Which of the pictures of a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueryThumbnail {
    /// [`SearchQuery::thumbnail`].
    SearchedFor,
    /// [`SearchQuery::whole`].
    Whole,
}

impl SearchQuery {
    /// That picture, if it is kept.
    #[must_use]
    pub fn picture(self, which: QueryThumbnail) -> Option<Vec<u8>> {
        match which {
            QueryThumbnail::SearchedFor => self.thumbnail,
            QueryThumbnail::Whole => self.whole,
        }
    }
}

impl Catalog {
    /// How many searches are recorded of a user (`None`: the local user), and those at places
    /// `offset` to `offset + limit`, the newest first.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn searches(
        &self,
        user_id: Option<i64>,
        offset: u64,
        limit: u64,
    ) -> Result<(u64, Vec<StoredSearch>), CatalogError> {
        self.read(|connection| {
            let total = connection
                .prepare_cached("SELECT count(*) FROM searches WHERE user_id IS ?1")?
                .query_row([user_id], |row| row.get(0))?;
            let condition = "user_id IS ?1 ORDER BY created_at DESC, id DESC LIMIT ?2 OFFSET ?3";
            let offset = offset.min(u64::from(MOST_SEARCHES));
            let found = select(connection, condition, params![user_id, limit, offset])?;
            Ok((total, found))
        })
    }

    /// A user's search.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn search(
        &self,
        user_id: Option<i64>,
        id: i64,
    ) -> Result<Option<StoredSearch>, CatalogError> {
        self.read(|connection| {
            let condition = "user_id IS ?1 AND id = ?2";
            Ok(select(connection, condition, params![user_id, id])?.pop())
        })
    }

    /// A user's newest search with that token.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn search_by_token(
        &self,
        user_id: Option<i64>,
        token: &str,
    ) -> Result<Option<StoredSearch>, CatalogError> {
        self.read(|connection| {
            let condition = "user_id IS ?1 AND query_token = ?2 ORDER BY id DESC LIMIT 1";
            Ok(select(connection, condition, params![user_id, token])?.pop())
        })
    }

    /// The newest search with that token, whoever made it: for those to whom the token was given.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn shared_search(&self, token: &str) -> Result<Option<StoredSearch>, CatalogError> {
        self.read(|connection| {
            let condition = "query_token = ?1 ORDER BY id DESC LIMIT 1";
            Ok(select(connection, condition, params![token])?.pop())
        })
    }

    /// What a recorded search looked for, in order.
    ///
    /// # Errors
    /// The catalogue can't be read, or a stored vector is damaged.
    pub fn search_queries(&self, search: &StoredSearch) -> Result<Vec<SearchQuery>, CatalogError> {
        self.read(|connection| queries(connection, search.id))
    }

    /// The JPEG of a query of a user's search.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn search_thumbnail(
        &self,
        user_id: Option<i64>,
        id: i64,
        position: u32,
        which: QueryThumbnail,
    ) -> Result<Option<Vec<u8>>, CatalogError> {
        let column = match which {
            QueryThumbnail::SearchedFor => "thumbnail",
            QueryThumbnail::Whole => "whole",
        };
        self.read(|connection| {
            let jpeg = connection
                .prepare_cached(&format!(
                    "SELECT {column} FROM search_queries JOIN searches ON searches.id = search_id \
                     WHERE user_id IS ?1 AND search_id = ?2 AND position = ?3"
                ))?
                .query_row(params![user_id, id, position], |row| row.get(0))
                .optional()?;
            Ok(jpeg.flatten())
        })
    }
}

impl WriteTransaction<'_> {
    /// Records a search; returns its id. The same token within a minute updates the entry that
    /// is there; the user's oldest entries go when there are more than [`MOST_SEARCHES`], but those
    /// that are saved stay.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn record_search(
        &self,
        user_id: Option<i64>,
        search: &Search,
        queries: &[SearchQuery],
    ) -> Result<i64, CatalogError> {
        let same: Option<i64> = self
            .connection
            .prepare_cached(
                "SELECT id FROM searches WHERE query_token = ?1 AND user_id IS ?2 \
                 AND created_at > ?3 ORDER BY id DESC LIMIT 1",
            )?
            .query_row(
                params![search.query_token, user_id, self.now - SAME_SEARCH_SECONDS],
                |row| row.get(0),
            )
            .optional()?;
        if let Some(id) = same {
            self.connection
                .prepare_cached(
                    "UPDATE searches SET created_at = ?2, hits = ?3, total_matched = ?4, \
                     total_ms = ?5 WHERE id = ?1",
                )?
                .execute(params![
                    id,
                    self.now,
                    json(&search.hits),
                    search.total_matched,
                    search.total_ms,
                ])?;
            return Ok(id);
        }
        self.connection
            .prepare_cached(
                "INSERT INTO searches (user_id, created_at, kind, collections, parameters, hits, \
                 total_matched, total_ms, query_token) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?
            .execute(params![
                user_id,
                self.now,
                search.kind,
                json(&search.collections),
                json(&search.parameters),
                json(&search.hits),
                search.total_matched,
                search.total_ms,
                search.query_token,
            ])?;
        let id = self.connection.last_insert_rowid();
        for (position, query) in queries.iter().enumerate() {
            add_query(self.connection, id, position, query)?;
        }
        self.connection
            .prepare_cached(
                "DELETE FROM searches WHERE id IN (SELECT id FROM searches WHERE user_id IS ?1 \
                 AND id NOT IN (SELECT search_id FROM saved_searches) \
                 ORDER BY created_at DESC, id DESC LIMIT -1 OFFSET ?2)",
            )?
            .execute(params![user_id, MOST_SEARCHES])?;
        Ok(id)
    }

    /// Deletes a user's search; returns whether there was one.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn delete_search(&self, user_id: Option<i64>, id: i64) -> Result<bool, CatalogError> {
        let deleted = self
            .connection
            .prepare_cached("DELETE FROM searches WHERE user_id IS ?1 AND id = ?2")?
            .execute(params![user_id, id])?;
        Ok(deleted > 0)
    }

    /// Deletes all searches of a user but those that are saved; returns how many there were.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn delete_searches(&self, user_id: Option<i64>) -> Result<usize, CatalogError> {
        Ok(self
            .connection
            .prepare_cached(
                "DELETE FROM searches WHERE user_id IS ?1 \
                 AND id NOT IN (SELECT search_id FROM saved_searches)",
            )?
            .execute([user_id])?)
    }
}

fn add_query(
    connection: &Connection,
    search_id: i64,
    position: usize,
    query: &SearchQuery,
) -> Result<(), CatalogError> {
    connection
        .prepare_cached(
            "INSERT INTO search_queries (search_id, position, description, thumbnail, whole) \
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            search_id,
            position,
            query.description,
            query.thumbnail,
            query.whole
        ])?;
    for (figure_index, kept) in query.vectors.iter().enumerate() {
        let bytes: Vec<u8> = kept
            .vector
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect();
        connection
            .prepare_cached(
                "INSERT INTO search_vectors (search_id, position, embedding, figure_index, vector, \
                 evidence) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                search_id,
                position,
                kept.embedding,
                figure_index,
                bytes,
                kept.evidence
            ])?;
    }
    Ok(())
}

/// What [`from_row`] reads, the first ten of a row.
pub(crate) const COLUMNS: &str = "id, created_at, kind, collections, parameters, hits, \
     total_matched, total_ms, query_token, (SELECT json_group_array(json_array(description, has, \
     has_whole)) FROM (SELECT description, thumbnail IS NOT NULL AS has, \
     whole IS NOT NULL AS has_whole FROM search_queries \
     WHERE search_id = searches.id ORDER BY position))";

fn select(
    connection: &Connection,
    condition: &str,
    parameters: &[&dyn ToSql],
) -> Result<Vec<StoredSearch>, CatalogError> {
    let mut statement =
        connection.prepare_cached(&format!("SELECT {COLUMNS} FROM searches WHERE {condition}"))?;
    let rows = statement.query_map(parameters, from_row)?;
    rows.map(|row| row?).collect()
}

/// The outer error is SQLite's, the inner one is for text that is not JSON.
pub(crate) fn from_row(row: &Row<'_>) -> rusqlite::Result<Result<StoredSearch, CatalogError>> {
    let id = row.get(0)?;
    let texts: [String; 4] = [row.get(3)?, row.get(4)?, row.get(5)?, row.get(9)?];
    let parsed = || -> serde_json::Result<_> {
        Ok((
            serde_json::from_str(&texts[0])?,
            serde_json::from_str(&texts[1])?,
            serde_json::from_str(&texts[2])?,
            serde_json::from_str::<Vec<(String, u8, u8)>>(&texts[3])?,
        ))
    };
    let Ok((collections, parameters, hits, queries)) = parsed() else {
        let what = format!("recorded search {id}");
        return Ok(Err(CatalogError::Damaged { what }));
    };
    Ok(Ok(StoredSearch {
        id,
        created_at: row.get(1)?,
        queries: queries
            .into_iter()
            .map(|(description, has_thumbnail, has_whole)| StoredQuery {
                description,
                has_thumbnail: has_thumbnail != 0,
                has_whole: has_whole != 0,
            })
            .collect(),
        search: Search {
            kind: row.get(2)?,
            collections,
            parameters,
            hits,
            total_matched: row.get(6)?,
            total_ms: row.get(7)?,
            query_token: row.get(8)?,
        },
    }))
}

fn queries(connection: &Connection, search_id: i64) -> Result<Vec<SearchQuery>, CatalogError> {
    let mut statement = connection.prepare_cached(
        "SELECT description, thumbnail, whole FROM search_queries WHERE search_id = ?1 \
         ORDER BY position",
    )?;
    let rows = statement.query_map([search_id], |row| {
        Ok(SearchQuery {
            description: row.get(0)?,
            vectors: Vec::new(),
            thumbnail: row.get(1)?,
            whole: row.get(2)?,
        })
    })?;
    let mut queries = rows.collect::<Result<Vec<_>, _>>()?;
    let mut statement = connection.prepare_cached(
        "SELECT position, embedding, vector, evidence FROM search_vectors WHERE search_id = ?1 \
         ORDER BY position, embedding, figure_index",
    )?;
    let mut rows = statement.query([search_id])?;
    while let Some(row) = rows.next()? {
        let (position, bytes): (usize, Vec<u8>) = (row.get(0)?, row.get(2)?);
        let vector = from_bytes(&bytes).ok_or_else(|| CatalogError::Damaged {
            what: format!("vector of recorded search {search_id}"),
        })?;
        if let Some(query) = queries.get_mut(position) {
            query.vectors.push(SearchVector {
                embedding: row.get(1)?,
                vector,
                evidence: row.get(3)?,
            });
        }
    }
    Ok(queries)
}

/// Text of what always can be written as JSON: no maps with keys that are not text.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
