//! The images of collections as things to look after: lists, single items, uploads, edits,
//! deletion and trash, counts by what they have in common, patents with their sheets.

mod delete;
mod edit;
mod facet_answer;
mod facet_cache;
mod facet_counts;
mod facets;
mod item;
mod list;
mod patent;
mod picture_facets;
mod tag;
#[cfg(test)]
mod tests;
mod trash;
mod upload;
mod upload_pages;

use std::sync::Arc;

pub use delete::{Deleted, Selection};
pub use edit::ItemEdit;
pub use facet_answer::{AttributeFacet, FacetCount, Facets};
pub use facets::{FacetRequest, TOP_MAX};
pub use item::{FigureVector, ItemVector, ListedItem};
pub use list::{ItemPage, ListRequest, PAGE_SIZE_MAX};
pub use lookalike_catalog::{Direction, ItemFilter, SortKey, TrashedItem};
pub use patent::PatentReport;
pub use tag::{TagChange, Tagged};
pub use trash::{InTrash, Restored, TrashPage};
pub use upload::{Upload, Uploaded};

use crate::filters::Filters;
use crate::shared_passes::SharedPasses;
use crate::{Collections, Stores};
use facet_cache::FacetCache;

/// The images of all collections. Shared by threads.
pub struct Library {
    stores: Arc<Stores>,
    collections: Collections,
    filters: Arc<Filters>,
    passes: Arc<SharedPasses>,
    facet_cache: FacetCache,
}

impl Library {
    /// The images in `stores`. Uploads make `collections` and are embedded in `passes`.
    pub(crate) fn new(
        stores: Arc<Stores>,
        collections: Collections,
        filters: Arc<Filters>,
        passes: Arc<SharedPasses>,
    ) -> Self {
        Self {
            stores,
            collections,
            filters,
            passes,
            facet_cache: FacetCache::default(),
        }
    }
}
