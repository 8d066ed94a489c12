//! The sentences that words are put into before a collection's model reads them, where a search names
//! none.

use rusqlite::{Connection, OptionalExtension};

use crate::transaction::WriteTransaction;
use crate::{Catalog, CatalogError, Collection};

impl Catalog {
    /// Those of a collection; none unless they were set.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn word_templates(&self, collection: &Collection) -> Result<Vec<String>, CatalogError> {
        self.read(|connection| {
            let mut statement = connection
                .prepare_cached("SELECT templates FROM word_templates WHERE collection = ?1")?;
            let found: Option<String> = statement
                .query_row([&collection.spec.name], |row| row.get(0))
                .optional()?;
            let found = found.map(|text| serde_json::from_str(&text));
            Ok(found.and_then(Result::ok).unwrap_or_default())
        })
    }
}

impl WriteTransaction<'_> {
    /// Sets those of a collection; none takes them away.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn set_word_templates(
        &self,
        collection: &Collection,
        templates: &[String],
    ) -> Result<(), CatalogError> {
        let name = &collection.spec.name;
        if templates.is_empty() {
            return forget(self.connection, name);
        }
        let text = serde_json::to_string(templates).unwrap_or_default();
        self.connection.execute(
            "INSERT OR REPLACE INTO word_templates (collection, templates) VALUES (?1, ?2)",
            (name, text),
        )?;
        Ok(())
    }
}

/// Of a collection that is dropped.
pub(crate) fn forget(connection: &Connection, collection: &str) -> Result<(), CatalogError> {
    connection.execute(
        "DELETE FROM word_templates WHERE collection = ?1",
        [collection],
    )?;
    Ok(())
}
