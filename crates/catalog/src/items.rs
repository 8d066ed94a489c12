//! Items: findable images.

use std::collections::HashMap;

use lookalike_terms::Turn;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::patents::{self, Patent};
use crate::{CatalogError, Content, FilePage, changes, contents, file_pages, stored};

/// A stored item with its content's and patent's fields.
#[derive(Clone, Debug)]
pub struct Item {
    /// Unique over all collections, below 2^53, never reused.
    pub id: i64,
    /// The caller's own identifier.
    pub external_id: Option<String>,
    /// Name of the collection.
    pub collection: String,
    /// Name of the file it came from.
    pub file_name: String,
    /// Path it came from; `None` for uploads.
    pub original_path: Option<String>,
    /// MD5 of the file's bytes.
    pub md5: String,
    /// Pixels, upright.
    pub width: u32,
    /// Pixels, upright.
    pub height: u32,
    /// What makes the picture upright that its file holds; `None` where nobody has looked.
    pub turn: Option<Turn>,
    /// Bytes.
    pub file_size: u64,
    /// Such as `tiff`.
    pub format: String,
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
    pub attributes: serde_json::Value,
    /// What was noticed at import, such as a partly recovered file.
    pub warnings: Vec<String>,
    /// Unix seconds.
    pub created_at: i64,
    /// Unix seconds at which a watched folder no longer held the file under any of its paths.
    pub missing_since: Option<i64>,
    /// Blob key of a copied original.
    pub original_key: Option<String>,
    /// What tells its picture from all others: [`Content::md5`].
    pub content_md5: String,
    /// The page, if it is not a file of its own.
    pub page: Option<FilePage>,
    /// The patent's data; all null when there is none.
    pub patent: Patent,
}

/// An item of a patent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatentPage {
    /// The item.
    pub item_id: u64,
    /// Its patent.
    pub patent_id: String,
    /// Whether it is a front-page copy.
    pub front_page: bool,
}

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

/// A path that an item was seen under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownPath {
    /// As recorded: absolute.
    pub path: String,
    /// Bytes.
    pub file_size: u64,
    /// Nanoseconds since 1970; 0 when unknown.
    pub modified_ns: i64,
    /// How many items its file gives, if that holds several pages.
    pub page_count: Option<u32>,
}

/// What became of an item to add.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placed {
    /// A new item.
    Added(i64),
    /// The file at this path has changed: the item keeps its id and describes the new content.
    Replaced(i64),
    /// The same file, or the same bytes of the same patent and page, is an item already.
    Known(i64),
}

/// Reads the columns of [`select`].
fn from_row(row: &Row<'_>) -> Result<Item, CatalogError> {
    let id: i64 = row.get("id")?;
    let text = |column: &str| row.get::<_, String>(column);
    let of = |column: &str| format!("{column} of item {id}");
    let degrees: Option<u32> = row.get("turn")?;
    let content_md5: String = row.get("md5")?;
    let page = file_pages::from_row(row)?;
    Ok(Item {
        id,
        external_id: row.get("external_id")?,
        collection: row.get("collection")?,
        file_name: row.get("file_name")?,
        original_path: row.get("original_path")?,
        md5: page
            .as_ref()
            .map_or(&content_md5, |page| &page.file_md5)
            .clone(),
        content_md5,
        page,
        width: row.get("width")?,
        height: row.get("height")?,
        turn: degrees.and_then(Turn::from_degrees),
        file_size: row.get("file_size")?,
        format: row.get("format")?,
        original_key: row.get("original_key")?,
        patent_id: row.get("patent_id")?,
        page_num: row.get("page_num")?,
        image_index: row.get("image_index")?,
        view: row.get("view")?,
        front_page: row.get("front_page")?,
        description: row.get("description")?,
        tags: stored::json(&text("tags")?, || of("tags"))?,
        attributes: stored::json(&text("attributes")?, || of("attributes"))?,
        warnings: stored::json(&text("warnings")?, || of("warnings"))?,
        created_at: row.get("created_at")?,
        missing_since: row.get("missing_since")?,
        patent: patents::from_row(row)?,
    })
}

fn select(condition: &str) -> String {
    format!(
        "SELECT items.id, external_id, collections.name AS collection, file_name, original_path, \
         md5, file_md5, file_page, page_area, width, height, turn, file_size, format, original_key, \
         items.patent_id, page_num, \
         image_index, view, front_page, description, tags, attributes, warnings, \
         items.created_at, \
         (SELECT CASE WHEN count(*) = count(missing_since) THEN max(missing_since) END \
         FROM paths WHERE paths.item_id = items.id) AS missing_since, {} FROM items \
         JOIN contents ON contents.id = items.content_id \
         JOIN collections ON collections.id = items.collection_id \
         LEFT JOIN patents ON patents.patent_id = items.patent_id WHERE {condition}",
        patents::COLUMNS
    )
}

pub(crate) fn by_ids(connection: &Connection, ids: &[u64]) -> Result<Vec<Item>, CatalogError> {
    let mut statement = connection.prepare_cached(&select(
        "items.id IN (SELECT value FROM json_each(?1)) ORDER BY items.id",
    ))?;
    statement
        .query_and_then([serde_json::json!(ids).to_string()], from_row)?
        .collect()
}

pub(crate) fn newest_by_file_name(
    connection: &Connection,
    file_name: &str,
) -> Result<Option<Item>, CatalogError> {
    connection
        .prepare_cached(&select(
            "items.file_name = ?1 ORDER BY items.id DESC LIMIT 1",
        ))?
        .query_and_then([file_name], from_row)?
        .next()
        .transpose()
}

pub(crate) fn pages_of_patents(
    connection: &Connection,
    collection_id: i64,
    patent_ids: &[String],
) -> Result<Vec<PatentPage>, CatalogError> {
    let mut statement = connection.prepare_cached(
        "SELECT id, patent_id, front_page FROM items WHERE collection_id = ?1 \
         AND patent_id IN (SELECT value FROM json_each(?2)) ORDER BY id",
    )?;
    let rows = statement.query_map(
        params![collection_id, serde_json::json!(patent_ids).to_string()],
        |row| {
            Ok(PatentPage {
                item_id: row.get(0)?,
                patent_id: row.get(1)?,
                front_page: row.get(2)?,
            })
        },
    )?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(crate) fn patents_of(
    connection: &Connection,
    ids: &[u64],
) -> Result<HashMap<u64, String>, CatalogError> {
    let mut statement = connection.prepare_cached(
        "SELECT id, patent_id FROM items WHERE patent_id IS NOT NULL \
         AND id IN (SELECT value FROM json_each(?1))",
    )?;
    let rows = statement.query_map([serde_json::json!(ids).to_string()], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// MD5 sums of items' files, by id.
pub(crate) fn md5s_of(
    connection: &Connection,
    ids: &[u64],
) -> Result<HashMap<u64, String>, CatalogError> {
    let mut statement = connection.prepare_cached(
        "SELECT items.id, md5 FROM items JOIN contents ON contents.id = items.content_id \
         WHERE items.id IN (SELECT value FROM json_each(?1))",
    )?;
    let rows = statement.query_map([serde_json::json!(ids).to_string()], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(crate) fn known_path(
    connection: &Connection,
    collection_id: i64,
    path: &str,
) -> Result<Option<KnownPath>, CatalogError> {
    Ok(connection
        .prepare_cached(
            "SELECT path, file_size, modified_ns, page_count FROM paths \
             WHERE collection_id = ?1 AND path = ?2 AND missing_since IS NULL",
        )?
        .query_row(params![collection_id, path], |row| {
            Ok(KnownPath {
                path: row.get(0)?,
                file_size: row.get(1)?,
                modified_ns: row.get(2)?,
                page_count: row.get(3)?,
            })
        })
        .optional()?)
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
    if let Some(id) = same_page(connection, collection_id, content_id, item)? {
        if let Some(path) = &item.path {
            record_path(connection, collection_id, id, path)?;
        }
        return Ok(Placed::Known(id));
    }
    let json = |list: &Vec<String>| serde_json::json!(list).to_string();
    connection
        .prepare_cached(
            "INSERT INTO items (collection_id, content_id, external_id, file_name, \
             original_path, patent_id, page_num, image_index, view, front_page, description, \
             tags, attributes, warnings, created_at, size_bytes) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, \
             (SELECT file_size FROM contents WHERE id = ?2))",
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

/// Deletes items and releases their contents; returns how many there were.
pub(crate) fn remove(
    connection: &Connection,
    collection_id: i64,
    ids: &[u64],
) -> Result<usize, CatalogError> {
    let ids = serde_json::json!(ids).to_string();
    connection.execute(
        // By item: without the `+` the planner looks through all paths of the collection.
        "DELETE FROM paths WHERE +collection_id = ?1 \
         AND item_id IN (SELECT value FROM json_each(?2))",
        params![collection_id, ids],
    )?;
    let mut statement = connection.prepare_cached(
        "DELETE FROM items WHERE collection_id = ?1 AND id IN (SELECT value FROM json_each(?2)) \
         RETURNING id, content_id",
    )?;
    let (removed, released): (Vec<_>, Vec<_>) = statement
        .query_map(params![collection_id, ids], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?
        .collect::<Result<Vec<(i64, i64)>, _>>()?
        .into_iter()
        .unzip();
    changes::record(connection, collection_id, &removed)?;
    contents::release(connection, &released)?;
    Ok(removed.len())
}

/// Calls `each` for every path at or below `root` that is not marked missing.
pub(crate) fn paths_below(
    connection: &Connection,
    collection_id: i64,
    root: &str,
    mut each: impl FnMut(&str),
) -> Result<(), CatalogError> {
    // What starts with `root/` lies between that and `root0`: `0` follows `/`. Pages of a file
    // stand behind `#page=`, before `#page>`.
    let mut statement = connection.prepare_cached(
        "SELECT path FROM paths WHERE collection_id = ?1 AND missing_since IS NULL \
         AND (path = ?2 OR (path > ?2 || '/' AND path < ?2 || '0') \
         OR (path > ?2 || '#page=' AND path < ?2 || '#page>'))",
    )?;
    let mut rows = statement.query(params![collection_id, root.trim_end_matches('/')])?;
    while let Some(row) = rows.next()? {
        each(row.get_ref(0)?.as_str().unwrap_or_default());
    }
    Ok(())
}

pub(crate) fn paths_of_content(
    connection: &Connection,
    collection_id: i64,
    md5: &str,
    limit: usize,
) -> Result<Vec<String>, CatalogError> {
    let mut statement = connection.prepare_cached(
        "SELECT path FROM contents JOIN items ON items.content_id = contents.id \
         JOIN paths ON paths.item_id = items.id WHERE md5 = ?1 AND items.collection_id = ?2 \
         AND missing_since IS NULL LIMIT ?3",
    )?;
    let rows = statement.query_map(params![md5, collection_id, limit], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Marks a path as gone; its item goes on under another path if there is one.
pub(crate) fn mark_missing(
    connection: &Connection,
    collection_id: i64,
    path: &str,
    now: i64,
) -> Result<bool, CatalogError> {
    let item: Option<i64> = connection
        .prepare_cached(
            "UPDATE paths SET missing_since = ?3 WHERE collection_id = ?1 AND path = ?2 \
             AND missing_since IS NULL RETURNING item_id",
        )?
        .query_row(params![collection_id, path, now], |row| row.get(0))
        .optional()?;
    let Some(item) = item else {
        return Ok(false);
    };
    leave_to_other_paths(connection, collection_id, item, path)?;
    Ok(true)
}

fn at_path(
    connection: &Connection,
    collection_id: i64,
    path: &str,
) -> Result<Option<(i64, i64)>, CatalogError> {
    Ok(connection
        .prepare_cached(
            "SELECT items.id, content_id FROM paths JOIN items ON items.id = item_id \
             WHERE paths.collection_id = ?1 AND path = ?2",
        )?
        .query_row(params![collection_id, path], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?)
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

/// Lets an item whose files are gone follow one of them to its new path.
fn follow(
    connection: &Connection,
    collection_id: i64,
    id: i64,
    file_name: &str,
    path: &KnownPath,
) -> Result<(), CatalogError> {
    connection
        .prepare_cached("DELETE FROM paths WHERE collection_id = ?1 AND item_id = ?2")?
        .execute(params![collection_id, id])?;
    connection
        .prepare_cached("UPDATE items SET file_name = ?2, original_path = ?3 WHERE id = ?1")?
        .execute(params![id, file_name, path.path])?;
    record_path(connection, collection_id, id, path)
}

/// The file at `path` is no longer what item `id` describes. When other paths still lead to
/// the item, it goes on under those; returns how many there are.
fn leave_to_other_paths(
    connection: &Connection,
    collection_id: i64,
    id: i64,
    path: &str,
) -> Result<usize, CatalogError> {
    let mut statement = connection.prepare_cached(
        "SELECT path FROM paths WHERE item_id = ?1 AND collection_id = ?2 AND path <> ?3 \
         AND missing_since IS NULL ORDER BY path",
    )?;
    let others: Vec<String> = statement
        .query_map(params![id, collection_id, path], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    if let Some(other) = others.first() {
        connection.execute(
            "UPDATE items SET original_path = ?1 WHERE id = ?2 AND original_path = ?3",
            params![other, id, path],
        )?;
    }
    Ok(others.len())
}

fn record_path(
    connection: &Connection,
    collection_id: i64,
    item_id: i64,
    path: &KnownPath,
) -> Result<(), CatalogError> {
    connection
        .prepare_cached(
            "INSERT INTO paths (collection_id, path, item_id, file_size, modified_ns, page_count) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (collection_id, path) DO UPDATE SET \
             item_id = excluded.item_id, file_size = excluded.file_size, \
             modified_ns = excluded.modified_ns, page_count = excluded.page_count, \
             missing_since = NULL",
        )?
        .execute(params![
            collection_id,
            path.path,
            item_id,
            path.file_size,
            path.modified_ns,
            path.page_count
        ])?;
    Ok(())
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
             size_bytes = (SELECT file_size FROM contents WHERE id = ?1) WHERE id = ?3",
        )?
        .execute(params![
            content_id,
            serde_json::json!(item.warnings).to_string(),
            id
        ])?;
    changes::record(connection, collection_id, &[id])
}
