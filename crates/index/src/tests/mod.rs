//! Indexes of every kind against plain search over a map, written here independently.

mod answers;
mod concurrent;
mod damage;
mod exact;
mod files;
mod hostile;
mod input;
mod recall;
mod samples;
mod sequences;
mod upkeep;

use std::collections::BTreeMap;

use crate::graph::{Scratch, nearest};
use crate::random::mix;
use crate::rebuild::Plan;
use crate::snapshot::Structure;
use crate::{
    Effort, Filter, Hit, Index, IndexError, IndexKind, IndexOptions, Metric, SearchParams,
};

const METRICS: [Metric; 3] = [Metric::Cosine, Metric::InnerProduct, Metric::L2];

/// Cosines are rounded at the query's length, in the sum and at the row's length: a few units of
/// 2^-24 each for the short vectors of the tests.
const COSINE_TOLERANCE: f64 = 1e-6;

type Model = BTreeMap<u64, Vec<f32>>;

/// Seeded values in about [-1, 1).
fn values(seed: u64, count: usize) -> Vec<f32> {
    let numbers = (0..count as u64).map(|index| mix(seed << 40 | index));
    numbers
        .map(|number| number as i32 as f32 / 2_f32.powi(31))
        .collect()
}

/// Seeded values of a nearly normal distribution, of deviation 1: sums of 12 uniform ones.
fn normals(seed: u64, count: usize) -> Vec<f32> {
    let uniform = values(seed, count * 12);
    let sums = uniform.chunks_exact(12);
    sums.map(|values| values.iter().sum::<f32>() / 2.0)
        .collect()
}

fn new(dim: usize, metric: Metric, kind: IndexKind) -> Index {
    Index::new(dim, metric, IndexOptions::of(kind)).unwrap()
}

/// The kinds that differ in what leads to the rows, and what is built for them whatever the number
/// of items.
fn kinds() -> [(IndexKind, Plan); 4] {
    [
        (IndexKind::Flat, Plan::Plain),
        (IndexKind::IvfFlat, Plan::Lists(4)),
        (IndexKind::IvfSq8, Plan::Lists(4)),
        (IndexKind::Hnsw, Plan::Graph),
    ]
}

/// The items that a walk through the graph of an index meets and keeps, nearest first by their
/// codes, where a search of so few would look at all.
fn walk(index: &Index, query: &[f32], candidates: usize) -> Vec<u64> {
    let snapshot = index.snapshot();
    let Structure::Graph(graph) = &snapshot.structure else {
        panic!("no graph was built");
    };
    let mut scratch = Scratch::default();
    let rows = nearest(&snapshot.rows, graph, query, candidates, &mut scratch);
    rows.map(|row| snapshot.rows.ids.row(row)[0]).collect()
}

fn reference(metric: Metric, a: &[f32], b: &[f32]) -> f64 {
    let pairs = || a.iter().zip(b).map(|(&a, &b)| (f64::from(a), f64::from(b)));
    let dot: f64 = pairs().map(|(a, b)| a * b).sum();
    match metric {
        Metric::InnerProduct => dot,
        Metric::L2 => pairs().map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt(),
        Metric::Cosine => {
            let squares = pairs().fold((0.0, 0.0), |(x, y), (a, b)| (x + a * a, y + b * b));
            let lengths = squares.0.sqrt() * squares.1.sqrt();
            if lengths == 0.0 { 0.0 } else { dot / lengths }
        }
    }
}

/// Checks hits against all of `model`. Exactly for inner products and distances, whose values
/// must be small integers; to [`COSINE_TOLERANCE`] for cosines.
fn check_hits(
    metric: Metric,
    model: &Model,
    query: &[f32],
    params: &SearchParams<'_>,
    hits: &[Hit],
) {
    let tolerance = if metric == Metric::Cosine {
        COSINE_TOLERANCE
    } else {
        0.0
    };
    // How much better than the threshold: below 0 is out.
    let margin = |score: f64| match params.threshold {
        None => f64::INFINITY,
        Some(threshold) if metric == Metric::L2 => f64::from(threshold) - score,
        Some(threshold) => score - f64::from(threshold),
    };
    let scores: BTreeMap<u64, f64> = (model.iter())
        .filter(|(id, _)| params.filter.is_none_or(|filter| filter.contains(**id)))
        .map(|(&id, vector)| (id, f64::from(reference(metric, query, vector) as f32)))
        .filter(|&(_, score)| margin(score) >= -tolerance)
        .collect();
    let certain = scores
        .values()
        .filter(|&&score| margin(score) >= tolerance)
        .count();
    assert!(
        hits.len() >= certain.min(params.k),
        "{metric}: hits are missing: {hits:?}"
    );
    assert!(hits.len() <= params.k, "{metric}: more hits than asked for");

    for hit in hits {
        let expected = scores
            .get(&hit.id)
            .unwrap_or_else(|| panic!("{metric}: {hit:?} is no match"));
        let error = (f64::from(hit.score) - expected).abs();
        assert!(
            error <= tolerance,
            "{metric}: {hit:?} should score {expected}"
        );
    }
    for pair in hits.windows(2) {
        let order = metric
            .compare(pair[0].score, pair[1].score)
            .then(pair[0].id.cmp(&pair[1].id));
        assert!(order.is_lt(), "{metric}: wrong order of {pair:?}");
    }
    if hits.len() == params.k
        && let Some(last) = hits.last()
    {
        for (&id, &score) in scores
            .iter()
            .filter(|(id, _)| hits.iter().all(|hit| hit.id != **id))
        {
            let last_score = f64::from(last.score);
            let ahead = if metric == Metric::L2 {
                last_score - score
            } else {
                score - last_score
            };
            assert!(
                ahead <= tolerance,
                "{metric}: {id} at {score} is missing before {last:?}"
            );
            assert!(
                ahead < 0.0 || tolerance > 0.0 || id > last.id,
                "{metric}: tie with {id}, {last:?}"
            );
        }
    }
}

/// The scores of items of one row each.
fn scores_of(index: &Index, query: &[f32], items: &[u64]) -> Result<Vec<Option<f32>>, IndexError> {
    let hits = index.scores(query, items)?;
    Ok(hits
        .into_iter()
        .map(|hit| hit.map(|hit| hit.score))
        .collect())
}
