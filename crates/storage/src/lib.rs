//! Where vectors and blobs live: the traits [`VectorStore`] and [`BlobStore`](blob::BlobStore),
//! and their embedded implementations.

pub mod blob;
pub mod conformance;
mod embedded;
mod unsynced;
mod vectors;

pub use embedded::{EmbeddedVectors, Upkeep};
pub use lookalike_catalog::{
    Catalog, CatalogError, Change, Collection, Condition, DroppedCollection, Expression, Item,
    NewCollection, Revision, StoredItem,
};
pub use lookalike_index::{Effort, Filter, IndexError, IndexKind, Metric};
pub use unsynced::{ExactItems, Unsynced};
pub use vectors::{
    FrontPages, Hit, IndexState, MOST_HITS, RemoteHealth, RowId, Scope, Selection, VectorError,
    VectorQuery, VectorStore,
};
