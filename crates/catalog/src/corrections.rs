//! What people change about items.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params_from_iter};

use crate::changes::record;
use crate::transaction::WriteTransaction;
use crate::{Catalog, CatalogError, Collection, stored};

/// Changes of an item. `None` leaves a field as it is, `Some(None)` empties it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ItemChanges {
    /// Free text.
    pub description: Option<Option<String>>,
    /// Free words.
    pub tags: Option<Vec<String>>,
    /// Free JSON object.
    pub attributes: Option<serde_json::Map<String, serde_json::Value>>,
    /// The caller's own identifier.
    pub external_id: Option<Option<String>>,
    /// `perspective`, `front`, ...
    pub view: Option<Option<String>>,
    /// Canonical patent id. The item's place within the patent is not known then.
    pub patent_id: Option<Option<String>>,
    /// Such as `D00001`.
    pub page_num: Option<Option<String>>,
}

impl Catalog {
    /// The item's collection and the MD5 of its content.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn home_of_item(&self, id: u64) -> Result<Option<(String, String)>, CatalogError> {
        // No item has an id that SQLite can't hold.
        let Ok(id) = i64::try_from(id) else {
            return Ok(None);
        };
        self.read(|connection| {
            Ok(connection
                .prepare_cached(
                    "SELECT collections.name, md5 FROM items \
                     JOIN collections ON collections.id = items.collection_id \
                     JOIN contents ON contents.id = items.content_id WHERE items.id = ?1",
                )?
                .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?)
        })
    }
}

impl WriteTransaction<'_> {
    /// Changes an item; returns whether there is one of that id.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn change_item(&self, id: u64, changes: &ItemChanges) -> Result<bool, CatalogError> {
        change(self.connection, id, changes)
    }

    /// Those of the items that are of the collection, with their tags.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn tags_of_items(
        &self,
        collection: &Collection,
        ids: &[u64],
    ) -> Result<Vec<(u64, Vec<String>)>, CatalogError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT tags FROM items WHERE id = ?1 AND collection_id = ?2")?;
        let mut found = Vec::new();
        for &id in ids {
            let Ok(key) = i64::try_from(id) else { continue };
            let tags: Option<String> = statement
                .query_row((key, collection.id), |row| row.get(0))
                .optional()?;
            if let Some(tags) = tags {
                let place = || format!("tags of item {id}");
                found.push((id, stored::json(&tags, place)?));
            }
        }
        Ok(found)
    }
}

fn change(connection: &Connection, id: u64, changes: &ItemChanges) -> Result<bool, CatalogError> {
    // An update that sets nothing does nothing: this tells whether there is such an item.
    let mut assignments = vec!["id = id".to_owned()];
    let mut values: Vec<Value> = vec![Value::Integer(id as i64)];
    let mut set = |column: &str, value: Value| {
        values.push(value);
        assignments.push(format!("{column} = ?{}", values.len()));
    };
    for (column, value) in [
        ("description", &changes.description),
        ("external_id", &changes.external_id),
        ("view", &changes.view),
        ("page_num", &changes.page_num),
    ] {
        if let Some(value) = value {
            set(column, value.clone().into());
        }
    }
    if let Some(tags) = &changes.tags {
        set("tags", serde_json::json!(tags).to_string().into());
    }
    if let Some(attributes) = &changes.attributes {
        set(
            "attributes",
            serde_json::json!(attributes).to_string().into(),
        );
    }
    if let Some(patent_id) = &changes.patent_id {
        set("patent_id", patent_id.clone().into());
        let place = values.len();
        assignments.push(format!(
            "image_index = CASE WHEN patent_id IS ?{place} THEN image_index END"
        ));
    }
    if changes.view.is_some() || changes.patent_id.is_some() || changes.page_num.is_some() {
        assignments.push("is_corrected = 1".to_owned());
    }
    let sql = format!("UPDATE items SET {} WHERE id = ?1", assignments.join(", "));
    let changed = connection
        .prepare_cached(&sql)?
        .execute(params_from_iter(&values))?;
    if changed > 0 && changes.patent_id.is_some() {
        // Stores that keep the field beside the vectors follow it.
        let collection_id = connection
            .prepare_cached("SELECT collection_id FROM items WHERE id = ?1")?
            .query_row([id], |row| row.get(0))?;
        record(connection, collection_id, &[id as i64])?;
    }
    Ok(changed > 0)
}
