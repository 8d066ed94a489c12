//! What one catalogue gives to another that takes it in, and what that one notes.
//!
//! Items get new ids. Which they got is kept, so that a merge that was cut off goes on, one that is
//! made again adds nothing, and what refers to items (decisions about duplicates) can follow.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, params};

use crate::paths::{at_path, record_path};
use crate::placing::NewItem;
use crate::transaction::WriteTransaction;
use crate::{
    Catalog, CatalogError, Collection, Item, KnownPath, NewFigure, NewFigures, Placed, contents,
    embeddings, figures, items,
};

/// An item of another catalogue, with all that belongs to it alone.
#[derive(Clone, Debug)]
pub struct ForeignItem {
    /// Its id there.
    pub id: u64,
    /// What is known of it; without a path.
    pub item: NewItem,
    /// Where it came from first; `None` for uploads.
    pub original_path: Option<String>,
    /// Everywhere it was seen, and since when (Unix seconds) a watched folder holds it no longer.
    pub paths: Vec<(KnownPath, Option<i64>)>,
    /// Whether people changed what its file's name says.
    pub is_corrected: bool,
    /// Unix seconds.
    pub created_at: i64,
}

/// An item in the trash of another catalogue.
#[derive(Clone, Debug)]
pub struct ForeignTrash {
    /// As it was.
    pub item: ForeignItem,
    /// The deletion that put it there, by its number there.
    pub deletion: i64,
    /// When, in Unix seconds.
    pub deleted_at: i64,
}

impl Catalog {
    /// What tells this library from all others, in 32 hex digits; a copy has its original's.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn library(&self) -> Result<String, CatalogError> {
        self.read(|connection| {
            Ok(connection.query_row("SELECT name FROM library", [], |row| row.get(0))?)
        })
    }

    /// The next `limit` items of a collection above that id, by id.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn items_to_give(
        &self,
        collection: &Collection,
        after: u64,
        limit: usize,
    ) -> Result<Vec<ForeignItem>, CatalogError> {
        let ids: Vec<u64> = self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id FROM items WHERE collection_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
            )?;
            let rows =
                statement.query_map(params![collection.id, after, limit], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })?;
        self.read(|connection| {
            let stored = items::by_ids(connection, &ids)?;
            foreign(connection, stored, ("items", "paths"))
        })
    }

    /// The next `limit` items in the trash of a collection above that id, by id.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn trash_to_give(
        &self,
        collection: &Collection,
        after: u64,
        limit: usize,
    ) -> Result<Vec<ForeignTrash>, CatalogError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT trash.id, deletion_id, deleted_at FROM trash \
                 JOIN trash_deletions ON trash_deletions.id = deletion_id \
                 WHERE trash.collection_id = ?1 AND trash.id > ?2 ORDER BY trash.id LIMIT ?3",
            )?;
            let rows = statement.query_map(params![collection.id, after, limit], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })?;
            let deleted: Vec<(u64, i64, i64)> = rows.collect::<Result<_, _>>()?;
            let ids: Vec<u64> = deleted.iter().map(|(id, _, _)| *id).collect();
            let stored = items::trashed_by_ids(connection, &ids)?;
            let items = foreign(connection, stored, ("trash", "trash_paths"))?;
            let both = items.into_iter().zip(deleted);
            let given = both.map(|(item, (_, deletion, deleted_at))| ForeignTrash {
                item,
                deletion,
                deleted_at,
            });
            Ok(given.collect())
        })
    }

    /// The figures of a content, by their numbers; none where the collection has no embedding of it.
    ///
    /// # Errors
    /// A stored vector is damaged, or the catalogue can't be read.
    pub fn figures_of_content(
        &self,
        collection: &Collection,
        md5: &str,
    ) -> Result<Vec<NewFigure>, CatalogError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT number, label, view, x, y, embeddings.width, embeddings.height, \
                 embeddings.turn, vector FROM embeddings JOIN contents ON contents.id = content_id \
                 WHERE collection_id = ?1 AND md5 = ?2 ORDER BY figure_index",
            )?;
            let mut rows = statement.query(params![collection.id, md5])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                let place = || format!("embedding of content {md5}");
                let bytes = row.get_ref("vector")?.as_blob().unwrap_or_default();
                found.push(NewFigure {
                    figure: figures::from_row(row, place)?,
                    vector: embeddings::checked(bytes, collection, place)?,
                });
            }
            Ok(found)
        })
    }

    /// The next `limit` patents above that id, by id.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn patent_ids_after(&self, after: &str, limit: usize) -> Result<Vec<String>, CatalogError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT patent_id FROM patents WHERE patent_id > ?1 ORDER BY patent_id LIMIT ?2",
            )?;
            let rows = statement.query_map(params![after, limit], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Of these items of another library, those that were taken in, and as which they were.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn taken_in(&self, library: &str, ids: &[u64]) -> Result<HashMap<u64, u64>, CatalogError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT other_id, item_id FROM taken_items \
                 JOIN taken_libraries ON taken_libraries.id = library_id \
                 WHERE name = ?1 AND other_id IN (SELECT value FROM json_each(?2))",
            )?;
            let ids = serde_json::json!(ids).to_string();
            let rows =
                statement.query_map(params![library, ids], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

/// With all that belongs to items of these tables: of items, and of the paths that they were seen
/// under.
fn foreign(
    connection: &Connection,
    stored: Vec<Item>,
    (items, paths): (&str, &str),
) -> Result<Vec<ForeignItem>, CatalogError> {
    let mut paths = connection.prepare_cached(&format!(
        "SELECT path, file_size, modified_ns, page_count, missing_since FROM {paths} \
         WHERE item_id = ?1 ORDER BY path"
    ))?;
    let mut corrected =
        connection.prepare_cached(&format!("SELECT is_corrected FROM {items} WHERE id = ?1"))?;
    let mut given = Vec::with_capacity(stored.len());
    for item in stored {
        let Some(content) = contents::by_md5(connection, &item.content_md5)? else {
            return Err(CatalogError::Damaged {
                what: format!("content of item {}", item.id),
            });
        };
        let paths = paths.query_map([item.id], |row| {
            let path = KnownPath {
                path: row.get(0)?,
                file_size: row.get(1)?,
                modified_ns: row.get(2)?,
                page_count: row.get(3)?,
            };
            Ok((path, row.get(4)?))
        })?;
        given.push(ForeignItem {
            id: item.id.unsigned_abs(),
            paths: paths.collect::<Result<_, _>>()?,
            is_corrected: corrected.query_row([item.id], |row| row.get(0))?,
            created_at: item.created_at,
            original_path: item.original_path,
            item: NewItem {
                content,
                external_id: item.external_id,
                file_name: item.file_name,
                path: None,
                patent_id: item.patent_id,
                page_num: item.page_num,
                image_index: item.image_index,
                view: item.view,
                front_page: item.front_page,
                description: item.description,
                tags: item.tags,
                attributes: item.attributes.as_object().cloned().unwrap_or_default(),
                warnings: item.warnings,
            },
        });
    }
    Ok(given)
}

impl WriteTransaction<'_> {
    /// Whether this catalogue knows better of an item that another one has in its trash: it is here as
    /// an item, or was deleted here too.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn knows_of_trashed(
        &self,
        collection: &Collection,
        foreign: &ForeignItem,
    ) -> Result<bool, CatalogError> {
        let md5 = &foreign.item.content.md5;
        for (path, _) in &foreign.paths {
            let known = self
                .connection
                .prepare_cached(
                    "SELECT 1 FROM deletions WHERE collection_id = ?1 AND path = ?2 AND md5 = ?3",
                )?
                .exists(params![collection.id, path.path, md5])?;
            if known {
                return Ok(true);
            }
        }
        let content = contents::by_md5(self.connection, md5)?;
        if content.is_none() {
            return Ok(false);
        }
        let content_id = contents::id(self.connection, md5)?;
        Ok(self.here(collection, content_id, foreign)?.is_some())
    }

    /// Takes in an item of another library, or finds that it is here: at one of its paths, or by
    /// bytes, patent and page, or by bytes and external id. What people said about one that is here
    /// stays; where they said nothing, what is said there is taken over. A path that another file has
    /// here stays that file's.
    ///
    /// # Errors
    /// As [`WriteTransaction::place_item`].
    pub fn take_in<'f>(
        &self,
        collection: &Collection,
        library: &str,
        foreign: &ForeignItem,
        figures: impl Into<NewFigures<'f>>,
    ) -> Result<Placed, CatalogError> {
        let content_id = contents::upsert(self.connection, &foreign.item.content)?;
        figures::store(self.connection, collection, content_id, figures.into())?;
        let placed = match self.here(collection, content_id, foreign)? {
            Some(id) => {
                self.fill_in(id, &foreign.item)?;
                Placed::Known(id)
            }
            None => self.place_item(collection, &foreign.item, NewFigures::Known)?,
        };
        let (Placed::Added(id) | Placed::Known(id) | Placed::Replaced(id)) = placed;
        if let Placed::Added(id) = placed {
            self.connection
                .prepare_cached(
                    "UPDATE items SET original_path = ?2, is_corrected = ?3, created_at = ?4 \
                     WHERE id = ?1",
                )?
                .execute(params![
                    id,
                    foreign.original_path,
                    foreign.is_corrected,
                    foreign.created_at
                ])?;
        }
        for (path, missing_since) in &foreign.paths {
            if at_path(self.connection, collection.id, &path.path)?.is_none() {
                record_path(self.connection, collection.id, id, path)?;
                self.connection
                    .prepare_cached(
                        "UPDATE paths SET missing_since = ?3 \
                         WHERE collection_id = ?1 AND path = ?2 AND ?3 IS NOT NULL",
                    )?
                    .execute(params![collection.id, path.path, missing_since])?;
            }
        }
        self.connection
            .prepare_cached(
                "INSERT OR IGNORE INTO taken_libraries (name, begun_at) VALUES (?1, ?2)",
            )?
            .execute(params![library, self.now])?;
        self.connection
            .prepare_cached(
                "INSERT OR REPLACE INTO taken_items (library_id, other_id, item_id) \
                 SELECT id, ?2, ?3 FROM taken_libraries WHERE name = ?1",
            )?
            .execute(params![library, foreign.id, id])?;
        Ok(placed)
    }

    /// The item that it is here, if it is told by path or external id.
    fn here(
        &self,
        collection: &Collection,
        content_id: i64,
        foreign: &ForeignItem,
    ) -> Result<Option<i64>, CatalogError> {
        for (path, _) in &foreign.paths {
            if let Some((id, content)) = at_path(self.connection, collection.id, &path.path)?
                && content == content_id
            {
                return Ok(Some(id));
            }
        }
        let Some(external_id) = &foreign.item.external_id else {
            return Ok(None);
        };
        Ok(self
            .connection
            .prepare_cached(
                "SELECT id FROM items INDEXED BY items_by_content \
                 WHERE content_id = ?1 AND collection_id = ?2 AND external_id = ?3",
            )?
            .query_row(params![content_id, collection.id, external_id], |row| {
                row.get(0)
            })
            .optional()?)
    }

    fn fill_in(&self, id: i64, item: &NewItem) -> Result<(), CatalogError> {
        self.connection
            .prepare_cached(
                "UPDATE items SET description = ?2 WHERE id = ?1 AND description IS NULL \
                 AND ?2 IS NOT NULL",
            )?
            .execute(params![id, item.description])?;
        if !item.tags.is_empty() {
            self.connection
                .prepare_cached("UPDATE items SET tags = ?2 WHERE id = ?1 AND tags = '[]'")?
                .execute(params![id, serde_json::json!(item.tags).to_string()])?;
        }
        Ok(())
    }
}
