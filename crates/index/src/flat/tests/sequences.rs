//! Random sequences of writes, each followed by searches of every shape.

use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

#[derive(Clone, Debug)]
enum Step {
    Add(Vec<(u64, Vec<f32>)>),
    Remove(Vec<u64>),
    Search {
        queries: Vec<Vec<f32>>,
        k: usize,
        filter: Option<Vec<u64>>,
        threshold: Option<f32>,
    },
}

/// Few enough that replacing and removing happen all the time, in two far ranges.
fn id() -> impl Strategy<Value = u64> {
    prop_oneof![6 => 0..80_u64, 1 => (1_u64 << 52)..(1 << 52) + 20]
}

/// Small integers: inner products and squared distances are exact, and ties are frequent.
fn vector(dim: usize) -> impl Strategy<Value = Vec<f32>> {
    vec((-3..=3_i8).prop_map(f32::from), dim)
}

fn step(dim: usize) -> impl Strategy<Value = Step> {
    let k = prop_oneof![0..12_usize, Just(70), Just(1000)];
    let filter = prop::option::of(vec(id(), 0..60));
    let threshold = prop::option::of((-10..=10_i8).prop_map(|value| f32::from(value) / 4.0));
    let search = (vec(vector(dim), 0..6), k, filter, threshold);
    prop_oneof![
        3 => vec((id(), vector(dim)), 0..40).prop_map(Step::Add),
        1 => vec(id(), 0..30).prop_map(Step::Remove),
        4 => search.prop_map(|(queries, k, filter, threshold)| Step::Search {
            queries, k, filter, threshold
        }),
    ]
}

fn case() -> impl Strategy<Value = (usize, Metric, Vec<Step>)> {
    (select(vec![1, 2, 3, 8, 17]), select(METRICS.to_vec()))
        .prop_flat_map(|(dim, metric)| (Just(dim), Just(metric), vec(step(dim), 1..40)))
}

fn run(dim: usize, metric: Metric, steps: Vec<Step>) {
    let index = FlatIndex::new(dim, metric);
    let mut model = Model::new();
    for step in steps {
        match step {
            Step::Add(items) => {
                let ids: Vec<u64> = items.iter().map(|(id, _)| *id).collect();
                let vectors: Vec<f32> = items
                    .iter()
                    .flat_map(|(_, vector)| vector.clone())
                    .collect();
                index.add(&ids, &vectors).unwrap();
                model.extend(items);
            }
            Step::Remove(ids) => {
                let removed = ids.iter().filter(|id| model.remove(id).is_some()).count();
                assert_eq!(index.remove(&ids), removed);
            }
            Step::Search {
                queries,
                k,
                filter,
                threshold,
            } => {
                let filter = filter.map(Filter::from_ids);
                let params = SearchParams {
                    k,
                    filter: filter.as_ref(),
                    threshold,
                    effort: crate::Effort::default(),
                };
                let batch = index.search_batch(&queries.concat(), &params).unwrap();
                assert_eq!(batch.len(), queries.len());
                for (query, hits) in queries.iter().zip(batch) {
                    check_hits(metric, &model, query, &params, &hits);
                    assert_eq!(index.search(query, &params).unwrap(), hits);
                    let ids: Vec<u64> = hits.iter().map(|hit| hit.id).collect();
                    let scores = hits.iter().map(|hit| Some(hit.score)).collect::<Vec<_>>();
                    assert_eq!(index.scores(query, &ids).unwrap(), scores);
                }
            }
        }
        assert_eq!(index.len(), model.len());
        let stats = index.stats();
        assert!(stats.len == model.len() && stats.removed <= stats.len);
    }
    for id in (0..80).chain((1 << 52)..(1 << 52) + 20) {
        assert_eq!(index.contains(id), model.contains_key(&id));
        assert_eq!(index.vector(id), model.get(&id).cloned());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn random_sequences((dim, metric, steps) in case()) {
        run(dim, metric, steps);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// The ids that are left after removing many, in any order, are the ids that are found.
    #[test]
    fn random_removals(gone in btree_set(0..3000_u64, 0..3000), step in 1..200_usize) {
        let dim = 256;
        let index = FlatIndex::new(dim, Metric::InnerProduct);
        let ids: Vec<u64> = (0..3000).collect();
        let vectors: Vec<f32> = ids.iter().flat_map(|&id| [id as f32; 256]).collect();
        for (ids, vectors) in ids.chunks(step * 10).zip(vectors.chunks(step * 10 * dim)) {
            index.add(ids, vectors).unwrap();
        }
        let shuffled: Vec<u64> = gone.iter().map(|id| id * 1009 % 3000).collect();
        for ids in shuffled.chunks(step) {
            prop_assert_eq!(index.remove(ids), ids.len());
        }
        let mut query = vec![0.0; dim];
        query[17] = -1.0;
        let found = index.search(&query, &SearchParams::top(3000)).unwrap();
        let left = ids.iter().copied().filter(|id| !shuffled.contains(id));
        prop_assert!(found.iter().map(|hit| hit.id).eq(left));
        prop_assert!(index.stats().removed <= index.len());
    }
}

/// Many segments, full ones and merged ones, and searches large enough for several threads.
#[test]
fn long_lives_of_a_large_index() {
    const DIM: usize = 48;
    for metric in METRICS {
        let integers = |seed, count| -> Vec<f32> {
            values(seed, count * DIM)
                .iter()
                .map(|value| (value * 3.0).round())
                .collect()
        };
        let index = FlatIndex::new(DIM, metric);
        let mut model = Model::new();
        for round in 0..40_u64 {
            let count = [1, 900, 37, 5000][round as usize % 4];
            // Rounds overlap in part: replaced, new, and left over.
            let ids: Vec<u64> = (0..count)
                .map(|item| round / 2 * 700 + item * (1 + round % 3))
                .collect();
            let vectors = integers(round + 1, ids.len());
            index.add(&ids, &vectors).unwrap();
            model.extend(
                ids.iter()
                    .copied()
                    .zip(vectors.chunks(DIM).map(<[f32]>::to_vec)),
            );
            let gone: Vec<u64> = (0..1500).map(|item| item * 13 % 11_000 + round).collect();
            let removed = gone.iter().filter(|id| model.remove(id).is_some()).count();
            assert_eq!(index.remove(&gone), removed);
            assert_eq!(index.len(), model.len());
            if round % 8 != 7 {
                continue;
            }
            let filter = Filter::from_ids((0..20_000).filter(|id| id % 7 < 3));
            let queries = integers(1000 + round, 18);
            for (k, filter) in [
                (10, None),
                (10, Some(&filter)),
                (300, None),
                (1000, Some(&filter)),
            ] {
                let params = SearchParams {
                    k,
                    filter,
                    threshold: None,
                    effort: crate::Effort::default(),
                };
                let batch = index.search_batch(&queries, &params).unwrap();
                for (query, hits) in queries.chunks(DIM).zip(&batch).step_by(6) {
                    check_hits(metric, &model, query, &params, hits);
                }
            }
        }
        let stats = index.stats();
        assert!(stats.removed <= stats.len, "{stats:?}");
        assert!(stats.segments < 40, "{stats:?}");
    }
}

#[test]
fn answers_do_not_depend_on_threads_or_batches() {
    const DIM: usize = 40;
    let pools = [1, 2, 5].map(|threads| {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap()
    });
    for metric in METRICS {
        let index = FlatIndex::new(DIM, metric);
        let ids: Vec<u64> = (0..30_000).collect();
        index.add(&ids, &values(3, ids.len() * DIM)).unwrap();
        index.remove(&(0..500).map(|item| item * 59).collect::<Vec<_>>());
        let queries = values(4, 21 * DIM);
        let filter = Filter::from_ids((0..30_000).step_by(3));
        for filter in [None, Some(&filter)] {
            let params = SearchParams {
                filter,
                ..SearchParams::top(100)
            };
            let search = |query| index.search(query, &params).unwrap();
            let one_by_one: Vec<_> = queries.chunks(DIM).map(search).collect();
            for pool in &pools {
                let batch = pool
                    .install(|| index.search_batch(&queries, &params))
                    .unwrap();
                assert!(
                    batch == one_by_one,
                    "{metric}, {} threads",
                    pool.current_num_threads()
                );
            }
        }
    }
}
