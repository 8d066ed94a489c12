//! Numbers of items, counted once and then kept up.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use lookalike_catalog::{Catalog, Collection, Revision};

use crate::EngineError;

/// Numbers of items by collection, each of a revision that names one state of it.
#[derive(Debug, Default)]
pub(super) struct ItemCounts(Mutex<HashMap<i64, (Revision, u64)>>);

impl ItemCounts {
    /// Number of a collection's items: counted once, then only what came since.
    pub(super) fn count(
        &self,
        catalog: &Catalog,
        collection: &Collection,
    ) -> Result<u64, EngineError> {
        // Asked before the items are, so that what came meanwhile is only counted again.
        let revision = catalog.revision(collection)?;
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
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
        let count = before + catalog.count_items(collection, after)?;
        if catalog.revision(collection)? == revision {
            lock().insert(collection.id, (revision, count));
        }
        Ok(count)
    }
}
