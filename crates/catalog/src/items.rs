//! Items: findable images.

use std::collections::HashMap;

use lookalike_terms::Turn;
use rusqlite::{Connection, Row, params};

use crate::patents::{self, Patent};
use crate::{CatalogError, FilePage, changes, contents, file_pages, stored, trash};

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
    /// What tells its picture from all others: [`crate::Content::md5`].
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
    select_from("items", condition)
}

/// `rows` are those of `items`, or such ones under that name.
fn select_from(rows: &str, condition: &str) -> String {
    format!(
        "SELECT items.id, external_id, collections.name AS collection, file_name, original_path, \
         md5, file_md5, file_page, page_area, width, height, turn, file_size, format, original_key, \
         items.patent_id, page_num, \
         image_index, view, front_page, description, tags, attributes, warnings, \
         items.created_at, \
         (SELECT CASE WHEN count(*) = count(missing_since) THEN max(missing_since) END \
         FROM paths WHERE paths.item_id = items.id) AS missing_since, {}, {} FROM {rows} \
         JOIN contents ON contents.id = items.content_id \
         JOIN collections ON collections.id = items.collection_id \
         LEFT JOIN patents ON patents.patent_id = items.patent_id WHERE {condition}",
        patents::COLUMNS,
        patents::annotations_column("items.patent_id")
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

/// The same of items in the trash.
pub(crate) fn trashed_by_ids(
    connection: &Connection,
    ids: &[u64],
) -> Result<Vec<Item>, CatalogError> {
    let rows = format!("(SELECT {} FROM trash) AS items", trash::COLUMNS);
    let mut statement = connection.prepare_cached(&select_from(
        &rows,
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
