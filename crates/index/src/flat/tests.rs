//! The index against plain search over a map, written here independently.

mod concurrent;
mod sequences;

use std::collections::BTreeMap;

use super::*;
use crate::Filter;

const METRICS: [Metric; 3] = [Metric::Cosine, Metric::InnerProduct, Metric::L2];

/// Cosines are rounded at the query's length, in the sum and at the row's length: a few units of
/// 2^-24 each for the short vectors of the tests.
const COSINE_TOLERANCE: f64 = 1e-6;

type Model = BTreeMap<u64, Vec<f32>>;

/// Seeded values in [-1, 1): xorshift64*.
fn values(seed: u64, count: usize) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let next = || {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        (state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 40) as f32 / (1 << 23) as f32 - 1.0
    };
    std::iter::repeat_with(next).take(count).collect()
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

#[test]
fn vectors_come_back_to_the_bit() {
    let vectors = [1.5, -0.0, 3e38, 1e-45, f32::MIN_POSITIVE, -7.25];
    for metric in METRICS {
        let index = FlatIndex::new(3, metric);
        index.add(&[7, 3], &vectors).unwrap();
        let bits = |vector: &[f32]| {
            vector
                .iter()
                .map(|value| value.to_bits())
                .collect::<Vec<_>>()
        };
        assert_eq!(bits(&index.vector(7).unwrap()), bits(&vectors[..3]));
        assert_eq!(bits(&index.vector(3).unwrap()), bits(&vectors[3..]));
        assert_eq!(index.vector(4), None);
    }
}

#[test]
fn wrong_input_is_named_and_adds_nothing() {
    let index = FlatIndex::new(2, Metric::Cosine);
    let message = |result: Result<(), IndexError>| result.unwrap_err().to_string();
    assert_eq!(
        message(index.add(&[10, 11, 12], &[0.0; 5])),
        "vector of item 12 is incomplete or too long: 5 values given for 3 items of dimension 2"
    );
    assert!(message(index.add(&[10, 11, 12], &[0.0; 1])).contains("item 10 "));
    assert!(message(index.add(&[10, 11], &[0.0; 6])).contains("item 11 "));
    assert_eq!(index.add(&[], &[1.0]), Err(IndexError::NoIds { found: 1 }));
    assert_eq!(
        message(index.add(&[10, 11], &[0.0, 1.0, 0.0, f32::NAN])),
        "vector of item 11 holds NaN at position 1: every value must be finite"
    );
    assert!(message(index.add(&[10], &[f32::NEG_INFINITY, 1.0])).contains("item 10 holds -inf"));
    assert!(index.is_empty());
    assert_eq!(index.add(&[], &[]), Ok(()));

    let top = SearchParams::top(1);
    let too_long = IndexError::QueryLength { found: 3, dim: 2 };
    assert_eq!(index.search(&[0.0; 3], &top), Err(too_long.clone()));
    assert_eq!(
        index.search(&[0.0; 4], &top),
        Err(IndexError::QueryLength { found: 4, dim: 2 })
    );
    assert_eq!(index.search_batch(&[0.0; 3], &top), Err(too_long.clone()));
    assert_eq!(index.scores(&[0.0; 3], &[1]), Err(too_long));
    assert_eq!(
        index
            .search_batch(&[0.0, 0.0, f32::INFINITY, 0.0], &top)
            .unwrap_err()
            .to_string(),
        "query 1 holds inf at position 0: every value must be finite"
    );
    let threshold = SearchParams {
        threshold: Some(f32::NAN),
        ..top
    };
    assert_eq!(
        index.search(&[0.0; 2], &threshold),
        Err(IndexError::ThresholdNotANumber)
    );

    let empty = FlatIndex::new(0, Metric::L2);
    assert_eq!(empty.add(&[1], &[]), Err(IndexError::NoDimension));
    assert_eq!(empty.search(&[], &top), Err(IndexError::NoDimension));
    assert_eq!(empty.scores(&[], &[1]), Err(IndexError::NoDimension));
}

#[test]
fn asking_for_nothing_or_for_more_than_there_is() {
    for metric in METRICS {
        let index = FlatIndex::new(1, metric);
        assert_eq!(index.search(&[1.0], &SearchParams::top(5)).unwrap(), []);
        assert_eq!(
            index.search_batch(&[], &SearchParams::top(5)).unwrap(),
            Vec::<Vec<Hit>>::new()
        );
        let ids: Vec<u64> = (0..300).collect();
        index.add(&ids, &values(1, 300)).unwrap();
        assert_eq!(index.search(&[1.0], &SearchParams::top(0)).unwrap(), []);
        for k in [299, 300, 301, usize::MAX] {
            assert_eq!(
                index.search(&[1.0], &SearchParams::top(k)).unwrap().len(),
                k.min(300)
            );
        }
        let nothing = Filter::default();
        let params = SearchParams {
            filter: Some(&nothing),
            ..SearchParams::top(5)
        };
        assert_eq!(index.search(&[1.0], &params).unwrap(), []);
    }
}

#[test]
fn the_last_of_repeated_ids_counts() {
    let index = FlatIndex::new(1, Metric::InnerProduct);
    index
        .add(&[5, 9, 5, 1, 9], &[1.0, 2.0, 3.0, 4.0, 5.0])
        .unwrap();
    assert_eq!(index.len(), 3);
    let scores = index.scores(&[1.0], &[5, 9, 1, 2]).unwrap();
    assert_eq!(scores, [Some(3.0), Some(5.0), Some(4.0), None]);
    assert_eq!(index.remove(&[9, 9, 2, 5]), 2);
    assert_eq!(index.remove(&[9]), 0);
    assert_eq!(
        index.search(&[1.0], &SearchParams::top(5)).unwrap(),
        [Hit { id: 1, score: 4.0 }]
    );
}

#[test]
fn vectors_without_length_have_cosine_zero() {
    let index = FlatIndex::new(2, Metric::Cosine);
    index
        .add(&[1, 2, 3], &[0.0, -0.0, 3.0, 4.0, -3.0, -4.0])
        .unwrap();
    let scores = |query: &[f32]| index.scores(query, &[1, 2, 3]).unwrap();
    assert_eq!(scores(&[0.0, 0.0]), [Some(0.0); 3]);
    assert_eq!(scores(&[0.6, 0.8])[0], Some(0.0));
}

/// Lengths whose squares f32 cannot hold, in every combination.
#[test]
fn extreme_values_score_like_any_others() {
    let scales = [
        1e-44, 1e-38, 1e-30, 1e-20, 1.0, 1e18, 1e20, 1e30, 1e38, 3e38,
    ];
    let shapes = [
        [1.0, 1.0, -1.0, 0.5],
        [1.0, -1.0, 1.0, 1.0],
        [-1.0, 0.0, 0.25, -1.0],
    ];
    let vectors: Vec<Vec<f32>> = (scales.iter())
        .flat_map(|&scale| shapes.map(|shape| shape.map(|value| value * scale).to_vec()))
        .collect();
    let ids: Vec<u64> = (0..).take(vectors.len()).collect();
    for metric in METRICS {
        let index = FlatIndex::new(4, metric);
        index.add(&ids, &vectors.concat()).unwrap();
        for query in &vectors {
            let hits = index.search(query, &SearchParams::top(ids.len())).unwrap();
            assert_eq!(hits.len(), ids.len());
            for hit in hits {
                let expected = reference(metric, query, &vectors[hit.id as usize]) as f32;
                // Relative to the score, or for sums that may cancel to the bound of
                // Cauchy and Schwarz; and a rounding to the smallest f32 for each of 4 terms.
                let row = &vectors[hit.id as usize];
                let size = match metric {
                    Metric::Cosine => 1.0,
                    Metric::L2 => f64::from(expected),
                    Metric::InnerProduct => {
                        reference(Metric::L2, query, &[0.0; 4])
                            * reference(Metric::L2, row, &[0.0; 4])
                    }
                };
                let error = (f64::from(hit.score) - f64::from(expected)).abs();
                let smallest = f64::from(f32::from_bits(1));
                assert!(
                    hit.score == expected || error <= 1e-6 * size + 4.0 * smallest,
                    "{metric} of {query:?} and {row:?}: {} instead of {expected}",
                    hit.score
                );
            }
        }
    }
}

#[test]
fn filters_and_thresholds_act_before_the_k_best_are_chosen() {
    let index = FlatIndex::new(1, Metric::L2);
    let ids: Vec<u64> = (0..10_000).collect();
    let vectors: Vec<f32> = ids.iter().map(|&id| id as f32).collect();
    index.add(&ids, &vectors).unwrap();
    let filter = Filter::from_ids([9_000, 20, 9_999, 50_000]);
    let params = SearchParams {
        filter: Some(&filter),
        ..SearchParams::top(3)
    };
    let hit = |id: u64| Hit {
        id,
        score: id as f32,
    };
    assert_eq!(
        index.search(&[0.0], &params).unwrap(),
        [hit(20), hit(9_000), hit(9_999)]
    );
    let params = SearchParams {
        threshold: Some(9_000.0),
        ..params
    };
    assert_eq!(
        index.search(&[0.0], &params).unwrap(),
        [hit(20), hit(9_000)]
    );
}
