//! Finds items by words.

use rusqlite::Connection;

use super::{WordField, WordHit, Words};
use crate::{Catalog, CatalogError, Collection};

/// How much a word counts in each column: those that people write to be found by count most.
const WEIGHTS: &str = "10.0, 8.0, 8.0, 4.0, 4.0, 2.0";

impl Catalog {
    /// The `most` items of a collection that `words` are found in: first those with every word,
    /// then those with some, each best first. Where they are the number of patents that are here,
    /// these alone, by number and page. Front-page copies only if they are wanted; `passes` says
    /// which items take part.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn items_with_words(
        &self,
        collection: &Collection,
        words: &Words,
        with_front_pages: bool,
        most: usize,
        passes: impl Fn(u64) -> bool,
    ) -> Result<Vec<WordHit>, CatalogError> {
        self.read(|connection| {
            if let Some(number) = words.number() {
                let of_patents =
                    items_of_patents(connection, collection, number, with_front_pages)?;
                if !of_patents.is_empty() {
                    let passing = of_patents.into_iter().filter(|id| passes(*id));
                    let hits = passing.take(most).map(|item_id| WordHit {
                        item_id,
                        relevance: 1.0,
                        has_all: true,
                    });
                    return Ok(hits.collect());
                }
            }
            let mut hits: Vec<WordHit> = Vec::new();
            let queries = [(words.all(), true), (words.any(), false)];
            for (query, has_all) in queries {
                let Some(query) = query else { continue };
                let known: Vec<u64> = hits.iter().map(|hit| hit.item_id).collect();
                let mut statement = connection.prepare_cached(&format!(
                    "SELECT item_words.rowid, bm25(item_words, {WEIGHTS}) AS badness \
                     FROM item_words JOIN items ON items.id = item_words.rowid \
                     WHERE item_words MATCH ?1 AND collection_id = ?2 \
                     AND (?3 OR front_page = 0) ORDER BY badness, items.id"
                ))?;
                let mut rows = statement.query((query, collection.id, with_front_pages))?;
                while hits.len() < most
                    && let Some(row) = rows.next()?
                {
                    let (item_id, rank): (u64, f64) = (row.get(0)?, row.get(1)?);
                    if !known.contains(&item_id) && passes(item_id) {
                        hits.push(WordHit {
                            item_id,
                            relevance: -rank,
                            has_all,
                        });
                    }
                }
            }
            Ok(hits)
        })
    }

    /// Which texts of these items any of `words` are found in.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn fields_with_words(
        &self,
        words: &Words,
        ids: &[u64],
    ) -> Result<Vec<(u64, WordField)>, CatalogError> {
        let ids = serde_json::to_string(ids).unwrap_or_default();
        self.read(|connection| {
            let mut found = Vec::new();
            if let Some(number) = words.number() {
                let mut statement = connection.prepare_cached(
                    "SELECT id FROM items WHERE id IN (SELECT value FROM json_each(?2)) \
                     AND patent_id GLOB ?1",
                )?;
                let rows = statement.query_map((number, &ids), |row| row.get::<_, u64>(0))?;
                for id in rows {
                    found.push((id?, WordField::Number));
                }
            }
            for field in WordField::INDEXED {
                let mut statement = connection.prepare_cached(
                    "SELECT rowid FROM item_words WHERE item_words MATCH ?1 \
                     AND rowid IN (SELECT value FROM json_each(?2))",
                )?;
                let Some(query) = words.any() else { break };
                let query = format!("{} : ({query})", field.name());
                let rows = statement.query_map((query, &ids), |row| row.get::<_, u64>(0))?;
                for id in rows {
                    found.push((id?, field));
                }
            }
            Ok(found)
        })
    }

    /// Whether any item of a collection has more to be found by in words than the name of its file.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn has_texts(&self, collection: &Collection) -> Result<bool, CatalogError> {
        self.read(|connection| has_texts(connection, collection.id))
    }
}

/// Items of the patents whose ids match a `GLOB` pattern, by number and page.
fn items_of_patents(
    connection: &Connection,
    collection: &Collection,
    pattern: &str,
    with_front_pages: bool,
) -> Result<Vec<u64>, CatalogError> {
    let mut statement = connection.prepare_cached(
        "SELECT id FROM items WHERE collection_id = ?2 AND patent_id GLOB ?1 \
         AND (?3 OR front_page = 0) ORDER BY patent_id, page_num, id",
    )?;
    let rows = statement.query_map((pattern, collection.id, with_front_pages), |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn has_texts(connection: &Connection, collection: i64) -> Result<bool, CatalogError> {
    let mut statement = connection.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM items WHERE collection_id = ?1 \
         AND (patent_id IS NOT NULL OR description IS NOT NULL OR tags <> '[]'))",
    )?;
    Ok(statement.query_row([collection], |row| row.get(0))?)
}
