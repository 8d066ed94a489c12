//! Stored embeddings, found by content or by the caller's own identifier, and what an import
//! of vectors asks to tell whether it has a row already.

use rusqlite::{Connection, OptionalExtension, params};

use crate::{CatalogError, Collection};

/// Reads little-endian f32; `None` when the length is not a multiple of four.
pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Vec<f32>> {
    let (values, rest) = bytes.as_chunks::<4>();
    rest.is_empty().then(|| {
        values
            .iter()
            .map(|value| f32::from_le_bytes(*value))
            .collect()
    })
}

/// Whether the collection has embeddings of the content with that row id.
pub(crate) fn has_content(
    connection: &Connection,
    collection_id: i64,
    content_id: i64,
) -> Result<bool, CatalogError> {
    Ok(connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM embeddings \
             WHERE content_id = ?1 AND collection_id = ?2)",
        )?
        .query_row([content_id, collection_id], |row| row.get(0))?)
}

pub(crate) fn of_content(
    connection: &Connection,
    collection: &Collection,
    md5: &str,
) -> Result<Option<Vec<f32>>, CatalogError> {
    let bytes: Option<Vec<u8>> = connection
        .prepare_cached(
            "SELECT vector FROM embeddings JOIN contents ON contents.id = content_id \
             WHERE md5 = ?1 AND collection_id = ?2 AND figure_index = 0",
        )?
        .query_row(params![md5, collection.id], |row| row.get(0))
        .optional()?;
    let place = || format!("embedding of the file with md5 {md5}");
    let vector = bytes.map(|bytes| checked(&bytes, collection, place));
    vector.transpose()
}

pub(crate) fn has(
    connection: &Connection,
    collection_id: i64,
    md5: &str,
) -> Result<bool, CatalogError> {
    Ok(connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM embeddings JOIN contents ON contents.id = content_id \
             WHERE md5 = ?1 AND collection_id = ?2)",
        )?
        .query_row(params![md5, collection_id], |row| row.get(0))?)
}

pub(crate) fn of_external_id(
    connection: &Connection,
    collection: &Collection,
    external_id: &str,
) -> Result<Option<Vec<f32>>, CatalogError> {
    let bytes: Option<Vec<u8>> = connection
        .prepare_cached(
            "SELECT vector FROM items JOIN embeddings \
             ON embeddings.content_id = items.content_id \
             AND embeddings.collection_id = items.collection_id \
             WHERE items.collection_id = ?1 AND external_id = ?2 AND figure_index = 0 LIMIT 1",
        )?
        .query_row(params![collection.id, external_id], |row| row.get(0))
        .optional()?;
    let place = || format!("embedding of the item with external id {external_id}");
    let vector = bytes.map(|bytes| checked(&bytes, collection, place));
    vector.transpose()
}

/// Whether there is an item of that file name and content. One that has an external id
/// itself is not meant by another external id.
pub(crate) fn has_item(
    connection: &Connection,
    collection_id: i64,
    file_name: &str,
    md5: &str,
    external_id: Option<&str>,
) -> Result<bool, CatalogError> {
    Ok(connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM items JOIN contents ON contents.id = content_id \
             WHERE md5 = ?1 AND collection_id = ?2 AND file_name = ?3 \
             AND (?4 IS NULL OR external_id IS NULL))",
        )?
        .query_row(params![md5, collection_id, file_name, external_id], |row| {
            row.get(0)
        })?)
}

/// The vector in stored bytes.
///
/// # Errors
/// [`CatalogError::Damaged`] with what `place` says, where it is not one of the collection's.
pub(crate) fn checked(
    bytes: &[u8],
    collection: &Collection,
    place: impl FnOnce() -> String,
) -> Result<Vec<f32>, CatalogError> {
    let vector = from_bytes(bytes).filter(|vector| vector.len() == collection.spec.dim);
    vector.ok_or_else(|| CatalogError::Damaged { what: place() })
}
