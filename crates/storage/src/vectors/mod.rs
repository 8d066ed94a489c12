//! Vectors: the trait that every vector store implements.
//!
//! The catalogue is the truth and a store is derived from it: a store is not notified of additions,
//! deletion or new embedding, but follows the catalogue by its revision
//! ([`Catalog::changes_since`](lookalike_catalog::Catalog::changes_since)). So nothing that
//! happens to a store loses anything, and whatever it failed to do is done by the next call.

mod error;
mod query;
mod row;

use lookalike_catalog::{Collection, DroppedCollection};

pub use error::VectorError;
pub use query::{FrontPages, MOST_HITS, Scope, Selection, VectorQuery};
pub use row::{Hit, RowId};

/// How a collection's index is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexState {
    /// Kind in use, such as `flat`.
    pub kind: String,
    /// Whether it is being rebuilt or written in the background.
    pub is_building: bool,
    /// Vectors in it.
    pub vectors: u64,
    /// Bytes of memory it takes.
    pub memory_bytes: u64,
    /// Parameters of the kind by name; none for `flat`.
    pub params: Vec<(&'static str, u64)>,
}

/// How a server is that a store keeps its vectors on.
#[derive(Debug)]
pub struct RemoteHealth {
    /// Such as `milvus`.
    pub kind: &'static str,
    /// Where it is.
    pub address: String,
    /// Its version, or why it does not answer.
    pub version: Result<String, VectorError>,
}

/// Where the vectors of collections are searched.
///
/// - **Reading.** Every call sees all that was committed to the catalogue before it, also by
///   another process. An item has a row for each of its figures; a search scores an item by the
///   best of them and returns it once.
/// - **Writing.** Only the process that opened the catalogue for writing writes to a store, and
///   the catalogue's lock lets one do so at a time: a store needs no lock of its own. A process
///   that reads answers right all the same, from what the store holds and what the catalogue says
///   happened since.
/// - **Failing.** A call that fails changed no answer and can be repeated. What passes by itself
///   is [`VectorError::Unavailable`].
pub trait VectorStore: Send + Sync {
    /// The best items for each query, best first, ties by item id: as many as asked for whenever
    /// that many match. `queries` are `[count][dim]`.
    ///
    /// # Errors
    /// [`VectorQuery::check`] refuses the query, or the store failed.
    fn search(
        &self,
        collection: &Collection,
        queries: &[Vec<f32>],
        wanted: &VectorQuery<'_>,
    ) -> Result<Vec<Vec<Hit>>, VectorError>;

    /// Calls `each` for every item within `scope`, exactly and once, in any order, however many
    /// there are. What is wanted beyond [`MOST_HITS`] is found by this.
    ///
    /// # Errors
    /// As [`VectorStore::search`]; `each` may have been called then.
    fn each_hit(
        &self,
        collection: &Collection,
        query: &[f32],
        scope: &Scope<'_>,
        each: &mut dyn FnMut(Hit),
    ) -> Result<(), VectorError>;

    /// The best figures of given items, `None` for items the collection holds no embedding of.
    ///
    /// # Errors
    /// As [`VectorStore::search`].
    fn scores(
        &self,
        collection: &Collection,
        query: &[f32],
        items: &[u64],
    ) -> Result<Vec<Option<Hit>>, VectorError>;

    /// Kind and size of the collection's index.
    ///
    /// # Errors
    /// The store failed.
    fn state(&self, collection: &Collection) -> Result<IndexState, VectorError>;

    /// Brings the collection's index to the present, builds what searches gain from, and keeps it
    /// for the next start. Returns when that is done; searches go on meanwhile. For the process
    /// that writes.
    ///
    /// # Errors
    /// The store failed; searches answer as before.
    fn settle(&self, collection: &Collection) -> Result<(), VectorError>;

    /// [`VectorStore::settle`], with everything rebuilt from the stored embeddings.
    ///
    /// # Errors
    /// The store failed; searches answer as before.
    fn rebuild(&self, collection: &Collection) -> Result<(), VectorError>;

    /// Lets go of all that is kept of a dropped collection; nothing kept is fine. For the process
    /// that writes. The catalogue remembers the collection until this succeeded
    /// ([`Catalog::dropped_collections`](lookalike_catalog::Catalog::dropped_collections)), also
    /// over restarts.
    ///
    /// # Errors
    /// The store failed; something may still be kept.
    fn forget(&self, collection: &DroppedCollection) -> Result<(), VectorError>;

    /// How the server is that the store keeps vectors on; `None` where it is a part of this program.
    /// Waits for an answer a second at most.
    fn health(&self) -> Option<RemoteHealth> {
        None
    }

    /// What the store holds otherwise than the catalogue, a sentence each, as far as a look at a
    /// sample shows. [`VectorStore::rebuild`] sets it right. A store that checks its own files when
    /// it opens them has nothing to tell.
    ///
    /// # Errors
    /// The store failed.
    fn differences(&self, _collection: &Collection) -> Result<Vec<String>, VectorError> {
        Ok(Vec::new())
    }
}
