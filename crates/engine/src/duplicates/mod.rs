//! Near duplicates of a collection: pairs found through its index, gathered into groups.
//!
//! [`pairs`] takes long and depends on embeddings alone: it runs in the background ([`jobs`]),
//! and its result is kept until items come. [`groups`] are made of it whenever somebody looks,
//! so that decisions and deletions count at once.

mod decide;
mod groups;
mod jobs;
mod pairs;
#[cfg(test)]
mod tests;

pub use decide::Decision;
pub use groups::{DuplicateGroup, DuplicatePage, GroupMember};
pub use jobs::{Duplicates, DuplicatesReport, SearchState};
pub use pairs::{Pairs, SearchProgress};

use lookalike_catalog::Collection;
use lookalike_storage::Metric;

use crate::{Engine, EngineError};

/// Cosine from which pictures count as near duplicates, unless said otherwise.
const DEFAULT_THRESHOLD: f32 = 0.95;

/// Lowest cosine asked for: below, most pairs of a collection of drawings would count.
const LOWEST_COSINE: f32 = 0.5;

/// What is looked for.
#[derive(Clone, Debug)]
pub struct DuplicatesRequest {
    /// The collection.
    pub collection: String,
    /// The worst score of a duplicate: 0.95 for `cosine` unless given; to be given for others.
    pub threshold: Option<f32>,
    /// Whether sheets of the same patent count as duplicates of each other too. Those of the
    /// same bytes always do.
    pub same_patent: bool,
}

/// A request whose collection exists and whose threshold is in range.
#[derive(Clone, Debug)]
pub(crate) struct Checked {
    pub(crate) collection: Collection,
    pub(crate) metric: Metric,
    pub(crate) threshold: f32,
    pub(crate) same_patent: bool,
}

impl Checked {
    pub(crate) fn new(engine: &Engine, request: &DuplicatesRequest) -> Result<Self, EngineError> {
        let collection = engine.catalog().collection(&request.collection)?;
        let metric: Metric = collection.spec.metric.parse()?;
        let threshold = match (metric, request.threshold) {
            (Metric::Cosine, None) => DEFAULT_THRESHOLD,
            (Metric::Cosine, Some(given)) if (LOWEST_COSINE..=1.0).contains(&given) => given,
            (Metric::Cosine, Some(given)) => {
                return Err(EngineError::invalid(format!(
                    "threshold is {given}; give {LOWEST_COSINE} to 1"
                )));
            }
            (_, Some(given)) if given.is_finite() => given,
            (metric, _) => {
                return Err(EngineError::invalid(format!(
                    "collection `{}` compares by {metric}, which has no usual threshold; give one",
                    request.collection
                )));
            }
        };
        Ok(Self {
            collection,
            metric,
            threshold,
            same_patent: request.same_patent,
        })
    }
}
