//! Which items of a collection pass a filter, remembered until anything is committed.

mod cache;
mod canonical;

use std::sync::Arc;

use lookalike_catalog::{CatalogError, Collection, ItemFilter};
use lookalike_storage::{Filter, Selection};

use cache::FilterCache;
pub(crate) use cache::State;
pub(crate) use canonical::canonical;

use crate::{EngineError, Stores};

/// Finds the items that pass filters. Shared by threads.
pub(crate) struct Filters {
    stores: Arc<Stores>,
    cache: FilterCache,
}

impl Filters {
    pub(crate) fn new(stores: Arc<Stores>) -> Self {
        Self {
            stores,
            cache: FilterCache::default(),
        }
    }

    /// What answers to filters depend on, as it is now. To be asked before items are, so that what
    /// is remembered is never older than it says.
    pub(crate) fn state(&self) -> Result<State, CatalogError> {
        Ok(State {
            version: self.stores.catalog().version()?,
            today: self.stores.today(),
        })
    }

    /// The items that pass a filter in canonical form; `None` when all do.
    pub(crate) fn passing(
        &self,
        collection: &Collection,
        filter: &ItemFilter,
    ) -> Result<Option<Arc<Filter>>, EngineError> {
        let selection = self.selection(collection, filter);
        Ok(selection.map(|selection| selection.ids()).transpose()?)
    }

    /// The same for a vector store, which may not need the ids.
    pub(crate) fn selection<'a>(
        &'a self,
        collection: &'a Collection,
        filter: &'a ItemFilter,
    ) -> Option<Selection<'a>> {
        if filter.is_empty() {
            return None;
        }
        let expression = filter.expression(self.stores.today());
        Some(Selection::new(expression, move || {
            self.matching(collection, filter)
        }))
    }

    fn matching(
        &self,
        collection: &Collection,
        filter: &ItemFilter,
    ) -> Result<Arc<Filter>, CatalogError> {
        let state = self.state()?;
        let find = || {
            let expression = filter.expression(state.today);
            let ids = self
                .stores
                .catalog()
                .matching_items(collection, &expression)?;
            Ok(Filter::from_ids(ids))
        };
        self.cache.get(state, collection.id, filter, find)
    }

    /// Whether the catalogue need not be asked what passes a filter.
    #[cfg(test)]
    pub(crate) fn remembers(&self, collection: &Collection, filter: &ItemFilter) -> bool {
        let find = || Err("not there");
        let state = self.state().unwrap();
        self.cache.get(state, collection.id, filter, find).is_ok()
    }
}
