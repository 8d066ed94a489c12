//! What counts by class, applicant, tag, ... are made of: one pass over each index that holds
//! it, with no row of an item read.

use rusqlite::types::ValueRef;

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
            // Two passes in the order of the indexes: a look-up for each item takes ten times as
            // long.
            let mut names: Vec<String> = Vec::new();
            let mut format_of: Vec<u8> = Vec::new();
            let mut statement = connection.prepare_cached(
                "SELECT id, format FROM contents INDEXED BY contents_by_file_size",
            )?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let id: usize = row.get(0)?;
                let name = row.get_ref(1)?.as_str().unwrap_or_default();
                let known = names.iter().position(|known| known == name);
                let format = known.unwrap_or_else(|| {
                    names.push(name.to_owned());
                    names.len() - 1
                });
                if format_of.len() <= id {
                    format_of.resize(id + 1, 0);
                }
                // There are far fewer formats than 256.
                format_of[id] = format as u8;
            }
            let mut statement = connection.prepare_cached(
                "SELECT id, content_id FROM items INDEXED BY items_by_content \
                 WHERE collection_id = ?1",
            )?;
            let mut rows = statement.query([collection.id])?;
            while let Some(row) = rows.next()? {
                let content: usize = row.get(1)?;
                let format = format_of.get(content).copied().unwrap_or_default();
                if let Some(name) = names.get(usize::from(format)) {
                    each(row.get(0)?, name);
                }
            }
            Ok(())
        })
    }
}

fn text(value: ValueRef<'_>) -> &[u8] {
    value.as_bytes().unwrap_or_default()
}
