//! What a collection gained since another store was last brought to the present.
//!
//! A store whose writes take time to show, or that can't be written to now, knows a collection as it was
//! at a revision. What happened since is small most of the time: it is held here in memory and
//! compared one by one, so that a search sees every commit whatever the other store lags behind.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use lookalike_catalog::{Catalog, Change, Collection, Revision, StoredItem};
use lookalike_index::{Effort, Index, IndexOptions};

use crate::embedded::loaded::Loaded;
use crate::embedded::{best, hit_of};
use crate::vectors::{Hit, RowId, Scope, VectorError};

/// The items that came, changed or went after a revision.
#[derive(Clone)]
pub struct Unsynced {
    base: Revision,
    loaded: Loaded,
    changed: Arc<HashSet<u64>>,
}

impl Unsynced {
    /// Nothing, as of the revision `base`, from which [`Unsynced::follow`] goes on.
    ///
    /// # Errors
    /// The collection has no dimension.
    pub fn since(collection: &Collection, base: Revision) -> Result<Self, VectorError> {
        Ok(Self {
            base,
            loaded: Loaded {
                revision: base,
                ..Loaded::empty(collection)?
            },
            changed: Arc::default(),
        })
    }

    /// Brings it to the present.
    ///
    /// # Errors
    /// [`UnknownRevision`](lookalike_catalog::CatalogError::UnknownRevision) where the catalogue
    /// does not know the past that this comes from, or it can't be read.
    pub fn follow(self, catalog: &Catalog, collection: &Collection) -> Result<Self, VectorError> {
        if catalog.revision(collection)? == self.loaded.revision {
            return Ok(self);
        }
        let mut changed = HashSet::clone(&self.changed);
        let loaded = self.loaded.follow(catalog, collection, |change| {
            changed.insert(match change {
                Change::Removed(id) => *id,
                Change::Stored(stored) => stored.item_id,
            });
        })?;
        Ok(Self {
            loaded,
            changed: Arc::new(changed),
            ..self
        })
    }

    /// The revision that it goes on from.
    #[must_use]
    pub fn base(&self) -> Revision {
        self.base
    }

    /// The revision that it has arrived at.
    #[must_use]
    pub fn revision(&self) -> Revision {
        self.loaded.revision
    }

    /// The items that came, changed or went: what another store says of them no longer holds.
    #[must_use]
    pub fn changed(&self) -> &HashSet<u64> {
        &self.changed
    }

    /// Vectors of those items that are there.
    #[must_use]
    pub fn vectors(&self) -> u64 {
        self.loaded.len()
    }

    /// The best `k` of those items for each query, best first, exactly.
    ///
    /// # Errors
    /// A query does not fit the collection, or the catalogue can't be read.
    pub fn search(
        &self,
        queries: &[Vec<f32>],
        scope: &Scope<'_>,
        k: usize,
    ) -> Result<Vec<Vec<Hit>>, VectorError> {
        if self.vectors() == 0 {
            return Ok(vec![Vec::new(); queries.len()]);
        }
        best(&self.loaded, queries, scope, Effort::EXACT, k)
    }
}

/// Vectors of items that are compared one by one, exactly as the embedded store does it.
pub struct ExactItems {
    index: Index,
    front_pages: HashMap<u64, bool>,
}

impl ExactItems {
    /// These items of the collection.
    ///
    /// # Errors
    /// A vector has another length than the collection's.
    pub fn new(collection: &Collection, items: &[StoredItem]) -> Result<Self, VectorError> {
        let spec = &collection.spec;
        let options = IndexOptions {
            part_bits: RowId::FIGURE_BITS,
            ..IndexOptions::default()
        };
        let index = Index::new(spec.dim, spec.metric, options)?;
        let (mut ids, mut vectors) = (Vec::new(), Vec::new());
        for item in items {
            for (figure, vector) in (0..=u8::MAX).zip(&item.vectors) {
                ids.push(RowId::new(item.item_id, figure).number());
                vectors.extend_from_slice(vector);
            }
        }
        if !ids.is_empty() {
            index.add(&ids, &vectors)?;
        }
        let front_pages = items.iter().map(|item| (item.item_id, item.front_page));
        Ok(Self {
            index,
            front_pages: front_pages.collect(),
        })
    }

    /// The best figure of each item, `None` for those that are not among these.
    ///
    /// # Errors
    /// The query does not fit the collection.
    pub fn scores(&self, query: &[f32], items: &[u64]) -> Result<Vec<Option<Hit>>, VectorError> {
        let rows = self.index.scores(query, items)?;
        Ok(rows.into_iter().map(|row| row.map(hit_of)).collect())
    }

    /// Whether the item is a front-page copy; `None` where it is not among these.
    #[must_use]
    pub fn is_front_page(&self, item: u64) -> Option<bool> {
        self.front_pages.get(&item).copied()
    }
}
