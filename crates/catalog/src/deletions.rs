//! What people deleted, by its bytes and the place where it lies: so that importing or watching the
//! same folder again does not bring it back.

use rusqlite::{Connection, params};
use serde_json::json;

use crate::{Catalog, CatalogError, Collection, WriteTransaction};

impl Catalog {
    /// Whether the file at `path` with these bytes was deleted from the collection. Other bytes there
    /// are another picture, and the same bytes elsewhere another item.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn is_deleted(
        &self,
        collection: &Collection,
        path: &str,
        md5: &str,
    ) -> Result<bool, CatalogError> {
        self.read(|connection| {
            let found = connection
                .prepare_cached(
                    "SELECT 1 FROM deletions WHERE collection_id = ?1 AND path = ?2 AND md5 = ?3",
                )?
                .exists(params![collection.id, path, md5])?;
            Ok(found)
        })
    }
}

impl WriteTransaction<'_> {
    /// Remembers that these items of a collection are deleted on purpose; to be called before they
    /// are removed.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn remember_deleted(
        &self,
        collection: &Collection,
        ids: &[u64],
    ) -> Result<(), CatalogError> {
        self.connection
            .prepare_cached(
                "INSERT OR REPLACE INTO deletions (collection_id, path, md5, deleted_at) \
                 SELECT paths.collection_id, path, md5, ?3 FROM paths \
                 JOIN items ON items.id = item_id JOIN contents ON contents.id = content_id \
                 WHERE paths.collection_id = ?1 \
                 AND item_id IN (SELECT value FROM json_each(?2))",
            )?
            .execute(params![collection.id, json!(ids).to_string(), self.now])?;
        Ok(())
    }

    /// Forgets what was deleted at or below `root`, or all that was; returns how many places.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn forget_deleted(
        &self,
        collection: &Collection,
        root: Option<&str>,
    ) -> Result<usize, CatalogError> {
        let Some(root) = root else {
            return Ok(forget_all(self.connection, collection.id)?);
        };
        // As `paths_below` has it: what starts with `root/`, and the pages of a file.
        Ok(self
            .connection
            .prepare_cached(
                "DELETE FROM deletions WHERE collection_id = ?1 \
                 AND (path = ?2 OR (path > ?2 || '/' AND path < ?2 || '0') \
                 OR (path > ?2 || '#page=' AND path < ?2 || '#page>'))",
            )?
            .execute(params![collection.id, root.trim_end_matches('/')])?)
    }
}

/// Forgets all that was deleted from a collection.
pub(crate) fn forget_all(
    connection: &Connection,
    collection_id: i64,
) -> Result<usize, rusqlite::Error> {
    connection
        .prepare_cached("DELETE FROM deletions WHERE collection_id = ?1")?
        .execute([collection_id])
}
