//! Hits, with how the query was asked when it found them.

use std::collections::HashMap;

use lookalike_imaging::Pose;
use lookalike_imaging::photo::Form;
use lookalike_storage::{Hit, Metric};

/// How a query was asked: in which form, and then in which pose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Asked {
    pub(crate) form: Form,
    pub(crate) pose: Pose,
}

/// An item found, by its best figure and the query's best pose.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Found {
    pub(super) item_id: u64,
    /// Which of the item's figures.
    pub(super) figure_index: u8,
    /// Which of them is nearest to all of the query.
    pub(super) nearest_to_whole: u8,
    /// Which of the query's figures is nearest to the item's, where it has several.
    pub(super) query_figure: Option<u8>,
    /// As [`Hit::score`]; on second look the mixed one.
    pub(super) score: f32,
    /// How the query was asked.
    pub(super) asked: Asked,
}

impl Found {
    /// By all of the query.
    pub(super) fn new(hit: Hit, asked: Asked) -> Self {
        Self {
            item_id: hit.item_id,
            figure_index: hit.figure_index,
            nearest_to_whole: hit.figure_index,
            query_figure: None,
            score: hit.score,
            asked,
        }
    }

    /// The better of two hits of an item, of equals this one.
    pub(super) fn or_better(self, other: Self, metric: Metric) -> Self {
        if metric.compare(other.score, self.score).is_lt() {
            other
        } else {
            self
        }
    }
}

pub(super) fn sort_best_first(hits: &mut [Found], metric: Metric) {
    hits.sort_by(|a, b| {
        let by_score = metric.compare(a.score, b.score);
        by_score.then(a.item_id.cmp(&b.item_id))
    });
}

/// The best of each item's hits, best first; of equals the one that comes first.
pub(super) fn best_of_each(hits: Vec<Found>, metric: Metric) -> Vec<Found> {
    let mut places: HashMap<u64, usize> = HashMap::new();
    let mut best: Vec<Found> = Vec::new();
    for hit in hits {
        match places.get(&hit.item_id) {
            Some(&place) => best[place] = best[place].or_better(hit, metric),
            None => {
                places.insert(hit.item_id, best.len());
                best.push(hit);
            }
        }
    }
    sort_best_first(&mut best, metric);
    best
}
