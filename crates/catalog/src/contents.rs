//! Contents: distinct file contents by MD5, which items share.

use lookalike_terms::Turn;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::{CatalogError, FilePage, file_pages};

/// A distinct file content: that of a file, or of a page of a file that holds several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// Tells it from all others, 32 lower-case hex digits: the MD5 of the file's bytes, or of
    /// what tells a page from others.
    pub md5: String,
    /// The page, if it is not a file of its own.
    pub page: Option<FilePage>,
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
    /// Where the blob store keeps a copy; `None` when the original stays in place.
    pub original_key: Option<String>,
}

impl Content {
    /// MD5 of the bytes of the file that it is, or is a page of.
    #[must_use]
    pub fn file_md5(&self) -> &str {
        self.page.as_ref().map_or(&self.md5, |page| &page.file_md5)
    }
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Content> {
    let degrees: Option<u32> = row.get("turn")?;
    Ok(Content {
        md5: row.get("md5")?,
        page: file_pages::from_row(row)?,
        width: row.get("width")?,
        height: row.get("height")?,
        file_size: row.get("file_size")?,
        format: row.get("format")?,
        original_key: row.get("original_key")?,
        turn: degrees.and_then(Turn::from_degrees),
    })
}

const COLUMNS: &str =
    "md5, file_md5, file_page, page_area, width, height, file_size, format, original_key, turn";

pub(crate) fn by_md5(connection: &Connection, md5: &str) -> Result<Option<Content>, CatalogError> {
    Ok(connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM contents WHERE md5 = ?1"))?
        .query_row([md5], from_row)
        .optional()?)
}

/// The contents that have one of these MD5s, and those that are pages of a file that has.
pub(crate) fn among(connection: &Connection, md5s: &[&str]) -> Result<Vec<Content>, CatalogError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM contents WHERE md5 IN (SELECT value FROM json_each(?1)) \
         UNION SELECT {COLUMNS} FROM contents WHERE file_md5 IN (SELECT value FROM json_each(?1))"
    ))?;
    let rows = statement.query_map([serde_json::json!(md5s).to_string()], from_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Calls `each` for every content until it says `false`.
pub(crate) fn each(
    connection: &Connection,
    mut each: impl FnMut(Content) -> bool,
) -> Result<(), CatalogError> {
    let mut statement = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM contents"))?;
    for content in statement.query_map([], from_row)? {
        if !each(content?) {
            break;
        }
    }
    Ok(())
}

/// The content's row id.
pub(crate) fn id(connection: &Connection, md5: &str) -> Result<i64, CatalogError> {
    Ok(connection
        .prepare_cached("SELECT id FROM contents WHERE md5 = ?1")?
        .query_row([md5], |row| row.get(0))?)
}

/// Inserts the content, or fills in the copy's key and the turn of one that is there without;
/// returns its row id.
pub(crate) fn upsert(connection: &Connection, content: &Content) -> Result<i64, CatalogError> {
    Ok(connection
        .prepare_cached(
            "INSERT INTO contents (md5, file_md5, file_page, page_area, width, height, file_size, \
             format, original_key, turn) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) \
             ON CONFLICT (md5) DO UPDATE SET \
             original_key = coalesce(original_key, excluded.original_key), \
             width = iif(turn IS NULL AND excluded.turn IS NOT NULL, excluded.width, width), \
             height = iif(turn IS NULL AND excluded.turn IS NOT NULL, excluded.height, height), \
             turn = coalesce(turn, excluded.turn) RETURNING id",
        )?
        .query_row(
            params![
                content.md5,
                content.page.as_ref().map(|page| &page.file_md5),
                content.page.as_ref().map(|page| page.number),
                content.page.as_ref().and_then(FilePage::area_text),
                content.width,
                content.height,
                content.file_size,
                content.format,
                content.original_key,
                content.turn.map(Turn::degrees)
            ],
            |row| row.get(0),
        )?)
}

/// Notes what makes a content upright that nobody had looked at.
pub(crate) fn set_turn(
    connection: &Connection,
    md5: &str,
    turn: Turn,
    (width, height): (u32, u32),
) -> Result<(), CatalogError> {
    connection
        .prepare_cached(
            "UPDATE contents SET turn = ?2, width = ?3, height = ?4 \
             WHERE md5 = ?1 AND turn IS NULL",
        )?
        .execute(params![md5, turn.degrees(), width, height])?;
    Ok(())
}

/// Remembers contents that an item described until now, for [`remove_unused`].
pub(crate) fn release(connection: &Connection, ids: &[i64]) -> Result<(), CatalogError> {
    connection
        .prepare_cached(
            "INSERT OR IGNORE INTO released_contents (content_id) SELECT value FROM json_each(?1)",
        )?
        .execute([serde_json::json!(ids).to_string()])?;
    Ok(())
}

/// As [`release`], for all contents of a collection.
pub(crate) fn release_all(connection: &Connection, collection_id: i64) -> Result<(), CatalogError> {
    connection.execute(
        "INSERT OR IGNORE INTO released_contents (content_id) \
         SELECT content_id FROM items WHERE collection_id = ?1",
        [collection_id],
    )?;
    Ok(())
}

/// Deletes what no item refers to any more, in the trash or out of it, and returns it so that blobs can follow. Cost: by
/// the number of released contents, not of all.
pub(crate) fn remove_unused(connection: &Connection) -> Result<Vec<Content>, CatalogError> {
    let unused = "SELECT content_id FROM released_contents AS released WHERE NOT EXISTS \
                  (SELECT 1 FROM items WHERE items.content_id = released.content_id) \
                  AND NOT EXISTS \
                  (SELECT 1 FROM trash WHERE trash.content_id = released.content_id)";
    connection.execute(
        &format!("DELETE FROM embeddings WHERE content_id IN ({unused})"),
        [],
    )?;
    let mut statement = connection.prepare_cached(&format!(
        "DELETE FROM contents WHERE id IN ({unused}) RETURNING {COLUMNS}"
    ))?;
    let removed = statement
        .query_map([], from_row)?
        .collect::<Result<_, _>>()?;
    connection.execute("DELETE FROM released_contents", [])?;
    Ok(removed)
}
