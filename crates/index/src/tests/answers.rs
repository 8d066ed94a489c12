//! Answers where vectors, filters or removed rows are out of the ordinary.

use super::*;
use crate::Tag;

#[test]
fn vectors_without_length_have_cosine_zero() {
    for (kind, plan) in kinds() {
        let index = new(2, Metric::Cosine, kind);
        index
            .add(&[1, 2, 3], &[0.0, -0.0, 3.0, 4.0, -3.0, -4.0])
            .unwrap();
        index.rebuild_as(plan).unwrap();
        let scores = |query: &[f32]| scores_of(&index, query, &[1, 2, 3]).unwrap();
        assert_eq!(scores(&[0.0, 0.0]), [Some(0.0); 3]);
        assert_eq!(scores(&[0.6, 0.8])[0], Some(0.0));
        for effort in [Effort::default(), Effort::EXACT] {
            let params = SearchParams {
                effort,
                ..SearchParams::top(3)
            };
            let found = index.search(&[0.6, 0.8], &params).unwrap();
            let ids: Vec<u64> = found.iter().map(|hit| hit.id).collect();
            assert_eq!(ids, [2, 1, 3], "{kind}");
        }
    }
}

/// Lengths whose squares f32 cannot hold, in every combination.
#[test]
fn extreme_values_score_like_any_others() {
    let scales = [
        1e-44, 1e-38, 1e-30, 1e-20, 1e-13, 1.0, 1e13, 1e18, 1e20, 1e30, 1e38, 3e38,
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
        for (kind, plan) in kinds() {
            let index = new(4, metric, kind);
            index.add(&ids, &vectors.concat()).unwrap();
            index.rebuild_as(plan).unwrap();
            for query in &vectors {
                let all = SearchParams::top(ids.len());
                let hits = index.search(query, &all).unwrap();
                assert_eq!(hits.len(), ids.len());
                for hit in &hits {
                    check_extreme(metric, query, &vectors[hit.id as usize], hit.score);
                }
                for k in [1, 7] {
                    let params = SearchParams {
                        effort: Effort::EXACT,
                        ..SearchParams::top(k)
                    };
                    let best = index.search(query, &params).unwrap();
                    assert_eq!(best, hits[..k], "{metric} {kind} of {query:?}");
                }
            }
        }
    }
}

/// Right relative to the score, or for sums that may cancel to the bound of Cauchy and Schwarz; and
/// a rounding to the smallest f32 for each of 4 terms.
fn check_extreme(metric: Metric, query: &[f32], row: &[f32], score: f32) {
    let expected = reference(metric, query, row) as f32;
    let size = match metric {
        Metric::Cosine => 1.0,
        Metric::L2 => f64::from(expected),
        Metric::InnerProduct => {
            reference(Metric::L2, query, &[0.0; 4]) * reference(Metric::L2, row, &[0.0; 4])
        }
    };
    let error = (f64::from(score) - f64::from(expected)).abs();
    let smallest = f64::from(f32::from_bits(1));
    assert!(
        score == expected || error <= 1e-6 * size + 4.0 * smallest,
        "{metric} of {query:?} and {row:?}: {score} instead of {expected}"
    );
}

/// Rows that codes say nothing of, and queries that they cannot be compared with, are found in
/// their lists all the same.
#[test]
fn lists_with_codes_find_vectors_of_extreme_length() {
    const COUNT: usize = 600;
    let usual = values(1, COUNT * 4);
    for scale in [1e-14, 1e14] {
        let vectors: Vec<f32> = usual.iter().map(|value| value * scale).collect();
        let index = new(4, Metric::L2, IndexKind::IvfSq8);
        let ids: Vec<u64> = (0..COUNT as u64).collect();
        index.add(&ids, &vectors).unwrap();
        index.rebuild_as(Plan::Lists(2)).unwrap();
        for id in (0..COUNT).step_by(29) {
            let query = &vectors[id * 4..][..4];
            let params = SearchParams {
                effort: Effort {
                    nprobe: Some(1),
                    ..Effort::default()
                },
                ..SearchParams::top(1)
            };
            let found = index.search(query, &params).unwrap();
            assert_eq!(found[0].id, id as u64, "at {scale}");
        }
    }
}

#[test]
fn filters_and_thresholds_act_before_the_k_best_are_chosen() {
    const COUNT: u64 = 4000;
    let hit = |id: u64| Hit {
        id,
        score: id as f32,
    };
    for (kind, plan) in kinds() {
        let index = new(1, Metric::L2, kind);
        let ids: Vec<u64> = (0..COUNT).collect();
        let vectors: Vec<f32> = ids.iter().map(|&id| id as f32).collect();
        index.add(&ids, &vectors).unwrap();
        index.rebuild_as(plan).unwrap();
        let few = Filter::from_ids([3000, 20, 3999, 50_000]);
        let params = SearchParams {
            filter: Some(&few),
            ..SearchParams::top(3)
        };
        let search = |params: &SearchParams<'_>| index.search(&[0.0], params).unwrap();
        assert_eq!(search(&params), [20, 3000, 3999].map(hit), "{kind}");
        let threshold = Some(3000.0);
        let within = SearchParams {
            threshold,
            ..params
        };
        assert_eq!(search(&within), [20, 3000].map(hit), "{kind}");
        index.remove(&[20]);
        assert_eq!(search(&params), [3000, 3999].map(hit), "{kind}");

        let later = Filter::from_ids(1000..COUNT);
        let params = SearchParams {
            filter: Some(&later),
            threshold: Some(1001.5),
            effort: Effort::EXACT,
            ..SearchParams::top(5)
        };
        assert_eq!(search(&params), [1000, 1001].map(hit), "{kind}");
    }
}

/// Removed rows alone, and what is added among them.
#[test]
fn searches_find_their_way_through_removed_rows() {
    for metric in METRICS {
        for (kind, plan) in kinds() {
            let index = new(8, metric, kind);
            let ids: Vec<u64> = (0..900).collect();
            index.add(&ids, &values(1, 8 * ids.len())).unwrap();
            index.rebuild_as(plan).unwrap();
            assert_eq!(index.remove(&ids), ids.len());
            let search = || index.search(&values(2, 8), &SearchParams::top(3)).unwrap();
            assert_eq!(search(), []);
            index
                .add(&[5000, 5001, 5002, 5003], &values(3, 32))
                .unwrap();
            assert_eq!(search().len(), 3);
            assert_eq!(index.stats().removed, 900);
            index.rebuild_as(plan).unwrap();
            assert_eq!((search().len(), index.stats().removed), (3, 0));
        }
    }
}

/// Equal rows must neither cut off the rest of a graph nor be cut off.
#[test]
fn equal_vectors_are_found_beside_others() {
    const DIM: usize = 16;
    const COUNT: usize = 1600;
    for metric in METRICS {
        let mut vectors = values(1, COUNT * DIM);
        let equal = values(2, DIM);
        for vector in vectors.chunks_exact_mut(DIM).step_by(4) {
            vector.copy_from_slice(&equal);
        }
        let index = new(DIM, metric, IndexKind::Hnsw);
        index.rebuild_as(Plan::Graph).unwrap();
        let ids: Vec<u64> = (0..COUNT as u64).collect();
        index.add(&ids, &vectors).unwrap();

        let nearest = walk(&index, &equal, 100);
        if metric != Metric::InnerProduct {
            assert!(nearest.iter().all(|id| id % 4 == 0), "{metric}");
        }
        // A graph does not promise to lead to every row.
        let reached = walk(&index, &equal, COUNT);
        let reached = reached.iter().filter(|&id| id % 4 == 0).count();
        assert!(reached >= 385, "{metric}: {reached} of 400");

        let (mut right, mut total) = (0, 0);
        for query in values(3, 50 * DIM).chunks_exact(DIM) {
            let exact = SearchParams {
                effort: Effort::EXACT,
                ..SearchParams::top(10)
            };
            let worst = index.search(query, &exact).unwrap()[9].score;
            let found = walk(&index, query, 128);
            // By score: of equal vectors, any will do.
            let scores = scores_of(&index, query, &found).unwrap();
            let is_right = |score: &&Option<f32>| metric.compare(score.unwrap(), worst).is_le();
            right += scores.iter().filter(is_right).count().min(10);
            total += 10;
        }
        assert!(right * 100 >= total * 97, "{metric}: {right} of {total}");
    }
}

/// Adding one at a time, through the growth of chunks, buckets and layers.
#[test]
fn single_items_make_a_graph_like_any_other() {
    const DIM: usize = 8;
    let index = new(DIM, Metric::Cosine, IndexKind::Hnsw);
    index.rebuild_as(Plan::Graph).unwrap();
    for (id, vector) in (0..).zip(values(1, 1500 * DIM).chunks_exact(DIM)) {
        index.add(&[id], vector).unwrap();
    }
    let mut right = 0;
    for query in values(2, 50 * DIM).chunks_exact(DIM) {
        let expected = index.search(query, &SearchParams::top(10)).unwrap();
        let found = walk(&index, query, 64);
        right += expected
            .iter()
            .filter(|hit| found.contains(&hit.id))
            .count();
    }
    assert!(right >= 490, "{right} of 500");
}

#[test]
fn what_is_built_does_not_depend_on_threads() {
    let vectors = values(1, 2500 * 8);
    let ids: Vec<u64> = (0..2500).collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index");
    for (kind, plan) in kinds() {
        let saved = [1, 2, 5].map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
            pool.build().unwrap().install(|| {
                let index = new(8, Metric::L2, kind);
                index.add(&ids[..2000], &vectors[..16_000]).unwrap();
                index.rebuild_as(plan).unwrap();
                index.add(&ids[2000..], &vectors[16_000..]).unwrap();
                index.save(&path, &Tag::default()).unwrap();
                std::fs::read(&path).unwrap()
            })
        });
        assert!(saved[0] == saved[1] && saved[1] == saved[2], "{kind}");
    }
}
