//! What is looked for, and whether it can be.

use lookalike_catalog::Collection;
use lookalike_storage::Metric;

use crate::{EngineError, Stores};

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
pub(super) struct Checked {
    pub(super) collection: Collection,
    pub(super) metric: Metric,
    pub(super) threshold: f32,
    pub(super) same_patent: bool,
}

impl Checked {
    pub(super) fn new(stores: &Stores, request: &DuplicatesRequest) -> Result<Self, EngineError> {
        let collection = stores.catalog().collection(&request.collection)?;
        let metric = collection.spec.metric;
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
