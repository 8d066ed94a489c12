//! What an examination of a data directory asks.

use rusqlite::{OptionalExtension, params};

use crate::{Catalog, CatalogError, Collection, Item};

/// How closely is looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// At what can be told in seconds.
    Quick,
    /// At every byte.
    Deep,
}

impl Catalog {
    /// Looks whether the file is as it must be: its pages and, where it is to be deep, also whether
    /// its indexes hold what its tables do.
    ///
    /// # Errors
    /// [`CatalogError::Damaged`], or the catalogue can't be read.
    pub fn check_to(&self, depth: Depth) -> Result<(), CatalogError> {
        match depth {
            Depth::Deep => self.check(),
            Depth::Quick => self.read(|connection| {
                let found: String =
                    connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
                match found.as_str() {
                    "ok" => Ok(()),
                    _ => Err(CatalogError::Damaged { what: found }),
                }
            }),
        }
    }

    /// The first item of a content; its original is the content's, and where it was imported from it
    /// was not copied.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn item_of_content(&self, md5: &str) -> Result<Option<Item>, CatalogError> {
        let id: Option<u64> = self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT min(items.id) FROM items JOIN contents ON contents.id = content_id \
                 WHERE md5 = ?1",
            )?;
            let found = statement.query_row([md5], |row| row.get::<_, Option<u64>>(0));
            Ok(found.optional()?.flatten())
        })?;
        match id {
            Some(id) => Ok(self.items(&[id])?.pop()),
            None => Ok(None),
        }
    }

    /// How many of a collection's items have embeddings.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn count_embedded_items(&self, collection: &Collection) -> Result<u64, CatalogError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT count(*) FROM items WHERE collection_id = ?1 AND EXISTS \
                 (SELECT 1 FROM embeddings WHERE embeddings.content_id = items.content_id \
                 AND embeddings.collection_id = items.collection_id)",
            )?;
            Ok(statement.query_row(params![collection.id], |row| row.get(0))?)
        })
    }
}
