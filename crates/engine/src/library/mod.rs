//! The images of collections as things to look after: lists, single items, uploads, edits,
//! deletion, counts by what they have in common, patents with their sheets.

mod delete;
mod edit;
mod facets;
mod item;
mod list;
mod patent;
mod tag;
#[cfg(test)]
mod tests;
mod upload;

pub use delete::{Deleted, Selection};
pub use edit::ItemEdit;
pub(crate) use facets::FacetCache;
pub use facets::{FacetCount, FacetRequest, Facets, TOP_MAX};
pub use item::{ItemVector, ListedItem};
pub(crate) use list::ItemCounts;
pub use list::{ItemPage, ListRequest, PAGE_SIZE_MAX};
pub use lookalike_catalog::{Direction, ItemFilter, SortKey};
pub use patent::PatentReport;
pub use tag::{TagChange, Tagged};
pub(crate) use upload::clean_name;
pub use upload::{Upload, Uploaded};
