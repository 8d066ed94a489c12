//! Lists of items, a page at a time.

use std::collections::HashMap;

use lookalike_catalog::{Among, Direction, FEW_ITEMS, Item, ItemFilter, Passing, SortKey, Window};

use super::Library;
use super::item::ListedItem;
use crate::EngineError;
use crate::filters::canonical;

/// Largest page.
pub const PAGE_SIZE_MAX: usize = 500;

/// Which items are wanted.
#[derive(Clone, Debug)]
pub struct ListRequest {
    /// The collection.
    pub collection: String,
    /// Which of its items.
    pub filter: ItemFilter,
    /// What they are sorted by.
    pub sort: SortKey,
    /// Which end comes first.
    pub direction: Direction,
    /// 1 for the first.
    pub page: u64,
    /// Items of a page, 1 to [`PAGE_SIZE_MAX`].
    pub page_size: usize,
}

impl Default for ListRequest {
    fn default() -> Self {
        Self {
            collection: "default".to_owned(),
            filter: ItemFilter::default(),
            sort: SortKey::default(),
            direction: Direction::default(),
            page: 1,
            page_size: 50,
        }
    }
}

/// A page of a list.
#[derive(Clone, Debug)]
pub struct ItemPage {
    /// In the order asked for; none beyond the last page.
    pub items: Vec<ListedItem>,
    /// Items of all pages.
    pub total: u64,
    /// 1 for the first.
    pub page: u64,
    /// Items of a page.
    pub page_size: usize,
}

impl Library {
    /// A page of a collection's items.
    ///
    /// # Errors
    /// There is no such collection, the page or the filter is out of range, or the catalogue
    /// can't be read.
    pub fn list(&self, request: &ListRequest) -> Result<ItemPage, EngineError> {
        let window = window(request.page, request.page_size)?;
        let filter = canonical(&request.filter)?;
        let collection = self.stores.catalog().collection(&request.collection)?;
        let passing = self.filters.passing(&collection, &filter)?;
        let sorted = |among| {
            let (key, direction) = (request.sort, request.direction);
            self.stores
                .catalog()
                .sorted_items(&collection, among, key, direction, window)
        };
        let (ids, total) = match &passing {
            None => (
                sorted(Among::All)?,
                self.stores.catalog().count_items(&collection)?,
            ),
            Some(passing) if passing.len() <= FEW_ITEMS => {
                let ids: Vec<u64> = passing.iter().collect();
                (sorted(Among::Few(&ids))?, ids.len() as u64)
            }
            Some(passing) => {
                let passes = |id| passing.contains(id);
                let among = Among::Passing(Passing {
                    passes: &passes,
                    pub_date_from: filter.pub_date_from,
                    pub_date_to: filter.pub_date_to,
                });
                (sorted(among)?, passing.len() as u64)
            }
        };
        Ok(ItemPage {
            items: self.listed_items(&ids)?,
            total,
            page: request.page,
            page_size: request.page_size,
        })
    }

    /// The items with these ids that exist, in their order.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn listed_items(&self, ids: &[u64]) -> Result<Vec<ListedItem>, EngineError> {
        let today = self.stores.today();
        let items = self.stores.catalog().items(ids)?.into_iter();
        let mut items: HashMap<u64, Item> =
            items.map(|item| (item.id.unsigned_abs(), item)).collect();
        let listed = ids.iter().filter_map(|id| items.remove(id));
        Ok(listed.map(|item| ListedItem::new(item, today)).collect())
    }
}

/// A page of lists, counted from 1.
///
/// # Errors
/// There is no such page, or it holds too many or no items.
pub(super) fn window(page: u64, page_size: usize) -> Result<Window, EngineError> {
    if !(1..=PAGE_SIZE_MAX).contains(&page_size) {
        return Err(EngineError::invalid(format!(
            "page_size is {page_size}; give 1 to {PAGE_SIZE_MAX}"
        )));
    }
    // The catalogue counts in 63 bits.
    let most = i64::MAX.unsigned_abs() / PAGE_SIZE_MAX as u64;
    if !(1..=most).contains(&page) {
        return Err(EngineError::invalid(format!(
            "page is {page}; pages are counted from 1"
        )));
    }
    Ok(Window {
        offset: (page - 1) * page_size as u64,
        limit: page_size,
    })
}
