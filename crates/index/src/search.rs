//! What a search is asked and what it answers, whatever the kind of index.

use crate::{Effort, Filter};

/// One row found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// Its id.
    pub id: u64,
    /// Cosine, inner product or Euclidean distance, by the metric of the index.
    pub score: f32,
}

/// What to look for, besides the query itself.
#[derive(Clone, Copy, Debug)]
pub struct SearchParams<'a> {
    /// At most this many hits.
    pub k: usize,
    /// Only rows of these items are candidates. They are chosen before the `k` best are, so `k` hits
    /// come back whenever that many match.
    pub filter: Option<&'a Filter>,
    /// The worst score still returned: a minimum, or a maximum where the metric is a distance.
    pub threshold: Option<f32>,
    /// How hard an approximate index tries.
    pub effort: Effort,
}

impl SearchParams<'_> {
    /// The `k` best of all items, whatever their scores.
    #[must_use]
    pub fn top(k: usize) -> Self {
        Self {
            k,
            filter: None,
            threshold: None,
            effort: Effort::default(),
        }
    }
}
