//! What counts by class, applicant, tag, ... are made of: one pass over each index that holds
//! it, with no row of an item read.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, params};

use crate::{Catalog, CatalogError, Collection, stored};

/// What facets tell apart of a patent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PatentFacts {
    /// Such as `10-02`.
    pub loc_class: Option<String>,
    /// Such as `D14/486`.
    pub us_class: Option<String>,
    /// YYYYMMDD.
    pub pub_date: Option<u32>,
    /// YYYYMMDD.
    pub expiry_date: Option<u32>,
    /// Two-letter code.
    pub applicant_country: Option<String>,
    /// Organisation or person.
    pub applicant_name: Option<String>,
}

/// An attribute, and which values it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttributeValues {
    /// Its name.
    pub key: String,
    /// In the order of code points.
    pub values: Vec<String>,
}

impl Catalog {
    /// Calls `each` for every patent that is known, by its id, with the collection's items of it.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn patents_with_items(
        &self,
        collection: &Collection,
        mut each: impl FnMut(&PatentFacts, &[u64]),
    ) -> Result<(), CatalogError> {
        self.read(|connection| {
            // Both indexes are in the order of patent ids: merged, instead of a look-up for each
            // patent.
            let mut of_items = connection.prepare_cached(
                "SELECT id, patent_id FROM items INDEXED BY items_by_patent \
                 WHERE collection_id = ?1 AND patent_id IS NOT NULL ORDER BY patent_id",
            )?;
            let mut of_patents = connection.prepare_cached(
                "SELECT patent_id, loc_class, us_class, pub_date, expiry_date, \
                 applicant_country, applicant_name FROM patents INDEXED BY patents_by_filters ORDER BY patent_id",
            )?;
            let mut items = of_items.query([collection.id])?;
            let mut patents = of_patents.query([])?;
            let mut ids: Vec<u64> = Vec::new();
            let mut item = items.next()?;
            while let Some(patent) = patents.next()? {
                let patent_id = text(patent.get_ref(0)?);
                ids.clear();
                while let Some(row) = item {
                    match text(row.get_ref(1)?).cmp(patent_id) {
                        std::cmp::Ordering::Greater => break,
                        std::cmp::Ordering::Equal => ids.push(row.get(0)?),
                        // Of a patent that nothing is known of.
                        std::cmp::Ordering::Less => {}
                    }
                    item = items.next()?;
                }
                if !ids.is_empty() {
                    let facts = PatentFacts {
                        loc_class: patent.get(1)?,
                        us_class: patent.get(2)?,
                        pub_date: patent.get(3)?,
                        expiry_date: patent.get(4)?,
                        applicant_country: patent.get(5)?,
                        applicant_name: patent.get(6)?,
                    };
                    each(&facts, &ids);
                }
            }
            Ok(())
        })
    }

    /// Calls `each` for every item of the collection that has tags, with them.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn items_with_tags(
        &self,
        collection: &Collection,
        mut each: impl FnMut(u64, &[String]),
    ) -> Result<(), CatalogError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, tags FROM items INDEXED BY items_with_tags \
                 WHERE collection_id = ?1 AND tags <> '[]' ORDER BY tags",
            )?;
            let mut rows = statement.query([collection.id])?;
            let mut last = String::new();
            let mut tags: Vec<String> = Vec::new();
            while let Some(row) = rows.next()? {
                let id: u64 = row.get(0)?;
                let json = row.get_ref(1)?.as_str().unwrap_or_default();
                if json != last {
                    tags = stored::json(json, || format!("tags of item {id}"))?;
                    json.clone_into(&mut last);
                }
                each(id, &tags);
            }
            Ok(())
        })
    }

    /// Calls `each` for every item of the collection with its image format.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn items_with_formats(
        &self,
        collection: &Collection,
        mut each: impl FnMut(u64, &str),
    ) -> Result<(), CatalogError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, image_format FROM items INDEXED BY items_by_format \
                 WHERE collection_id = ?1",
            )?;
            let mut rows = statement.query([collection.id])?;
            while let Some(row) = rows.next()? {
                each(row.get(0)?, row.get_ref(1)?.as_str().unwrap_or_default());
            }
            Ok(())
        })
    }

    /// Calls `each` for every place where an item of the collection was seen, with the folder or
    /// archive that it lies in; those of a folder mostly one after another.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn items_with_folders(
        &self,
        collection: &Collection,
        mut each: impl FnMut(u64, &str),
    ) -> Result<(), CatalogError> {
        self.read(|connection| {
            let mut statement = connection
                .prepare_cached("SELECT item_id, path FROM paths WHERE collection_id = ?1")?;
            let mut rows = statement.query([collection.id])?;
            while let Some(row) = rows.next()? {
                let path = row.get_ref(1)?.as_str().unwrap_or_default();
                if let Some((folder, _)) = path.rsplit_once('/') {
                    each(row.get(0)?, folder.strip_suffix('!').unwrap_or(folder));
                }
            }
            Ok(())
        })
    }

    /// The attributes of the collection's items and of their patents that have at most
    /// `most_values` values, by name, with these; of those alone, the others being texts.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn attributes_of_few_values(
        &self,
        collection: &Collection,
        most_values: usize,
    ) -> Result<Vec<AttributeValues>, CatalogError> {
        self.read(|connection| {
            let mut keys = Vec::new();
            let mut last = String::new();
            while let Some(key) = next_key(connection, collection.id, &last)? {
                last.clone_from(&key);
                let values = first_values(connection, collection.id, &key, most_values + 1)?;
                if values.len() <= most_values {
                    keys.push(AttributeValues { key, values });
                }
            }
            Ok(keys)
        })
    }

    /// Calls `each` for every item of the collection that has the attribute, itself or by its
    /// patent, with a value.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn items_with_attribute(
        &self,
        collection: &Collection,
        key: &str,
        mut each: impl FnMut(u64, &str),
    ) -> Result<(), CatalogError> {
        self.read(|connection| {
            for sql in [
                "SELECT item_id, value FROM item_attributes WHERE collection_id = ?1 AND key = ?2",
                "SELECT items.id, value FROM patent_attributes CROSS JOIN items \
                 INDEXED BY items_by_patent ON items.collection_id = ?1 \
                 AND items.patent_id = patent_attributes.patent_id WHERE key = ?2",
            ] {
                let mut statement = connection.prepare_cached(sql)?;
                let mut rows = statement.query(params![collection.id, key])?;
                while let Some(row) = rows.next()? {
                    each(row.get(0)?, row.get_ref(1)?.as_str().unwrap_or_default());
                }
            }
            Ok(())
        })
    }
}

/// The first name of an attribute after that one. Hops from name to name: an index holds each as often
/// as there are items.
fn next_key(
    connection: &Connection,
    collection_id: i64,
    after: &str,
) -> Result<Option<String>, CatalogError> {
    Ok(connection
        .prepare_cached(
            "SELECT min(key) FROM (SELECT min(key) AS key FROM item_attributes \
             WHERE collection_id = ?1 AND key > ?2 \
             UNION ALL SELECT min(key) FROM patent_attributes WHERE key > ?2)",
        )?
        .query_row(params![collection_id, after], |row| row.get(0))?)
}

/// The first values of an attribute, found as names are.
fn first_values(
    connection: &Connection,
    collection_id: i64,
    key: &str,
    most: usize,
) -> Result<Vec<String>, CatalogError> {
    let mut statement = connection.prepare_cached(
        "SELECT min(value) FROM (SELECT min(value) AS value FROM item_attributes \
         WHERE collection_id = ?1 AND key = ?2 AND value > ?3 \
         UNION ALL SELECT min(value) FROM patent_attributes WHERE key = ?2 AND value > ?3)",
    )?;
    let mut values: Vec<String> = Vec::new();
    while values.len() < most {
        let last = values.last().map_or("", |value| value);
        let next: Option<String> =
            statement.query_row(params![collection_id, key, last], |row| row.get(0))?;
        let Some(next) = next else { break };
        values.push(next);
    }
    Ok(values)
}

fn text(value: ValueRef<'_>) -> &[u8] {
    value.as_bytes().unwrap_or_default()
}
