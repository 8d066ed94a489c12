//! Lists of items, a page at a time.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use lookalike_catalog::{
    Among, Collection, Direction, FEW_ITEMS, Item, ItemFilter, Passing, Revision, SortKey, Window,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::ListedItem;
use crate::search::canonical;
use crate::{Engine, EngineError};

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

/// Numbers of items by collection, each of a revision that names one state of it.
#[derive(Debug, Default)]
pub(crate) struct ItemCounts(Mutex<HashMap<i64, (Revision, u64)>>);

/// A page of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
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

impl Engine {
    /// A page of a collection's items.
    ///
    /// # Errors
    /// There is no such collection, the page or the filter is out of range, or the catalogue
    /// can't be read.
    pub fn list_items(&self, request: &ListRequest) -> Result<ItemPage, EngineError> {
        let window = window(request)?;
        let filter = canonical(&request.filter)?;
        let collection = self.catalog().collection(&request.collection)?;
        let passing = self.passing(&collection, &filter)?;
        let sorted = |among| {
            let (key, direction) = (request.sort, request.direction);
            self.catalog()
                .sorted_items(&collection, among, key, direction, window)
        };
        let (ids, total) = match &passing {
            None => (sorted(Among::All)?, self.item_count(&collection)?),
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

    /// Number of a collection's items: counted once, then only what came since.
    pub(super) fn item_count(&self, collection: &Collection) -> Result<u64, EngineError> {
        // Asked before the items are, so that what came meanwhile is only counted again.
        let revision = self.catalog().revision(collection)?;
        let counts = &self.item_counts().0;
        let lock = || counts.lock().unwrap_or_else(PoisonError::into_inner);
        let known = lock().get(&collection.id).copied();
        let (after, before) = match known {
            Some((known, count)) if known == revision => return Ok(count),
            Some((known, count))
                if known.removals == revision.removals && known.last_item < revision.last_item =>
            {
                (known.last_item, count)
            }
            _ => (0, 0),
        };
        let count = before + self.catalog().count_items(collection, after)?;
        if self.catalog().revision(collection)? == revision {
            lock().insert(collection.id, (revision, count));
        }
        Ok(count)
    }

    /// The items with these ids that exist, in their order.
    pub(crate) fn listed_items(&self, ids: &[u64]) -> Result<Vec<ListedItem>, EngineError> {
        let today = self.today();
        let items = self.catalog().items(ids)?.into_iter();
        let mut items: HashMap<u64, Item> =
            items.map(|item| (item.id.unsigned_abs(), item)).collect();
        let listed = ids.iter().filter_map(|id| items.remove(id));
        Ok(listed.map(|item| ListedItem::new(item, today)).collect())
    }
}

fn window(request: &ListRequest) -> Result<Window, EngineError> {
    if !(1..=PAGE_SIZE_MAX).contains(&request.page_size) {
        return Err(EngineError::invalid(format!(
            "page_size is {}; give 1 to {PAGE_SIZE_MAX}",
            request.page_size
        )));
    }
    // The catalogue counts in 63 bits.
    let most = i64::MAX.unsigned_abs() / PAGE_SIZE_MAX as u64;
    if !(1..=most).contains(&request.page) {
        return Err(EngineError::invalid(format!(
            "page is {}; pages are counted from 1",
            request.page
        )));
    }
    Ok(Window {
        offset: (request.page - 1) * request.page_size as u64,
        limit: request.page_size,
    })
}
