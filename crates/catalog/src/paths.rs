//! Paths under which items were seen.

use rusqlite::{Connection, OptionalExtension, params};

use crate::CatalogError;

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

pub(crate) fn at_path(
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

/// Lets an item whose files are gone follow one of them to its new path.
pub(crate) fn follow(
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
pub(crate) fn leave_to_other_paths(
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

pub(crate) fn record_path(
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
