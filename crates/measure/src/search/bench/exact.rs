//! The right answers, and how much of them an answer holds.

use lookalike_index::{
    Effort, Filter, Hit, Index, IndexError, IndexKind, IndexOptions, Metric, SearchParams,
};

use super::super::build::build;
use super::super::vectors::{QuerySet, VectorSet};

/// Queries asked at a time: memory for their answers stays small.
const BATCH: usize = 256;

/// Ids of the best items for each query, best first.
pub(super) type Answers = Vec<Vec<u64>>;

/// An index that compares every vector.
pub(super) fn index(set: &VectorSet, metric: Metric) -> Result<Index, IndexError> {
    Ok(build(set, metric, IndexOptions::of(IndexKind::Flat))?.index)
}

/// The `k` best for each query among the items that a filter lets through.
pub(super) fn answers(
    index: &Index,
    queries: &QuerySet,
    k: usize,
    filter: Option<&Filter>,
) -> Result<Answers, IndexError> {
    let params = SearchParams {
        filter,
        effort: Effort::EXACT,
        ..SearchParams::top(k)
    };
    let mut answers = Vec::new();
    for batch in queries.values.chunks(BATCH * index.dim()) {
        let hits = index.search_batch(batch, &params)?;
        let ids = |hits: &Vec<Hit>| hits.iter().map(|hit| hit.id).collect();
        answers.extend(hits.iter().map(ids));
    }
    Ok(answers)
}

/// How answers compare with the exact ones.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Quality {
    /// Share of the exact hits that were found; 1 where there are none.
    pub(super) recall: f64,
    /// Queries that got fewer hits than there are.
    pub(super) short: usize,
}

impl Quality {
    pub(super) fn of(answers: &[Vec<Hit>], exact: &Answers) -> Self {
        let (mut wanted, mut found, mut short) = (0, 0, 0);
        for (hits, exact) in answers.iter().zip(exact) {
            wanted += exact.len();
            found += hits.iter().filter(|hit| exact.contains(&hit.id)).count();
            short += usize::from(hits.len() < exact.len());
        }
        Self {
            recall: match wanted {
                0 => 1.0,
                wanted => found as f64 / wanted as f64,
            },
            short,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(ids: &[u64]) -> Vec<Hit> {
        ids.iter().map(|&id| Hit { id, score: 0.0 }).collect()
    }

    #[test]
    fn recall_counts_exact_hits_in_any_order() {
        let exact = vec![vec![1, 2], vec![3, 4], vec![]];
        let answers = [hits(&[2, 1]), hits(&[3]), hits(&[])];
        let quality = Quality::of(&answers, &exact);
        assert_eq!((quality.recall, quality.short), (0.75, 1));
        let wrong = Quality::of(&[hits(&[7, 8])], &vec![vec![1, 2]]);
        assert_eq!((wrong.recall, wrong.short), (0.0, 0));
        assert_eq!(Quality::of(&[hits(&[])], &vec![vec![]]).recall, 1.0);
    }
}
