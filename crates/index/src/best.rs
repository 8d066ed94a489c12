//! The best k of many scores.
//!
//! Candidates are gathered to about twice k and then cut to k by selection, which costs a
//! constant time each whatever k is: after the first few blocks nearly all candidates fail the
//! comparison with the worst score kept. A heap would cost a logarithm for each one that enters.

use std::cmp::Ordering;

use crate::{Hit, Metric, SearchParams};

/// Room beyond k before a cut, so that a small k does not cut all the time.
const SLACK: usize = 64;

/// Keeps the best hits offered. The order is total as long as no id comes twice, so the outcome
/// does not depend on the order of offers.
#[derive(Debug)]
pub(crate) struct Best {
    metric: Metric,
    k: usize,
    /// No score worse than this can be among the best.
    bound: f32,
    hits: Vec<Hit>,
}

impl Best {
    pub(crate) fn new(metric: Metric, params: &SearchParams<'_>) -> Self {
        let worst = if metric.higher_is_better() {
            f32::NEG_INFINITY
        } else {
            f32::INFINITY
        };
        Self {
            metric,
            k: params.k,
            bound: params.threshold.unwrap_or(worst),
            hits: Vec::new(),
        }
    }

    /// Scores are never NaN.
    pub(crate) fn offer(&mut self, hits: impl Iterator<Item = Hit>) {
        if self.metric.higher_is_better() {
            for hit in hits {
                if hit.score >= self.bound {
                    self.keep(hit);
                }
            }
        } else {
            for hit in hits {
                if hit.score <= self.bound {
                    self.keep(hit);
                }
            }
        }
    }

    /// Takes over what another one kept of other items.
    pub(crate) fn merge(&mut self, other: Self) {
        self.offer(other.hits.into_iter());
    }

    /// No score worse than this can be among the best.
    pub(crate) fn worst(&self) -> f32 {
        self.bound
    }

    /// Finds the bound that what was offered so far allows.
    pub(crate) fn tighten(&mut self) {
        if self.hits.len() > self.k {
            self.cut();
        } else if self.hits.len() == self.k {
            let metric = self.metric;
            let last = self.hits.iter().max_by(|a, b| order(metric, a, b));
            self.bound = last.map_or(self.bound, |hit| hit.score);
        }
    }

    /// The best, in order.
    pub(crate) fn finish(mut self) -> Vec<Hit> {
        self.hits.sort_unstable_by(|a, b| order(self.metric, a, b));
        self.hits.truncate(self.k);
        self.hits
    }

    fn keep(&mut self, hit: Hit) {
        self.hits.push(hit);
        if self.hits.len() < self.k.saturating_add(self.k.max(SLACK)) {
            return;
        }
        self.cut();
    }

    fn cut(&mut self) {
        let metric = self.metric;
        if self.k > 0 {
            let compare = |a: &Hit, b: &Hit| order(metric, a, b);
            let (_, worst, _) = self.hits.select_nth_unstable_by(self.k - 1, compare);
            self.bound = worst.score;
        }
        self.hits.truncate(self.k);
    }
}

/// Best score first, then the lower id.
fn order(metric: Metric, a: &Hit, b: &Hit) -> Ordering {
    metric.compare(a.score, b.score).then(a.id.cmp(&b.id))
}
