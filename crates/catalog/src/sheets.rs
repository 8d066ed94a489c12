//! What grants tell about sheets, which may become known after the sheets.

use rusqlite::{Connection, OptionalExtension, params};

use crate::transaction::WriteTransaction;
use crate::{Catalog, CatalogError, Collection};

/// What a grant and a file's name tell about an item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SheetFacts {
    /// Canonical patent id.
    pub patent_id: Option<String>,
    /// Such as `D00001`.
    pub page_num: Option<String>,
    /// 0-based order within the patent.
    pub image_index: Option<u32>,
    /// `perspective`, `front`, ...
    pub view: Option<String>,
}

impl Catalog {
    /// What is recorded of the item that was seen at `path`; `None` also for one that somebody
    /// corrected by hand.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn sheet_at(
        &self,
        collection: &Collection,
        path: &str,
    ) -> Result<Option<SheetFacts>, CatalogError> {
        self.read(|connection| at(connection, collection.id, path))
    }
}

impl WriteTransaction<'_> {
    /// Records what is now known of the item that was seen at `path`, unless somebody has
    /// corrected that by hand. No view leaves the one that its figures told.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn describe_sheet(
        &self,
        collection: &Collection,
        path: &str,
        facts: &SheetFacts,
    ) -> Result<(), CatalogError> {
        self.connection
            .prepare_cached(
                "UPDATE items SET patent_id = ?3, page_num = ?4, image_index = ?5, \
                 view = COALESCE(?6, view) \
                 WHERE NOT is_corrected AND id = (SELECT item_id FROM paths WHERE collection_id = ?1 AND path = ?2)",
            )?
            .execute(params![
                collection.id,
                path,
                facts.patent_id,
                facts.page_num,
                facts.image_index,
                facts.view
            ])?;
        Ok(())
    }
}

fn at(
    connection: &Connection,
    collection_id: i64,
    path: &str,
) -> Result<Option<SheetFacts>, CatalogError> {
    Ok(connection
        .prepare_cached(
            "SELECT patent_id, page_num, image_index, view FROM items WHERE NOT is_corrected AND id = \
             (SELECT item_id FROM paths WHERE collection_id = ?1 AND path = ?2)",
        )?
        .query_row(params![collection_id, path], |row| {
            Ok(SheetFacts {
                patent_id: row.get(0)?,
                page_num: row.get(1)?,
                image_index: row.get(2)?,
                view: row.get(3)?,
            })
        })
        .optional()?)
}
