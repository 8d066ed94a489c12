//! Where vectors and blobs live: the traits [`VectorStore`] and [`BlobStore`](blob::BlobStore),
//! and their embedded implementations.

pub mod blob;
pub mod conformance;
mod embedded;
mod vectors;

pub use embedded::{EmbeddedVectors, Upkeep};
pub use lookalike_catalog::{
    Catalog, CatalogError, Change, Collection, Condition, DroppedCollection, Expression, Revision,
    StoredItem,
};
pub use lookalike_index::{Effort, Filter, IndexError, IndexKind, Metric};
pub use vectors::{
    FrontPages, Hit, IndexState, MOST_HITS, RowId, Scope, Selection, VectorError, VectorQuery,
    VectorStore,
};
