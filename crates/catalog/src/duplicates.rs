//! What the search for duplicates reads, and what people decided about its results.

use std::collections::{HashMap, HashSet};

use rusqlite::params;

use crate::transaction::WriteTransaction;
use crate::{Catalog, CatalogError, Collection, embeddings};

/// A figure's embedding, and what tells its item apart from others.
#[derive(Clone, Debug, PartialEq)]
pub struct ContentEmbedding {
    /// The item.
    pub item_id: u64,
    /// Which of its figures.
    pub figure_index: u8,
    /// Row id of its content, which items of the same bytes share.
    pub content_id: u64,
    /// Its patent.
    pub patent_id: Option<String>,
    /// Whether it is a front-page copy.
    pub front_page: bool,
    /// The embedding.
    pub vector: Vec<f32>,
}

/// An item that may be a duplicate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The item.
    pub item_id: u64,
    /// Row id of its content.
    pub content_id: u64,
    /// Its patent.
    pub patent_id: Option<String>,
    /// Width times height.
    pub pixels: u64,
}

impl Catalog {
    /// The next `limit` embeddings of a collection after that figure of that item, by item and
    /// figure; `None` for the first ones.
    ///
    /// # Errors
    /// A stored vector is damaged, or the catalogue can't be read.
    pub fn embeddings_after(
        &self,
        collection: &Collection,
        after: Option<(u64, u8)>,
        limit: usize,
    ) -> Result<Vec<ContentEmbedding>, CatalogError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT items.id, items.content_id, patent_id, front_page, figure_index, vector \
                 FROM items JOIN embeddings ON embeddings.content_id = items.content_id \
                 AND embeddings.collection_id = items.collection_id \
                 WHERE items.collection_id = ?1 AND (items.id, figure_index) > (?2, ?3) \
                 ORDER BY items.id, figure_index LIMIT ?4",
            )?;
            // Ids of items begin with 1.
            let (item, figure) = after.unwrap_or((0, 0));
            let mut rows = statement.query(params![collection.id, item, figure, limit])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                let item_id: u64 = row.get(0)?;
                let bytes = row.get_ref(5)?.as_blob().unwrap_or_default();
                let place = || format!("embedding of item {item_id}");
                let vector = embeddings::checked(bytes, collection, place)?;
                found.push(ContentEmbedding {
                    item_id,
                    content_id: row.get(1)?,
                    patent_id: row.get(2)?,
                    front_page: row.get(3)?,
                    figure_index: row.get(4)?,
                    vector,
                });
            }
            Ok(found)
        })
    }

    /// Contents and patents of items.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn contents_of_items(
        &self,
        ids: &[u64],
    ) -> Result<HashMap<u64, (u64, Option<String>)>, CatalogError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, content_id, patent_id FROM items \
                 WHERE id IN (SELECT value FROM json_each(?1))",
            )?;
            let rows = statement.query_map([serde_json::json!(ids).to_string()], |row| {
                Ok((row.get(0)?, (row.get(1)?, row.get(2)?)))
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Row ids of contents that more than one item of the collection has.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn repeated_contents(&self, collection: &Collection) -> Result<Vec<u64>, CatalogError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT content_id FROM items INDEXED BY items_by_content \
                 WHERE collection_id = ?1 GROUP BY content_id HAVING count(*) > 1",
            )?;
            let rows = statement.query_map([collection.id], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// The collection's items of these contents, without front-page copies.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn items_of_contents(
        &self,
        collection: &Collection,
        contents: &[u64],
    ) -> Result<Vec<Candidate>, CatalogError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT items.id, contents.id, patent_id, width * height FROM json_each(?2) \
                 CROSS JOIN contents ON contents.id = value \
                 CROSS JOIN items INDEXED BY items_by_content \
                 ON items.content_id = contents.id AND items.collection_id = ?1 \
                 WHERE NOT front_page",
            )?;
            let contents = serde_json::json!(contents).to_string();
            let rows = statement.query_map(params![collection.id, contents], |row| {
                Ok(Candidate {
                    item_id: row.get(0)?,
                    content_id: row.get(1)?,
                    patent_id: row.get(2)?,
                    pixels: row.get(3)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// All pairs of items that are said not to be duplicates, the lower id first.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn not_duplicates(&self) -> Result<HashSet<(u64, u64)>, CatalogError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT a, b FROM not_duplicates")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

impl WriteTransaction<'_> {
    /// Remembers that no two of these items are duplicates.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn add_not_duplicates(&self, items: &[u64]) -> Result<(), CatalogError> {
        let mut statement = self
            .connection
            .prepare_cached("INSERT OR IGNORE INTO not_duplicates (a, b) VALUES (?1, ?2)")?;
        for (place, &one) in items.iter().enumerate() {
            for &other in items[place + 1..].iter().filter(|&&other| other != one) {
                statement.execute([one.min(other), one.max(other)])?;
            }
        }
        Ok(())
    }
}
