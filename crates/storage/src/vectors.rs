//! Vectors: the trait that every vector store implements.

use lookalike_catalog::{CatalogError, Collection};
use lookalike_index::{Effort, FileError, Filter, Hit, IndexError};
use thiserror::Error;

/// Which hits are wanted, besides the queries themselves.
#[derive(Clone, Copy, Debug)]
pub struct VectorQuery<'a> {
    /// At most so many hits per query.
    pub k: usize,
    /// Only these items are candidates.
    pub filter: Option<&'a Filter>,
    /// Whether front-page copies are candidates.
    pub include_front_page: bool,
    /// The worst score still returned: a minimum, or a maximum where the metric is a distance.
    pub threshold: Option<f32>,
    /// How hard an approximate index tries.
    pub effort: Effort,
}

/// How a collection's index is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexState {
    /// Kind in use, such as `flat`.
    pub kind: String,
    /// Whether it is being built anew or written, beside searches.
    pub is_building: bool,
    /// Vectors in it.
    pub vectors: u64,
    /// Bytes of memory it takes.
    pub memory_bytes: u64,
    /// Parameters of the kind by name; none for `flat`.
    pub params: Vec<(&'static str, u64)>,
}

/// Where the vectors of collections are searched. What is searched follows the catalogue:
/// every call sees all that was committed before it.
pub trait VectorStore: Send + Sync {
    /// The best items for each query, best first, ties by id.
    ///
    /// # Errors
    /// A query has the wrong length or holds no numbers, or the store failed.
    fn search(
        &self,
        collection: &Collection,
        queries: &[Vec<f32>],
        wanted: &VectorQuery<'_>,
    ) -> Result<Vec<Vec<Hit>>, VectorError>;

    /// The scores of given items, `None` for those the collection does not hold.
    ///
    /// # Errors
    /// As [`VectorStore::search`].
    fn scores(
        &self,
        collection: &Collection,
        query: &[f32],
        ids: &[u64],
    ) -> Result<Vec<Option<f32>>, VectorError>;

    /// The stored embedding of an item.
    ///
    /// # Errors
    /// The store failed.
    fn vector(&self, collection: &Collection, id: u64) -> Result<Option<Vec<f32>>, VectorError>;

    /// Kind and size of the collection's index.
    ///
    /// # Errors
    /// The store failed.
    fn state(&self, collection: &Collection) -> Result<IndexState, VectorError>;

    /// Brings the collection's index to the present, builds what searches gain from, and keeps it
    /// for the next start. Returns when that is done; searches go on meanwhile.
    ///
    /// # Errors
    /// The store failed; searches answer as before.
    fn settle(&self, collection: &Collection) -> Result<(), VectorError>;

    /// [`VectorStore::settle`], with everything built anew from the stored embeddings.
    ///
    /// # Errors
    /// The store failed; searches answer as before.
    fn rebuild(&self, collection: &Collection) -> Result<(), VectorError>;

    /// Lets go of what is kept of a collection that was dropped.
    fn forget(&self, collection: &Collection);
}

/// A vector store could not answer.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum VectorError {
    /// The index refused a vector or a parameter.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The file of an index could not be written.
    #[error(transparent)]
    File(#[from] FileError),
    /// The catalogue could not be read.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}
