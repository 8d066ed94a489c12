//! A collection's index in memory, and how it follows the catalogue.

use std::sync::Arc;

use lookalike_catalog::{Catalog, Change, Collection, Revision, StoredItem};
use lookalike_index::{Index, IndexError, IndexOptions};

use crate::vectors::{RowId, VectorError};

/// Vectors added at a time.
const BATCH: usize = 16_384;

/// Front-page copies live in an index of their own, so that rankings, which leave them out by
/// default, need no filter for it.
#[derive(Clone)]
pub(crate) struct Loaded {
    pub(crate) sheets: Arc<Index>,
    pub(crate) front_pages: Arc<Index>,
    pub(crate) revision: Revision,
    /// Items that came, changed or went since the files were written.
    pub(crate) unsaved: u64,
}

impl Loaded {
    pub(crate) fn empty(collection: &Collection) -> Result<Self, VectorError> {
        let spec = &collection.spec;
        let options = IndexOptions {
            part_bits: RowId::FIGURE_BITS,
            ..IndexOptions::of(spec.index_kind)
        };
        let index = || Index::new(spec.dim, spec.metric, options).map(Arc::new);
        Ok(Self {
            sheets: index()?,
            front_pages: index()?,
            revision: Revision::default(),
            unsaved: 0,
        })
    }

    /// Rows: one for each figure.
    pub(crate) fn len(&self) -> u64 {
        (self.sheets.len() + self.front_pages.len()) as u64
    }

    /// Brings the indexes to the present; `told` hears of every change.
    pub(crate) fn follow(
        self,
        catalog: &Catalog,
        collection: &Collection,
        mut told: impl FnMut(&Change),
    ) -> Result<Self, VectorError> {
        let mut sheets = Batch::new(&self.sheets);
        let mut front_pages = Batch::new(&self.front_pages);
        let mut result = Ok(());
        let mut unsaved = self.unsaved;
        let last_item = self.revision.last_item as u64;
        let revision = catalog.changes_since(collection, &self.revision, |change| {
            unsaved += 1;
            told(&change);
            let stored = match change {
                Change::Removed(id) => {
                    sheets.keep_below(id, 0);
                    front_pages.keep_below(id, 0);
                    return;
                }
                Change::Stored(stored) => stored,
            };
            let (own, other) = if stored.front_page {
                (&mut front_pages, &mut sheets)
            } else {
                (&mut sheets, &mut front_pages)
            };
            if stored.item_id <= last_item {
                own.keep_below(stored.item_id, stored.vectors.len());
                other.keep_below(stored.item_id, 0);
            }
            if result.is_ok() {
                result = own.push(&stored);
            }
        })?;
        result?;
        for batch in [&mut sheets, &mut front_pages] {
            batch.remove_surplus();
            batch.flush()?;
        }
        Ok(Self {
            revision,
            unsaved,
            ..self
        })
    }
}

/// Collects changes so that the index is not asked for each alone.
struct Batch<'a> {
    index: &'a Index,
    ids: Vec<u64>,
    vectors: Vec<f32>,
    /// Items that have no figures from this number on.
    surplus: Vec<(u64, usize)>,
}

impl<'a> Batch<'a> {
    fn new(index: &'a Index) -> Self {
        Self {
            index,
            ids: Vec::new(),
            vectors: Vec::new(),
            surplus: Vec::new(),
        }
    }

    fn keep_below(&mut self, item: u64, figures: usize) {
        self.surplus.push((item, figures));
    }

    fn push(&mut self, stored: &StoredItem) -> Result<(), IndexError> {
        for (figure, vector) in (0..=u8::MAX).zip(&stored.vectors) {
            self.ids.push(RowId::new(stored.item_id, figure).number());
            self.vectors.extend_from_slice(vector);
        }
        // All figures of an item in one call: searches see all of them or none.
        if self.ids.len() >= BATCH {
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

    fn remove_surplus(&mut self) {
        let mut ids = Vec::new();
        for (item, figures) in self.surplus.drain(..) {
            let rows = self.index.ids_of_item(item).into_iter();
            ids.extend(rows.filter(|&id| {
                let figure = RowId::from_number(id).figure_index();
                usize::from(figure) >= figures
            }));
        }
        if !ids.is_empty() {
            self.index.remove(&ids);
        }
    }
}
