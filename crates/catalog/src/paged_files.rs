//! Files that hold several pictures, such as PDFs: which of their pages a collection has.

use rusqlite::{Connection, params};

use crate::{Catalog, CatalogError, Collection, KnownPath};

impl Catalog {
    /// How many items the collection has of the file at `path.path`, if it has all that the file
    /// gives and the file is unchanged; a file that is not known gives none.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn items_of_file(
        &self,
        collection: &Collection,
        path: &KnownPath,
    ) -> Result<u32, CatalogError> {
        self.read(|connection| items_of_file(connection, collection.id, path))
    }

    /// The paths under which the pages of the file at `path` were seen and that are not marked
    /// missing.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn page_paths(
        &self,
        collection: &Collection,
        path: &str,
    ) -> Result<Vec<String>, CatalogError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT path FROM paths WHERE collection_id = ?1 AND missing_since IS NULL \
                 AND path > ?2 || '#page=' AND path < ?2 || '#page>'",
            )?;
            let rows = statement.query_map(params![collection.id, path], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Whether the collection has an item of this patent that is not a page of a PDF.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn has_sheets_of(
        &self,
        collection: &Collection,
        patent_id: &str,
    ) -> Result<bool, CatalogError> {
        self.read(|connection| {
            Ok(connection
                .prepare_cached(
                    "SELECT EXISTS (SELECT 1 FROM items JOIN contents ON contents.id = content_id \
                     WHERE collection_id = ?1 AND patent_id = ?2 AND format <> 'pdf')",
                )?
                .query_row(params![collection.id, patent_id], |row| row.get(0))?)
        })
    }

    /// The collection's items of this patent that are pages of a PDF.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn pdf_pages_of(
        &self,
        collection: &Collection,
        patent_id: &str,
    ) -> Result<Vec<u64>, CatalogError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT items.id FROM items JOIN contents ON contents.id = content_id \
                 WHERE collection_id = ?1 AND patent_id = ?2 AND format = 'pdf' ORDER BY items.id",
            )?;
            let rows = statement.query_map(params![collection.id, patent_id], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Whether a content of the file with these bytes has a copy at that key.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn is_original_kept(&self, file_md5: &str, key: &str) -> Result<bool, CatalogError> {
        self.read(|connection| {
            Ok(connection
                .prepare_cached(
                    "SELECT EXISTS (SELECT 1 FROM contents WHERE md5 = ?1 AND original_key = ?2) \
                     OR EXISTS (SELECT 1 FROM contents WHERE file_md5 = ?1 AND original_key = ?2)",
                )?
                .query_row([file_md5, key], |row| row.get(0))?)
        })
    }
}

fn items_of_file(
    connection: &Connection,
    collection_id: i64,
    path: &KnownPath,
) -> Result<u32, CatalogError> {
    // `>` follows `=`.
    let (items, expected): (u32, Option<u32>) = connection
        .prepare_cached(
            "SELECT count(*), max(coalesce(page_count, 1)) FROM paths WHERE collection_id = ?1 \
             AND (path = ?2 OR (path > ?2 || '#page=' AND path < ?2 || '#page>')) \
             AND file_size = ?3 AND modified_ns = ?4 AND missing_since IS NULL",
        )?
        .query_row(
            params![collection_id, path.path, path.file_size, path.modified_ns],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
    Ok(if expected == Some(items) { items } else { 0 })
}
