//! Collections that were dropped, until every store has let go of them.
//!
//! Written in the transaction that drops the collection: a store that can't be reached, or a
//! process that is killed before it asks the store, leaves nothing behind forever.

use rusqlite::{Connection, params};

use crate::{Catalog, CatalogError, WriteTransaction};

/// A collection that is no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DroppedCollection {
    /// Its row id, which no other collection gets.
    pub id: i64,
    /// The name it had, which another may have by now.
    pub name: String,
}

impl Catalog {
    /// Dropped collections that stores may still keep something of, the oldest first.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn dropped_collections(&self) -> Result<Vec<DroppedCollection>, CatalogError> {
        self.read(|connection| {
            let mut statement = connection
                .prepare_cached("SELECT id, name FROM dropped_collections ORDER BY id")?;
            let rows = statement.query_map([], |row| {
                Ok(DroppedCollection {
                    id: row.get("id")?,
                    name: row.get("name")?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

impl WriteTransaction<'_> {
    /// Records that no store keeps anything of the collection any more.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn forget_dropped(&self, collection: &DroppedCollection) -> Result<(), CatalogError> {
        self.connection
            .prepare_cached("DELETE FROM dropped_collections WHERE id = ?1")?
            .execute([collection.id])?;
        Ok(())
    }
}

/// Remembers the collection with that id.
pub(crate) fn remember(connection: &Connection, id: i64, now: i64) -> Result<(), CatalogError> {
    connection.execute(
        "INSERT INTO dropped_collections (id, name, dropped_at) \
         SELECT id, name, ?2 FROM collections WHERE id = ?1",
        params![id, now],
    )?;
    Ok(())
}

/// Releases the contents that the trash of a collection keeps, and forgets that trash.
pub(crate) fn empty_trash(connection: &Connection, collection_id: i64) -> Result<(), CatalogError> {
    for sql in [
        "INSERT OR IGNORE INTO released_contents (content_id) \
         SELECT content_id FROM trash WHERE collection_id = ?1",
        "DELETE FROM trash_paths WHERE collection_id = ?1",
        "DELETE FROM trash WHERE collection_id = ?1",
        "DELETE FROM trash_deletions WHERE collection_id = ?1 \
         AND id NOT IN (SELECT deletion_id FROM trash)",
    ] {
        connection.execute(sql, [collection_id])?;
    }
    Ok(())
}
