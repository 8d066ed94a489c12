//! What a search asks of a store.

use std::fmt;
use std::sync::Arc;

use lookalike_catalog::{CatalogError, Collection, Expression};
use lookalike_index::{Effort, Filter, IndexError};

use super::VectorError;

/// Hits of one search: half of the rows that Milvus returns at once, so that items of several
/// figures fit. Every item whatever the number is had by
/// [`VectorStore::each_hit`](super::VectorStore::each_hit).
pub const MOST_HITS: usize = 8192;

/// The best hits within a scope.
#[derive(Clone, Copy, Debug)]
pub struct VectorQuery<'a> {
    /// Hits per query, at most [`MOST_HITS`].
    pub k: usize,
    /// Which items count.
    pub scope: Scope<'a>,
    /// How hard an approximate index tries.
    pub effort: Effort,
}

/// Which items count.
#[derive(Clone, Copy, Debug, Default)]
pub struct Scope<'a> {
    /// Only these are candidates; `None` for all.
    pub selection: Option<&'a Selection<'a>>,
    /// Whether front-page copies are candidates.
    pub front_pages: FrontPages,
    /// The worst score still returned: a minimum, or a maximum where the metric is a distance.
    pub threshold: Option<f32>,
}

/// Whether front-page copies of sheets take part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FrontPages {
    /// They don't.
    #[default]
    LeftOut,
    /// Like any other sheet.
    Included,
}

/// The items that pass a filter, said twice: as an expression, for stores that keep the fields
/// themselves and can push it down, and as ids, which are looked up only where a store asks.
pub struct Selection<'a> {
    expression: Expression,
    find: Box<dyn Fn() -> Result<Arc<Filter>, CatalogError> + Send + Sync + 'a>,
}

impl<'a> Selection<'a> {
    /// What passes `expression`; `find` gives the same as ids, and remembers them if it likes.
    pub fn new(
        expression: Expression,
        find: impl Fn() -> Result<Arc<Filter>, CatalogError> + Send + Sync + 'a,
    ) -> Self {
        Self {
            expression,
            find: Box::new(find),
        }
    }

    /// The filter.
    #[must_use]
    pub fn expression(&self) -> &Expression {
        &self.expression
    }

    /// The items.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn ids(&self) -> Result<Arc<Filter>, CatalogError> {
        (self.find)()
    }
}

impl fmt::Debug for Selection<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_tuple("Selection")
            .field(&self.expression)
            .finish()
    }
}

impl VectorQuery<'_> {
    /// Whether every store can be asked this.
    ///
    /// # Errors
    /// [`VectorError::TooManyHits`], or as [`Scope::check`].
    pub fn check(&self, collection: &Collection, queries: &[Vec<f32>]) -> Result<(), VectorError> {
        if self.k > MOST_HITS {
            return Err(VectorError::TooManyHits { wanted: self.k });
        }
        self.scope.check(collection, queries)
    }
}

impl Scope<'_> {
    /// Whether every store can be asked this.
    ///
    /// # Errors
    /// A query has the wrong length or holds a NaN or an infinity, or the threshold is NaN.
    pub fn check(&self, collection: &Collection, queries: &[Vec<f32>]) -> Result<(), VectorError> {
        let dim = collection.spec.dim;
        for (query, vector) in queries.iter().enumerate() {
            if vector.len() != dim {
                let found = vector.len();
                return Err(IndexError::QueryLength { found, dim }.into());
            }
            if let Some(position) = vector.iter().position(|value| !value.is_finite()) {
                return Err(IndexError::NonFiniteQuery {
                    query,
                    position,
                    value: vector[position].to_string(),
                }
                .into());
            }
        }
        if self.threshold.is_some_and(f32::is_nan) {
            return Err(IndexError::ThresholdNotANumber.into());
        }
        Ok(())
    }
}
