//! Stored embeddings, found by content or by the caller's own identifier, and what an import
//! of vectors asks to tell whether it has a row already.

use rusqlite::{Connection, OptionalExtension, params};

use crate::{CatalogError, Collection, changes};

/// Reads little-endian f32; `None` when the length is no multiple of four.
pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Vec<f32>> {
    let (values, rest) = bytes.as_chunks::<4>();
    rest.is_empty().then(|| {
        values
            .iter()
            .map(|value| f32::from_le_bytes(*value))
            .collect()
    })
}

/// Keeps the one that is there, if there is one. Items that had none until now count as changed.
pub(crate) fn store(
    connection: &Connection,
    collection: &Collection,
    content_id: i64,
    embedding: &[f32],
) -> Result<(), CatalogError> {
    if embedding.len() != collection.spec.dim {
        return Err(CatalogError::WrongDimension {
            collection: collection.spec.name.clone(),
            expected: collection.spec.dim,
            found: embedding.len(),
        });
    }
    let bytes: Vec<u8> = embedding.iter().flat_map(|v| v.to_le_bytes()).collect();
    let stored = connection
        .prepare_cached(
            "INSERT INTO embeddings (collection_id, content_id, vector) VALUES (?1, ?2, ?3) \
             ON CONFLICT DO NOTHING",
        )?
        .execute(params![collection.id, content_id, bytes])?;
    if stored == 0 {
        return Ok(());
    }
    let mut statement = connection
        .prepare_cached("SELECT id FROM items WHERE content_id = ?1 AND collection_id = ?2")?;
    let items = statement
        .query_map([content_id, collection.id], |row| row.get(0))?
        .collect::<Result<Vec<_>, _>>()?;
    changes::record(connection, collection.id, &items)
}

pub(crate) fn of_content(
    connection: &Connection,
    collection_id: i64,
    md5: &str,
) -> Result<Option<Vec<f32>>, CatalogError> {
    let bytes: Option<Vec<u8>> = connection
        .prepare_cached(
            "SELECT vector FROM embeddings JOIN contents ON contents.id = content_id \
             WHERE md5 = ?1 AND collection_id = ?2",
        )?
        .query_row(params![md5, collection_id], |row| row.get(0))
        .optional()?;
    checked(bytes, || format!("embedding of the file with md5 {md5}"))
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

pub(crate) fn of_item(
    connection: &Connection,
    collection_id: i64,
    id: u64,
) -> Result<Option<Vec<f32>>, CatalogError> {
    let bytes: Option<Vec<u8>> = connection
        .prepare_cached(
            "SELECT vector FROM items JOIN embeddings \
             ON embeddings.content_id = items.content_id \
             AND embeddings.collection_id = items.collection_id \
             WHERE items.id = ?1 AND items.collection_id = ?2",
        )?
        .query_row(params![id, collection_id], |row| row.get(0))
        .optional()?;
    checked(bytes, || format!("embedding of item {id}"))
}

pub(crate) fn of_external_id(
    connection: &Connection,
    collection_id: i64,
    external_id: &str,
) -> Result<Option<Vec<f32>>, CatalogError> {
    let bytes: Option<Vec<u8>> = connection
        .prepare_cached(
            "SELECT vector FROM items JOIN embeddings \
             ON embeddings.content_id = items.content_id \
             AND embeddings.collection_id = items.collection_id \
             WHERE items.collection_id = ?1 AND external_id = ?2 LIMIT 1",
        )?
        .query_row(params![collection_id, external_id], |row| row.get(0))
        .optional()?;
    checked(bytes, || {
        format!("embedding of the item with external id {external_id}")
    })
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

fn checked(
    bytes: Option<Vec<u8>>,
    what: impl FnOnce() -> String,
) -> Result<Option<Vec<f32>>, CatalogError> {
    match bytes.map(|bytes| from_bytes(&bytes)) {
        None => Ok(None),
        Some(Some(vector)) => Ok(Some(vector)),
        Some(None) => Err(CatalogError::Damaged { what: what() }),
    }
}
