//! What is searched with for a query.
//!
//! A sheet with several figures asks as a whole and with each of them. An item's score for it is
//! the mean of two: its best for the whole, and its best for any figure. Over two sets of real
//! patents such queries gain by it (`docs/evaluation.md`); as no item scores above the better of
//! the two, those that any vector finds are all that need to be looked at.

use std::sync::Arc;

use lookalike_evidence::Evidence;
use lookalike_storage::{Hit, Metric};

use crate::Described;

/// The vectors of a query.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct QueryVectors {
    /// Of all of it.
    pub(crate) whole: Vec<f32>,
    /// Of its figures, where it has several.
    pub(crate) figures: Vec<Vec<f32>>,
    /// That of all of it, where hits can be compared with it again.
    pub(crate) evidence: Option<Arc<Evidence>>,
}

impl QueryVectors {
    /// The first is that of the whole; `None` where there is none.
    pub(crate) fn new(vectors: impl IntoIterator<Item = Vec<f32>>) -> Option<Self> {
        let mut vectors = vectors.into_iter();
        let whole = vectors.next()?;
        Some(Self {
            whole,
            figures: vectors.collect(),
            evidence: None,
        })
    }

    /// Of what was made of a query's parts, the whole first; `None` where there is nothing.
    pub(crate) fn of_described(parts: impl IntoIterator<Item = Described>) -> Option<Self> {
        let mut evidence = None;
        let vectors = parts.into_iter().enumerate().map(|(index, part)| {
            if index == 0 {
                evidence = part.evidence.map(Arc::new);
            }
            part.embedding
        });
        let of_query = Self::new(vectors)?;
        Some(Self {
            evidence,
            ..of_query
        })
    }

    /// The same, to be compared with this evidence too.
    pub(crate) fn with_evidence(self, evidence: Option<Evidence>) -> Self {
        Self {
            evidence: evidence.map(Arc::new),
            ..self
        }
    }

    /// All of them, the whole first.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Vec<f32>> {
        std::iter::once(&self.whole).chain(&self.figures)
    }

    /// How many numbers there are in all of them.
    pub(crate) fn numbers(&self) -> usize {
        self.all().map(Vec::len).sum()
    }
}

/// An item's hit for a query by its hits for the query's vectors, in their order; `None` where it
/// has none.
pub(super) fn of_item(hits: &[Hit], metric: Metric) -> Option<Hit> {
    let (whole, figures) = hits.split_first()?;
    let better = |a: Hit, b: Hit| match metric.compare(b.score, a.score) {
        std::cmp::Ordering::Less => b,
        _ => a,
    };
    let Some(best) = figures.iter().copied().reduce(better) else {
        return Some(*whole);
    };
    Some(Hit {
        score: f32::midpoint(whole.score, best.score),
        ..best
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hit(figure_index: u8, score: f32) -> Hit {
        Hit {
            item_id: 7,
            figure_index,
            score,
        }
    }

    #[test]
    fn the_whole_and_the_best_figure_count_half_each() {
        let several = [hit(0, 0.5), hit(1, 0.2), hit(3, 0.75), hit(2, 0.75)];
        assert_eq!(of_item(&several, Metric::Cosine), Some(hit(3, 0.625)));
        assert_eq!(of_item(&several, Metric::L2), Some(hit(1, 0.35)));
        assert_eq!(of_item(&several[..1], Metric::Cosine), Some(several[0]));
        assert_eq!(of_item(&[], Metric::Cosine), None);
    }
}
