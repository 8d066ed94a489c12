//! The trash: items that were deleted and may come back as they were, until it is emptied.
//!
//! A deleted item leaves `items` (so that nothing that counts, lists or searches has to know of the
//! trash) and goes on in `trash`, under its id: what refers to items, such as notes on searches,
//! finds a restored one again. Contents and embeddings stay as long as the trash refers to them.

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::json;

use crate::{
    Catalog, CatalogError, Collection, Content, Window, WriteTransaction, changes, contents, items,
    stored,
};

/// The columns that `trash` shares with `items`.
pub(crate) const COLUMNS: &str = "id, collection_id, content_id, external_id, file_name, original_path, \
                       patent_id, page_num, image_index, view, front_page, description, tags, \
                       attributes, warnings, created_at, is_corrected, size_bytes, image_format";

/// An item in the trash.
#[derive(Clone, Debug, PartialEq)]
pub struct TrashedItem {
    /// Its id, which it keeps when it is restored.
    pub id: u64,
    /// The deletion that put it there, by its number.
    pub deletion: i64,
    /// When, in Unix seconds.
    pub deleted_at: i64,
    /// Name of its collection.
    pub collection: String,
    /// Name of the file it came from.
    pub file_name: String,
    /// Path it came from; `None` for uploads.
    pub original_path: Option<String>,
    /// What tells its picture from all others: [`Content::md5`].
    pub content_md5: String,
    /// Pixels, upright.
    pub width: u32,
    /// Pixels, upright.
    pub height: u32,
    /// Bytes.
    pub file_size: u64,
    /// Such as `tiff`.
    pub format: String,
    /// Canonical patent id.
    pub patent_id: Option<String>,
    /// Such as `D00001`.
    pub page_num: Option<String>,
    /// Title of its patent.
    pub title: Option<String>,
    /// Free text.
    pub description: Option<String>,
    /// Free words.
    pub tags: Vec<String>,
}

/// Which items of the trash.
#[derive(Clone, Debug)]
pub enum Trashed<'a> {
    /// All of a collection.
    Of(&'a Collection),
    /// What one deletion put there.
    By(i64),
    /// Those of these that are there.
    Items(&'a [u64]),
    /// What was deleted at this time (Unix seconds) or before.
    Until(i64),
}

impl Catalog {
    /// Ids of items in the trash, ascending.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn trashed_ids(&self, which: &Trashed<'_>) -> Result<Vec<u64>, CatalogError> {
        self.read(|connection| match which {
            Trashed::Of(collection) => ids(connection, "collection_id = ?1", collection.id),
            Trashed::By(deletion) => ids(connection, "deletion_id = ?1", *deletion),
            Trashed::Items(given) => ids(
                connection,
                "id IN (SELECT value FROM json_each(?1))",
                json!(given).to_string(),
            ),
            Trashed::Until(time) => ids(
                connection,
                "deletion_id IN (SELECT id FROM trash_deletions WHERE deleted_at <= ?1)",
                *time,
            ),
        })
    }

    /// Items in the trash of a collection, what was deleted last first, and how many there are.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn trashed_items(
        &self,
        collection: &Collection,
        window: Window,
    ) -> Result<(Vec<TrashedItem>, u64), CatalogError> {
        self.read(|connection| {
            let total = connection
                .prepare_cached("SELECT count(*) FROM trash WHERE collection_id = ?1")?
                .query_row([collection.id], |row| row.get(0))?;
            let mut statement = connection.prepare_cached(&select(
                "trash.collection_id = ?1 ORDER BY deletion_id DESC, trash.id LIMIT ?2 OFFSET ?3",
            ))?;
            let found = statement
                .query_and_then(
                    params![collection.id, window.limit, window.offset],
                    from_row,
                )?
                .collect::<Result<_, _>>()?;
            Ok((found, total))
        })
    }

    /// The item with that id, if it is in the trash.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn trashed_item(&self, id: u64) -> Result<Option<TrashedItem>, CatalogError> {
        self.read(|connection| {
            connection
                .prepare_cached(&select("trash.id = ?1"))?
                .query_and_then([id], from_row)?
                .next()
                .transpose()
        })
    }
}

impl WriteTransaction<'_> {
    /// Begins a deletion of items of a collection, and returns its number, which no other has or
    /// will have.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn begin_deletion(&self, collection: &Collection) -> Result<i64, CatalogError> {
        self.connection
            .prepare_cached(
                "INSERT INTO trash_deletions (collection_id, deleted_at) VALUES (?1, ?2)",
            )?
            .execute(params![collection.id, self.now])?;
        Ok(self.connection.last_insert_rowid())
    }

    /// Puts items of a collection into the trash; returns how many there were, and contents that
    /// other changes left unused.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn trash_items(
        &self,
        collection: &Collection,
        deletion: i64,
        ids: &[u64],
    ) -> Result<(usize, Vec<Content>), CatalogError> {
        let given = json!(ids).to_string();
        self.connection
            .prepare_cached(&format!(
                "INSERT INTO trash ({COLUMNS}, deletion_id, no_duplicates_of) \
                 SELECT {COLUMNS}, ?3, (SELECT json_group_array(iif(a = items.id, b, a)) \
                 FROM not_duplicates WHERE a = items.id OR b = items.id) FROM items \
                 WHERE +collection_id = ?1 AND id IN (SELECT value FROM json_each(?2))"
            ))?
            .execute(params![collection.id, given, deletion])?;
        self.connection
            .prepare_cached(
                "INSERT INTO trash_paths (collection_id, path, item_id, file_size, modified_ns, \
                 missing_since, page_count) SELECT collection_id, path, item_id, file_size, \
                 modified_ns, missing_since, page_count FROM paths WHERE +collection_id = ?1 \
                 AND item_id IN (SELECT value FROM json_each(?2))",
            )?
            .execute(params![collection.id, given])?;
        let removed = items::remove(self.connection, collection.id, ids)?;
        Ok((removed, contents::remove_unused(self.connection)?))
    }

    /// Takes those of these items that are in the trash out of it, as they were; returns how many
    /// those are. Imports find them again where they were seen, unless other items are there now.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn restore_items(&self, ids: &[u64]) -> Result<usize, CatalogError> {
        restore(self.connection, ids)
    }

    /// Deletes those of these items that are in the trash for good; returns how many those are,
    /// and the contents nothing uses any more.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn empty_trash(&self, ids: &[u64]) -> Result<(usize, Vec<Content>), CatalogError> {
        let released = {
            let given = json!(ids).to_string();
            self.connection
                .prepare_cached(
                    "DELETE FROM not_duplicates WHERE a IN (SELECT value FROM json_each(?1)) \
                     OR b IN (SELECT value FROM json_each(?1))",
                )?
                .execute([&given])?;
            let mut statement = self.connection.prepare_cached(
                "DELETE FROM trash WHERE id IN (SELECT value FROM json_each(?1)) \
                 RETURNING content_id",
            )?;
            statement
                .query_map([given], |row| row.get(0))?
                .collect::<Result<Vec<i64>, _>>()?
        };
        remove_empty_deletions(self.connection)?;
        contents::release(self.connection, &released)?;
        Ok((released.len(), contents::remove_unused(self.connection)?))
    }
}

/// The item in the trash that was seen at `path` with that content, as it is when restored.
pub(crate) fn restore_at(
    connection: &Connection,
    collection_id: i64,
    path: &str,
    content_id: i64,
) -> Result<Option<i64>, CatalogError> {
    let found: Option<u64> = connection
        .prepare_cached(
            "SELECT item_id FROM trash_paths JOIN trash ON trash.id = item_id \
             WHERE trash_paths.collection_id = ?1 AND path = ?2 AND content_id = ?3 \
             ORDER BY item_id DESC LIMIT 1",
        )?
        .query_row(params![collection_id, path, content_id], |row| row.get(0))
        .optional()?;
    let Some(id) = found else {
        return Ok(None);
    };
    restore(connection, &[id])?;
    Ok(Some(id.cast_signed()))
}

/// Lets the trash of a collection follow its items into its successor, as far as that has
/// embeddings of the same contents.
pub(crate) fn succeed(connection: &Connection, from: i64, to: i64) -> Result<(), CatalogError> {
    for sql in [
        "UPDATE trash SET collection_id = ?2 WHERE collection_id = ?1 AND EXISTS \
         (SELECT 1 FROM embeddings WHERE content_id = trash.content_id AND collection_id = ?2)",
        "UPDATE trash_paths SET collection_id = ?2 WHERE collection_id = ?1 AND item_id IN \
         (SELECT id FROM trash WHERE collection_id = ?2)",
        "UPDATE trash_deletions SET collection_id = ?2 WHERE collection_id = ?1 AND id IN \
         (SELECT deletion_id FROM trash WHERE collection_id = ?2)",
    ] {
        connection.execute(sql, [from, to])?;
    }
    Ok(())
}

fn restore(connection: &Connection, ids: &[u64]) -> Result<usize, CatalogError> {
    let given = json!(ids).to_string();
    let mut of_collections: Vec<(i64, Vec<i64>)> = Vec::new();
    let mut statement = connection.prepare_cached(
        "SELECT collection_id, id FROM trash WHERE id IN (SELECT value FROM json_each(?1)) \
         ORDER BY collection_id, id",
    )?;
    let mut rows = statement.query([&given])?;
    while let Some(row) = rows.next()? {
        let (collection_id, id) = (row.get(0)?, row.get(1)?);
        match of_collections.last_mut() {
            Some((last, ids)) if *last == collection_id => ids.push(id),
            _ => of_collections.push((collection_id, vec![id])),
        }
    }
    connection
        .prepare_cached(&format!(
            "INSERT INTO items ({COLUMNS}) SELECT {COLUMNS} FROM trash \
             WHERE id IN (SELECT value FROM json_each(?1)) ORDER BY id"
        ))?
        .execute([&given])?;
    restore_paths(connection, &given)?;
    // Also about those that are in the trash still.
    connection
        .prepare_cached(
            "INSERT OR IGNORE INTO not_duplicates (a, b) \
             SELECT min(trash.id, other.value), max(trash.id, other.value) \
             FROM trash, json_each(no_duplicates_of) AS other \
             WHERE trash.id IN (SELECT value FROM json_each(?1)) \
             AND (EXISTS (SELECT 1 FROM items WHERE id = other.value) \
             OR EXISTS (SELECT 1 FROM trash AS there WHERE there.id = other.value))",
        )?
        .execute([&given])?;
    connection
        .prepare_cached("DELETE FROM trash WHERE id IN (SELECT value FROM json_each(?1))")?
        .execute([&given])?;
    remove_empty_deletions(connection)?;
    let mut restored = 0;
    for (collection_id, ids) in of_collections {
        restored += ids.len();
        // Indexes know their ids, and take the embeddings again.
        changes::record(connection, collection_id, &ids)?;
    }
    Ok(restored)
}

/// Lets restored items be found where they were seen, and forgets that they were deleted there.
fn restore_paths(connection: &Connection, given: &str) -> Result<(), CatalogError> {
    connection
        .prepare_cached(
            "INSERT OR IGNORE INTO paths (collection_id, path, item_id, file_size, modified_ns, \
             missing_since, page_count) SELECT collection_id, path, item_id, file_size, \
             modified_ns, missing_since, page_count FROM trash_paths \
             WHERE item_id IN (SELECT value FROM json_each(?1))",
        )?
        .execute([given])?;
    connection
        .prepare_cached(
            "DELETE FROM deletions WHERE (collection_id, path, md5) IN \
             (SELECT trash_paths.collection_id, path, md5 FROM trash_paths \
             JOIN trash ON trash.id = item_id JOIN contents ON contents.id = content_id \
             WHERE item_id IN (SELECT value FROM json_each(?1)))",
        )?
        .execute([given])?;
    Ok(())
}

fn remove_empty_deletions(connection: &Connection) -> Result<(), CatalogError> {
    connection
        .prepare_cached(
            "DELETE FROM trash_deletions WHERE NOT EXISTS \
             (SELECT 1 FROM trash WHERE deletion_id = trash_deletions.id)",
        )?
        .execute([])?;
    Ok(())
}

fn ids(
    connection: &Connection,
    condition: &str,
    value: impl rusqlite::ToSql,
) -> Result<Vec<u64>, CatalogError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT id FROM trash WHERE {condition} ORDER BY id"
    ))?;
    let rows = statement.query_map([value], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn select(condition: &str) -> String {
    format!(
        "SELECT trash.id, deletion_id, deleted_at, collections.name AS collection, file_name, \
         original_path, md5, width, height, file_size, format, trash.patent_id, page_num, title, \
         description, tags FROM trash \
         JOIN trash_deletions ON trash_deletions.id = deletion_id \
         JOIN contents ON contents.id = content_id \
         JOIN collections ON collections.id = trash.collection_id \
         LEFT JOIN patents ON patents.patent_id = trash.patent_id WHERE {condition}"
    )
}

fn from_row(row: &Row<'_>) -> Result<TrashedItem, CatalogError> {
    let id = row.get("id")?;
    Ok(TrashedItem {
        id,
        deletion: row.get("deletion_id")?,
        deleted_at: row.get("deleted_at")?,
        collection: row.get("collection")?,
        file_name: row.get("file_name")?,
        original_path: row.get("original_path")?,
        content_md5: row.get("md5")?,
        width: row.get("width")?,
        height: row.get("height")?,
        file_size: row.get("file_size")?,
        format: row.get("format")?,
        patent_id: row.get("patent_id")?,
        page_num: row.get("page_num")?,
        title: row.get("title")?,
        description: row.get("description")?,
        tags: stored::json(&row.get::<_, String>("tags")?, || {
            format!("tags of item {id} in the trash")
        })?,
    })
}
