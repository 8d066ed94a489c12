//! What can go wrong with a vector store.

use std::error::Error;
use std::time::Duration;

use lookalike_catalog::CatalogError;
use lookalike_index::{FileError, IndexError};
use thiserror::Error;

use super::MOST_HITS;

/// A vector store could not answer.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum VectorError {
    /// More hits were asked for than a store returns at once.
    #[error("{wanted} hits were asked for; a vector store returns at most {MOST_HITS} at once")]
    TooManyHits {
        /// How many.
        wanted: usize,
    },
    /// The index refused a vector or a parameter, or is damaged or full.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The file of an index could not be written or removed.
    #[error(transparent)]
    File(#[from] FileError),
    /// The catalogue could not be read.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// The store can't be reached, or says that it can't answer now. Nothing is lost by it.
    #[error("the vector store {store} is not available: {source}")]
    Unavailable {
        /// Which store, such as its address.
        store: String,
        /// After how long it may be tried again; `None` where somebody has to repair it first, such
        /// as a refused password.
        retry_after: Option<Duration>,
        /// Why.
        source: Box<dyn Error + Send + Sync>,
    },
}
