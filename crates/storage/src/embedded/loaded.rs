//! A collection's index in memory, and how it follows the catalogue.

use std::sync::Arc;

use lookalike_catalog::{Catalog, Change, Collection, Revision};
use lookalike_index::{Index, IndexError, IndexOptions};

use crate::vectors::VectorError;

/// Vectors added at a time.
const BATCH: usize = 16_384;

/// Front-page copies live in an index of their own, so that rankings, which leave them out by
/// default, need no filter for it.
#[derive(Clone)]
pub(super) struct Loaded {
    pub(super) sheets: Arc<Index>,
    pub(super) front_pages: Arc<Index>,
    pub(super) revision: Revision,
    /// Items that came, changed or went since the files were written.
    pub(super) unsaved: u64,
}

impl Loaded {
    pub(super) fn empty(collection: &Collection) -> Result<Self, VectorError> {
        let spec = &collection.spec;
        let options = IndexOptions::of(spec.index_kind);
        let index = || Index::new(spec.dim, spec.metric, options).map(Arc::new);
        Ok(Self {
            sheets: index()?,
            front_pages: index()?,
            revision: Revision::default(),
            unsaved: 0,
        })
    }

    pub(super) fn len(&self) -> u64 {
        (self.sheets.len() + self.front_pages.len()) as u64
    }

    /// Brings the indexes to the present.
    pub(super) fn follow(
        self,
        catalog: &Catalog,
        collection: &Collection,
    ) -> Result<Self, VectorError> {
        let mut sheets = Batch::new(&self.sheets);
        let mut front_pages = Batch::new(&self.front_pages);
        let (mut no_sheets, mut no_front_pages) = (Vec::new(), Vec::new());
        let mut result = Ok(());
        let mut unsaved = self.unsaved;
        let last_item = self.revision.last_item as u64;
        let revision = catalog.changes_since(collection, &self.revision, |change| {
            unsaved += 1;
            let stored = match change {
                Change::Removed(id) => {
                    no_sheets.push(id);
                    no_front_pages.push(id);
                    return;
                }
                Change::Stored(stored) => stored,
            };
            let (rows, no_others) = if stored.front_page {
                (&mut front_pages, &mut no_sheets)
            } else {
                (&mut sheets, &mut no_front_pages)
            };
            if stored.item_id <= last_item {
                no_others.push(stored.item_id);
            }
            if result.is_ok() {
                result = rows.push(stored.item_id, &stored.vector);
            }
        })?;
        result?;
        self.sheets.remove(&no_sheets);
        self.front_pages.remove(&no_front_pages);
        sheets.flush()?;
        front_pages.flush()?;
        Ok(Self {
            revision,
            unsaved,
            ..self
        })
    }
}

/// Collects vectors so that the index is not asked for each alone.
struct Batch<'a> {
    index: &'a Index,
    ids: Vec<u64>,
    vectors: Vec<f32>,
}

impl<'a> Batch<'a> {
    fn new(index: &'a Index) -> Self {
        Self {
            index,
            ids: Vec::new(),
            vectors: Vec::new(),
        }
    }

    fn push(&mut self, id: u64, vector: &[f32]) -> Result<(), IndexError> {
        self.ids.push(id);
        self.vectors.extend_from_slice(vector);
        if self.ids.len() == BATCH {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), IndexError> {
        if self.ids.is_empty() {
            return Ok(());
        }
        self.index.add(&self.ids, &self.vectors)?;
        self.ids.clear();
        self.vectors.clear();
        Ok(())
    }
}
