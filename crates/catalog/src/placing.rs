//! Adding items: told apart from those that are there, seen again, replaced or moved.

use rusqlite::{Connection, OptionalExtension, params};

use crate::paths::{at_path, follow, leave_to_other_paths, record_path};
use crate::{CatalogError, Content, KnownPath, changes, contents, trash};

/// An item to add.
#[derive(Clone, Debug)]
pub struct NewItem {
    /// The file's content.
    pub content: Content,
    /// The caller's own identifier.
    pub external_id: Option<String>,
    /// Name of the file.
    pub file_name: String,
    /// Path, size in bytes and modification time of the file, if it is one.
    pub path: Option<KnownPath>,
    /// Canonical patent id.
    pub patent_id: Option<String>,
    /// Such as `D00001`.
    pub page_num: Option<String>,
    /// 0-based order within the patent.
    pub image_index: Option<u32>,
    /// `perspective`, `front`, ...
    pub view: Option<String>,
    /// A front-page copy of another sheet.
    pub front_page: bool,
    /// Free text.
    pub description: Option<String>,
    /// Free words.
    pub tags: Vec<String>,
    /// Free JSON object.
    pub attributes: serde_json::Map<String, serde_json::Value>,
    /// What was noticed at import.
    pub warnings: Vec<String>,
}

/// What became of an item to add.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placed {
    /// A new item, or one that came back from the trash.
    Added(i64),
    /// The file at this path has changed: the item keeps its id and describes the new content.
    Replaced(i64),
    /// The same file, or the same bytes of the same patent and page, is an item already.
    Known(i64),
}

/// Adds the item, or finds that it is there. See [`Placed`].
pub(crate) fn place(
    connection: &Connection,
    collection_id: i64,
    content_id: i64,
    item: &NewItem,
    now: i64,
) -> Result<Placed, CatalogError> {
    if let Some(path) = &item.path
        && let Some((id, content)) = at_path(connection, collection_id, &path.path)?
    {
        if content == content_id {
            record_path(connection, collection_id, id, path)?;
            return Ok(Placed::Known(id));
        }
        if leave_to_other_paths(connection, collection_id, id, &path.path)? == 0 {
            record_path(connection, collection_id, id, path)?;
            replace_content(connection, collection_id, content_id, id, item)?;
            contents::release(connection, &[content])?;
            return Ok(Placed::Replaced(id));
        }
    }
    if let Some(path) = &item.path
        && let Some(id) = moved(connection, collection_id, content_id, item)?
    {
        follow(connection, collection_id, id, &item.file_name, path)?;
        return Ok(Placed::Known(id));
    }
    if let Some(path) = &item.path
        && let Some(id) = trash::restore_at(connection, collection_id, &path.path, content_id)?
    {
        record_path(connection, collection_id, id, path)?;
        return Ok(Placed::Added(id));
    }
    if let Some(id) = same_page(connection, collection_id, content_id, item)? {
        if let Some(path) = &item.path {
            record_path(connection, collection_id, id, path)?;
        }
        return Ok(Placed::Known(id));
    }
    // Of content that was described with another item, its figures tell the view.
    let json = |list: &Vec<String>| serde_json::json!(list).to_string();
    connection
        .prepare_cached(
            "INSERT INTO items (collection_id, content_id, external_id, file_name, \
             original_path, patent_id, page_num, image_index, view, front_page, description, \
             tags, attributes, warnings, created_at, size_bytes, image_format) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, COALESCE(?9, (SELECT max(view) \
             FROM embeddings WHERE collection_id = ?1 AND content_id = ?2 \
             HAVING count(DISTINCT view) = 1)), ?10, ?11, ?12, ?13, ?14, ?15, \
             (SELECT file_size FROM contents WHERE id = ?2), \
             (SELECT format FROM contents WHERE id = ?2))",
        )?
        .execute(params![
            collection_id,
            content_id,
            item.external_id,
            item.file_name,
            item.path.as_ref().map(|path| &path.path),
            item.patent_id,
            item.page_num,
            item.image_index,
            item.view,
            item.front_page,
            item.description,
            json(&item.tags),
            serde_json::json!(item.attributes).to_string(),
            json(&item.warnings),
            now
        ])?;
    let id = connection.last_insert_rowid();
    if let Some(path) = &item.path {
        record_path(connection, collection_id, id, path)?;
    }
    Ok(Placed::Added(id))
}

/// The item with the same bytes, patent and page. Without a patent nothing is merged:
/// two copies of a picture stay two items, so that duplicates can be found and shown.
fn same_page(
    connection: &Connection,
    collection_id: i64,
    content_id: i64,
    item: &NewItem,
) -> Result<Option<i64>, CatalogError> {
    Ok(connection
        .prepare_cached(
            "SELECT id FROM items WHERE content_id = ?1 AND collection_id = ?2 \
             AND patent_id = ?3 AND page_num = ?4 LIMIT 1",
        )?
        .query_row(
            params![content_id, collection_id, item.patent_id, item.page_num],
            |row| row.get(0),
        )
        .optional()?)
}

/// An item of the same bytes, patent and page whose files are all gone: its file was moved.
fn moved(
    connection: &Connection,
    collection_id: i64,
    content_id: i64,
    item: &NewItem,
) -> Result<Option<i64>, CatalogError> {
    Ok(connection
        .prepare_cached(
            // By content: the planner would take all items without a patent one by one, which
            // makes an import of many pictures quadratic.
            "SELECT id FROM items INDEXED BY items_by_content \
             WHERE content_id = ?1 AND collection_id = ?2 \
             AND patent_id IS ?3 AND page_num IS ?4 \
             AND EXISTS (SELECT 1 FROM paths WHERE item_id = items.id) \
             AND NOT EXISTS (SELECT 1 FROM paths WHERE item_id = items.id \
             AND missing_since IS NULL) ORDER BY id LIMIT 1",
        )?
        .query_row(
            params![content_id, collection_id, item.patent_id, item.page_num],
            |row| row.get(0),
        )
        .optional()?)
}

fn replace_content(
    connection: &Connection,
    collection_id: i64,
    content_id: i64,
    id: i64,
    item: &NewItem,
) -> Result<(), CatalogError> {
    connection
        .prepare_cached(
            "UPDATE items SET content_id = ?1, warnings = ?2, \
             size_bytes = (SELECT file_size FROM contents WHERE id = ?1), \
             image_format = (SELECT format FROM contents WHERE id = ?1) WHERE id = ?3",
        )?
        .execute(params![
            content_id,
            serde_json::json!(item.warnings).to_string(),
            id
        ])?;
    changes::record(connection, collection_id, &[id])
}
