//! A patent with all its images.

use lookalike_catalog::{CitedPatent, GrantDetails, Patent};
use lookalike_patents::{PatentId, status};

use super::Library;
use super::item::ListedItem;
use crate::{EngineError, ErrorKind};

/// What is known of a patent.
#[derive(Clone, Debug)]
pub struct PatentReport {
    /// Canonical, such as `USD1107373`.
    pub patent_id: String,
    /// Its data; all null when no grant was imported.
    pub patent: Patent,
    /// What else its grant tells.
    pub details: GrantDetails,
    /// Those of the cited patents of which something is known here.
    pub cites: Vec<CitedPatent>,
    /// The patents known here that cite it.
    pub cited_by: Vec<CitedPatent>,
    /// `in_force` or `expired` today.
    pub status: Option<&'static str>,
    /// Its items by collection and page, front-page copies among them.
    pub items: Vec<ListedItem>,
}

impl Library {
    /// A patent, in any spelling, with its items in `collection`, or in all.
    ///
    /// # Errors
    /// It is not a patent's number, nothing is known of it, there is no such collection, or the
    /// catalogue can't be read.
    pub fn patent(
        &self,
        patent_id: &str,
        collection: Option<&str>,
    ) -> Result<PatentReport, EngineError> {
        let patent_id = match patent_id.parse::<PatentId>() {
            Ok(id) => id.to_string(),
            Err(error) => return Err(EngineError::invalid(error.to_string())),
        };
        let catalog = self.stores.catalog();
        let collections = match collection {
            Some(name) => vec![catalog.collection(name)?],
            None => catalog.collections()?,
        };
        let mut items = Vec::new();
        for collection in &collections {
            let patents = std::slice::from_ref(&patent_id);
            let pages = catalog.items_of_patents(collection, patents)?;
            let ids: Vec<u64> = pages.into_iter().map(|page| page.item_id).collect();
            let mut of_collection = self.listed_items(&ids)?;
            of_collection
                .sort_by(|a, b| (&a.item.page_num, a.item.id).cmp(&(&b.item.page_num, b.item.id)));
            items.extend(of_collection);
        }
        let patent = catalog.patent(&patent_id)?;
        if patent.is_none() && items.is_empty() {
            return Err(EngineError::new(
                ErrorKind::NotFound,
                format!("nothing is known of patent {patent_id}"),
            ));
        }
        let mut patent = patent.unwrap_or_default();
        patent.annotations = catalog.annotations(&patent_id)?;
        Ok(PatentReport {
            details: catalog.grant_details(&patent_id)?.unwrap_or_default(),
            cites: catalog.cites(&patent_id)?,
            cited_by: catalog.cited_by(&patent_id)?,
            patent_id,
            status: patent
                .expiry_date
                .map(|expiry| status(expiry, self.stores.today()).as_str()),
            patent,
            items,
        })
    }
}
