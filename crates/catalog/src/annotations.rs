//! What tables that people bring say of patents: legal status, family, columns of their own.
//!
//! Apart from the patents' rows, which grants write: a grant that is imported again takes nothing of it
//! away, and a patent of which only sheets are here can be annotated too.

use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Map, Value};

use crate::{Catalog, CatalogError, WriteTransaction, stored};

/// Columns by their names: text, or a list of texts.
pub type Annotations = Map<String, Value>;

impl Catalog {
    /// What tables say of a patent, by its canonical id; empty where none does.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn annotations(&self, patent_id: &str) -> Result<Annotations, CatalogError> {
        self.read(|connection| find(connection, patent_id))
    }

    /// Whether there is a grant or an item of a patent, by its canonical id.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn knows_patent(&self, patent_id: &str) -> Result<bool, CatalogError> {
        self.read(|connection| {
            Ok(connection
                .prepare_cached(
                    "SELECT EXISTS (SELECT 1 FROM patents WHERE patent_id = ?1) OR EXISTS \
                     (SELECT 1 FROM items INDEXED BY items_by_patent WHERE collection_id IN \
                     (SELECT id FROM collections) AND patent_id = ?1)",
                )?
                .query_row([patent_id], |row| row.get(0))?)
        })
    }

    /// The next `limit` patents above that id of which tables say something, by id.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn annotated_patents_after(
        &self,
        after: &str,
        limit: usize,
    ) -> Result<Vec<(String, Annotations)>, CatalogError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT patent_id, attributes FROM patent_annotations WHERE patent_id > ?1 \
                 ORDER BY patent_id LIMIT ?2",
            )?;
            let mut rows = statement.query(params![after, limit])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                let patent_id: String = row.get(0)?;
                let annotations = parsed(&row.get::<_, String>(1)?, &patent_id)?;
                found.push((patent_id, annotations));
            }
            Ok(found)
        })
    }
}

impl WriteTransaction<'_> {
    /// Replaces what tables say of a patent, by its canonical id.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn set_annotations(
        &self,
        patent_id: &str,
        annotations: &Annotations,
    ) -> Result<(), CatalogError> {
        if annotations.is_empty() {
            self.connection
                .prepare_cached("DELETE FROM patent_annotations WHERE patent_id = ?1")?
                .execute([patent_id])?;
            return Ok(());
        }
        self.connection
            .prepare_cached(
                "INSERT INTO patent_annotations (patent_id, attributes) VALUES (?1, ?2) \
                 ON CONFLICT (patent_id) DO UPDATE SET attributes = excluded.attributes",
            )?
            .execute(params![
                patent_id,
                Value::from(annotations.clone()).to_string()
            ])?;
        Ok(())
    }

    /// As [`Catalog::annotations`], as this transaction sees it.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn annotations(&self, patent_id: &str) -> Result<Annotations, CatalogError> {
        find(self.connection, patent_id)
    }
}

fn find(connection: &Connection, patent_id: &str) -> Result<Annotations, CatalogError> {
    let text: Option<String> = connection
        .prepare_cached("SELECT attributes FROM patent_annotations WHERE patent_id = ?1")?
        .query_row([patent_id], |row| row.get(0))
        .optional()?;
    text.map_or_else(|| Ok(Annotations::new()), |text| parsed(&text, patent_id))
}

pub(crate) fn parsed(text: &str, patent_id: &str) -> Result<Annotations, CatalogError> {
    stored::json(text, || format!("annotations of patent {patent_id}"))
}
