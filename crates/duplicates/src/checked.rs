//! What is looked for, and whether it can be.

use lookalike_catalog::Collection;
use lookalike_storage::Metric;

use lookalike_engine::{EngineError, Stores};

/// Cosine from which pictures count as near duplicates, unless said otherwise by the request or by
/// the calibration of the collection's encoder.
const DEFAULT_THRESHOLD: f32 = 0.95;

/// Lowest cosine asked for: below, most pairs of a collection of drawings would count.
const LOWEST_COSINE: f32 = 0.5;

/// The score from which a collection's encoder takes pictures for copies that were edited.
fn near_duplicate(stores: &Stores, collection: &Collection) -> f32 {
    let found = stores.encoders().near_duplicate(collection);
    found.map_or(DEFAULT_THRESHOLD, |score| score.max(LOWEST_COSINE))
}

/// What is looked for.
#[derive(Clone, Debug)]
pub struct DuplicatesRequest {
    /// The collection.
    pub collection: String,
    /// The worst score of a duplicate. For `cosine` unless given that from which the collection's
    /// encoder takes pictures for edited copies, 0.95 where there is none; to be given for others.
    pub threshold: Option<f32>,
    /// Whether sheets of the same patent count as duplicates of each other too. Those of the
    /// same bytes always do.
    pub same_patent: bool,
    /// Whether sheets of different patents do. Which of them is deleted is then a decision about
    /// patents, not about copies.
    pub across_patents: bool,
}

/// A request whose collection exists and whose threshold is in range.
#[derive(Clone, Debug)]
pub(crate) struct Checked {
    pub(crate) collection: Collection,
    pub(crate) metric: Metric,
    pub(crate) threshold: f32,
    pub(crate) same_patent: bool,
    pub(crate) across_patents: bool,
}

impl Checked {
    pub(crate) fn new(stores: &Stores, request: &DuplicatesRequest) -> Result<Self, EngineError> {
        let collection = stores.catalog().collection(&request.collection)?;
        let metric = collection.spec.metric;
        let threshold = match (metric, request.threshold) {
            (Metric::Cosine, None) => near_duplicate(stores, &collection),
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
            across_patents: request.across_patents,
        })
    }

    /// Whether items of these patents count as duplicates where their pictures are near each other.
    pub(crate) fn allows(&self, one: Option<&str>, other: Option<&str>) -> bool {
        match (one, other) {
            (Some(one), Some(other)) if one == other => self.same_patent,
            (Some(_), Some(_)) => self.across_patents,
            _ => true,
        }
    }
}
