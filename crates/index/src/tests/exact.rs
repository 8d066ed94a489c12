//! The scan of codes under a bound against scores of all vectors, to the bit.

use super::*;
use crate::best::Best;
use crate::scan::{score_of, scorer};

/// The score of every item, each from its vector.
fn scores(index: &Index, query: &[f32]) -> Vec<Hit> {
    let snapshot = index.snapshot();
    let scorer = scorer(&snapshot, query);
    let live = (0..snapshot.rows.len() as u32).filter(|&row| snapshot.is_live(row));
    let hit = |row| Hit {
        id: snapshot.rows.ids.row(row)[0],
        score: score_of(&snapshot, &scorer, row).unwrap(),
    };
    live.map(hit).collect()
}

/// The best of all that match.
fn plain(metric: Metric, scores: &[Hit], params: &SearchParams<'_>) -> Vec<Hit> {
    let mut best = Best::new(metric, params);
    let passes = |hit: &&Hit| params.filter.is_none_or(|filter| filter.contains(hit.id));
    best.offer(scores.iter().filter(passes).copied());
    best.finish()
}

/// Vectors of laws that make bounds hard in different ways.
fn laws(dim: usize, count: usize) -> Vec<(&'static str, Vec<f32>)> {
    let usual = normals(1, count * dim);
    let shift = |offset: f32| usual.iter().map(|value| value + offset).collect();
    let scaled = |scale: &dyn Fn(usize) -> f32| -> Vec<f32> {
        let vectors = usual.chunks_exact(dim).enumerate();
        vectors
            .flat_map(|(index, vector)| vector.iter().map(move |value| value * scale(index)))
            .collect()
    };
    let mut alike = normals(2, dim).repeat(count);
    for (value, noise) in alike.iter_mut().zip(&usual) {
        *value += noise * 1e-6;
    }
    let mut equal = usual.clone();
    for (index, vector) in equal.chunks_exact_mut(dim).enumerate() {
        if index % 3 == 0 {
            vector.copy_from_slice(&usual[..dim]);
        }
    }
    let mut sparse = vec![0.0; count * dim];
    for (index, vector) in sparse.chunks_exact_mut(dim).enumerate() {
        vector[index % dim] = 1.0 + (index / dim) as f32;
    }
    vec![
        ("normal", usual.clone()),
        ("shifted", shift(3.0)),
        ("far away", shift(1000.0)),
        ("of many lengths", scaled(&|index| (index % 13) as f32)),
        (
            "of extreme lengths",
            scaled(&|index| 10_f32.powi((index % 60) as i32 - 30)),
        ),
        ("nearly alike", alike),
        ("equal in part", equal),
        ("sparse", sparse),
        // With many exact ties.
        (
            "integers",
            usual.iter().map(|value| (value * 2.0).round()).collect(),
        ),
    ]
}

#[test]
fn codes_leave_out_nothing_that_belongs_to_the_best() {
    // Several chunks of codes from 64 values on.
    const COUNT: usize = 2200;
    let most = Filter::from_ids((0..COUNT as u64).filter(|id| id % 5 != 2));
    let some = Filter::from_ids((0..COUNT as u64).filter(|id| id % 7 == 2));
    for dim in [1, 3, 64, 200] {
        for (law, vectors) in laws(dim, COUNT) {
            for metric in METRICS {
                let index = new(dim, metric, IndexKind::Flat);
                let ids: Vec<u64> = (0..COUNT as u64).collect();
                index.add(&ids, &vectors).unwrap();
                index.remove(&(0..COUNT as u64).step_by(11).collect::<Vec<_>>());
                let queries = [
                    &vectors[..2 * dim],
                    &vec![0.0; dim],
                    &normals(9, dim),
                    &vectors[COUNT / 2 * dim..][..dim],
                ]
                .concat();
                let queries_scores: Vec<(&[f32], Vec<Hit>)> = (queries.chunks_exact(dim))
                    .map(|query| (query, scores(&index, query)))
                    .collect();
                for (k, filter) in [
                    (1, None),
                    (10, None),
                    (10, Some(&most)),
                    (10, Some(&some)),
                    (400, Some(&most)),
                ] {
                    let params = SearchParams {
                        filter,
                        ..SearchParams::top(k)
                    };
                    let found = index.search_batch(&queries, &params).unwrap();
                    for ((query, scores), found) in queries_scores.iter().zip(found) {
                        let expected = plain(metric, scores, &params);
                        assert_eq!(found, expected, "{law} {metric} of {dim}, best {k}");
                        let threshold = expected.get(expected.len() / 2).map(|hit| hit.score);
                        let params = SearchParams {
                            threshold,
                            ..params
                        };
                        assert_eq!(
                            index.search(query, &params).unwrap(),
                            plain(metric, scores, &params),
                            "{law} {metric} of {dim}, best {k} up to {threshold:?}"
                        );
                    }
                }
            }
        }
    }
}

/// How many vectors are looked at is what the bound is for.
#[test]
fn codes_leave_out_most_of_the_rest() {
    use crate::bound::BoundedQuery;
    let (dim, count) = (384, 4000);
    let vectors = normals(1, count * dim);
    for metric in METRICS {
        let index = new(dim, metric, IndexKind::Flat);
        index
            .add(&(0..count as u64).collect::<Vec<_>>(), &vectors)
            .unwrap();
        let query = normals(2, dim);
        let tenth = index.search(&query, &SearchParams::top(10)).unwrap()[9].score;
        let snapshot = index.snapshot();
        let rows = &snapshot.rows;
        let bounded = BoundedQuery::new(rows, &query);
        let bound = bounded.bound(tenth);
        let left = (0..count as u32).filter(|&row| {
            let mut sums = [0];
            let codes = [rows.codes.row(row)];
            lookalike_kernels::distance::codes::inner_products(
                rows.isa,
                &bounded.code,
                &codes,
                &mut sums,
            );
            let key = bound.key(sums[0], rows.lengths.row(row)[0], rows.margins.row(row)[0]);
            key >= bound.least
        });
        let left = left.count();
        assert!((10..80).contains(&left), "{metric}: {left}");
    }
}

#[test]
fn answers_do_not_depend_on_threads_or_batches() {
    const DIM: usize = 40;
    let pools = [1, 3].map(|threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        pool.build().unwrap()
    });
    for metric in METRICS {
        for (kind, plan) in kinds() {
            // As many as several threads share; a graph is walked by one thread a query.
            let count = if kind == IndexKind::Hnsw { 1000 } else { 9000 };
            let index = new(DIM, metric, kind);
            let ids: Vec<u64> = (0..count).collect();
            index.add(&ids, &values(3, ids.len() * DIM)).unwrap();
            index.rebuild_as(plan).unwrap();
            index.remove(&(0..100).map(|item| item * 59).collect::<Vec<_>>());
            let queries = values(4, 70 * DIM);
            let filter = Filter::from_ids((0..count).step_by(3));
            for (k, filter) in [(10, None), (100, Some(&filter))] {
                let effort = Effort {
                    nprobe: Some(1),
                    ef_search: Some(12),
                    exact: false,
                };
                let params = SearchParams {
                    filter,
                    effort,
                    ..SearchParams::top(k)
                };
                let search = |query| index.search(query, &params).unwrap();
                let one_by_one: Vec<_> = queries.chunks(DIM).map(search).collect();
                // Threads share the queries of large batches, and the rows for small ones.
                for (pool, count) in pools.iter().flat_map(|pool| [(pool, 70), (pool, 5)]) {
                    let batch = pool
                        .install(|| index.search_batch(&queries[..count * DIM], &params))
                        .unwrap();
                    let case = (count, pool.current_num_threads());
                    assert!(batch == one_by_one[..count], "{metric} {kind}, {case:?}");
                }
            }
        }
    }
}
