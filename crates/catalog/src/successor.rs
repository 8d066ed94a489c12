//! A collection's successor: the same items with embeddings of another encoder.
//!
//! It is a collection under a name that can't be requested, which holds embeddings but no
//! items until all are there; then one transaction gives it the items, or copies of them.

use rusqlite::{Connection, params};

use crate::collections::successor_name;
use crate::transaction::WriteTransaction;
use crate::{
    Catalog, CatalogError, Collection, Content, NewCollection, collections, contents, trash,
};

impl Catalog {
    /// The successor that was begun for the collection, if there is one.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn successor(&self, collection: &Collection) -> Result<Option<Collection>, CatalogError> {
        let name = successor_name(&collection.spec.name);
        self.read(|connection| collections::find(connection, &name))
    }

    /// Items of `collection` whose content `successor` has no embedding of; one for each content.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn items_to_embed(
        &self,
        collection: &Collection,
        successor: &Collection,
    ) -> Result<Vec<u64>, CatalogError> {
        self.read(|connection| to_embed(connection, "items", collection, successor))
    }

    /// The same of items in the trash.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn trash_to_embed(
        &self,
        collection: &Collection,
        successor: &Collection,
    ) -> Result<Vec<u64>, CatalogError> {
        self.read(|connection| to_embed(connection, "trash", collection, successor))
    }
}

impl WriteTransaction<'_> {
    /// Creates a successor of the collection named `spec.name`.
    ///
    /// # Errors
    /// There is one already, or the catalogue can't be written.
    pub fn create_successor(&self, spec: &NewCollection) -> Result<Collection, CatalogError> {
        let spec = NewCollection {
            name: successor_name(&spec.name),
            ..spec.clone()
        };
        collections::insert(self.connection, &spec, self.now)
    }

    /// Gives all items of `collection` that `successor` has embeddings of to it, under their
    /// ids, and lets it take the collection's name. Items without embedding are gone. Returns
    /// the contents that nothing uses any more.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn succeed(
        &self,
        collection: &Collection,
        successor: &Collection,
    ) -> Result<Vec<Content>, CatalogError> {
        let ids = params![collection.id, successor.id];
        self.connection.execute(
            "UPDATE items SET collection_id = ?2 WHERE collection_id = ?1 AND EXISTS \
             (SELECT 1 FROM embeddings WHERE content_id = items.content_id \
             AND collection_id = ?2)",
            ids,
        )?;
        self.connection.execute(
            "UPDATE paths SET collection_id = ?2 WHERE collection_id = ?1 AND item_id IN \
             (SELECT id FROM items WHERE collection_id = ?2)",
            ids,
        )?;
        trash::succeed(self.connection, collection.id, successor.id)?;
        self.connection.execute(
            "UPDATE deletions SET collection_id = ?2 WHERE collection_id = ?1",
            ids,
        )?;
        collections::drop(self.connection, collection.id, self.now)?;
        rename(self.connection, successor.id, &collection.spec.name)?;
        contents::remove_unused(self.connection)
    }

    /// Gives `successor` copies of all items of `collection` that it has embeddings of, under
    /// new ids, and the name `name`.
    ///
    /// # Errors
    /// The name is taken or not allowed, or the catalogue can't be written.
    pub fn copy_to_successor(
        &self,
        collection: &Collection,
        successor: &Collection,
        name: &str,
    ) -> Result<(), CatalogError> {
        collections::check_new_name(self.connection, name)?;
        // The ids of the copies are those of the originals, moved by a constant, so that paths
        // can follow: the highest id ever given plus the distance to the first original.
        let shift: i64 = self.connection.query_row(
            "SELECT (SELECT seq FROM sqlite_sequence WHERE name = 'items') + 1 - min(id) \
             FROM items WHERE collection_id = ?1",
            [collection.id],
            |row| Ok(row.get::<_, Option<i64>>(0)?.unwrap_or(0)),
        )?;
        let parameters = params![collection.id, successor.id, shift];
        self.connection.execute(
            "INSERT INTO items (id, collection_id, content_id, external_id, file_name, \
             original_path, patent_id, page_num, image_index, view, front_page, description, \
             tags, attributes, warnings, created_at, is_corrected, size_bytes, image_format) \
             SELECT id + ?3, ?2, content_id, external_id, file_name, original_path, patent_id, \
             page_num, image_index, view, front_page, description, tags, attributes, warnings, \
             created_at, is_corrected, size_bytes, image_format FROM items WHERE collection_id = ?1 AND EXISTS \
             (SELECT 1 FROM embeddings WHERE content_id = items.content_id \
             AND collection_id = ?2) ORDER BY id",
            parameters,
        )?;
        self.connection.execute(
            "INSERT INTO paths (collection_id, path, item_id, file_size, modified_ns, \
             missing_since, page_count) SELECT ?2, path, item_id + ?3, file_size, modified_ns, \
             missing_since, page_count FROM paths WHERE collection_id = ?1 AND item_id + ?3 IN \
             (SELECT id FROM items WHERE collection_id = ?2)",
            parameters,
        )?;
        rename(self.connection, successor.id, name)
    }
}

fn to_embed(
    connection: &Connection,
    table: &str,
    collection: &Collection,
    successor: &Collection,
) -> Result<Vec<u64>, CatalogError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT min({table}.id) FROM {table} WHERE collection_id = ?1 AND NOT EXISTS \
         (SELECT 1 FROM embeddings WHERE content_id = {table}.content_id \
         AND collection_id = ?2) GROUP BY content_id ORDER BY 1"
    ))?;
    let rows = statement.query_map([collection.id, successor.id], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn rename(connection: &Connection, id: i64, name: &str) -> Result<(), CatalogError> {
    connection.execute(
        "UPDATE collections SET name = ?2 WHERE id = ?1",
        params![id, name],
    )?;
    Ok(())
}
