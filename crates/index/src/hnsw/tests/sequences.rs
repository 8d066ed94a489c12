//! Random sequences of writes, reopening and searches, against the exact index.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

#[derive(Clone, Debug)]
enum Step {
    Add(Vec<(u64, Vec<f32>)>),
    Remove(Vec<u64>),
    Reopen,
    Search {
        query: Vec<f32>,
        k: usize,
        filter: Option<Vec<u64>>,
        threshold: Option<f32>,
    },
}

/// Few enough that replacing and removing happen all the time, in two far ranges.
fn id() -> impl Strategy<Value = u64> {
    prop_oneof![6 => 0..80_u64, 1 => (1_u64 << 52)..(1 << 52) + 20]
}

/// Small integers: ties are frequent.
fn vector(dim: usize) -> impl Strategy<Value = Vec<f32>> {
    vec((-3..=3_i8).prop_map(f32::from), dim)
}

fn step(dim: usize) -> impl Strategy<Value = Step> {
    let k = prop_oneof![0..12_usize, Just(70), Just(usize::MAX)];
    let filter = prop::option::of(vec(id(), 0..60));
    let threshold = prop::option::of((-10..=10_i8).prop_map(|value| f32::from(value) / 4.0));
    let search = (vector(dim), k, filter, threshold);
    prop_oneof![
        3 => vec((id(), vector(dim)), 0..40).prop_map(Step::Add),
        1 => vec(id(), 0..30).prop_map(Step::Remove),
        1 => Just(Step::Reopen),
        4 => search.prop_map(|(query, k, filter, threshold)| Step::Search {
            query, k, filter, threshold
        }),
    ]
}

fn case() -> impl Strategy<Value = (usize, Metric, Vec<Step>)> {
    (select(vec![1, 2, 3, 8, 65]), select(METRICS.to_vec()))
        .prop_flat_map(|(dim, metric)| (Just(dim), Just(metric), vec(step(dim), 1..30)))
}

fn run(dim: usize, metric: Metric, steps: Vec<Step>) {
    let (mut index, flat) = (new(dim, metric), FlatIndex::new(dim, metric));
    for step in steps {
        match step {
            Step::Add(items) => {
                let ids: Vec<u64> = items.iter().map(|(id, _)| *id).collect();
                let vectors: Vec<f32> = items.into_iter().flat_map(|(_, vector)| vector).collect();
                index.add(&ids, &vectors).unwrap();
                flat.add(&ids, &vectors).unwrap();
            }
            Step::Remove(ids) => assert_eq!(index.remove(&ids), flat.remove(&ids)),
            Step::Reopen => index = reopened(&index),
            Step::Search {
                query,
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
                let expected = flat.search(&query, &params).unwrap();
                // So few are all compared.
                for effort in [HnswEffort::Usual, HnswEffort::Exact] {
                    assert_eq!(index.search(&query, &params, effort).unwrap(), expected);
                }
                let ids: Vec<u64> = expected.iter().map(|hit| hit.id).chain([99]).collect();
                assert_eq!(index.scores(&query, &ids), flat.scores(&query, &ids));
                check_walk(&index, &flat, &query, params);
            }
        }
        assert_eq!(index.len(), flat.len());
        assert_eq!(index.stats().len, flat.len());
    }
    for id in (0..80).chain((1 << 52)..(1 << 52) + 20) {
        assert_eq!(index.contains(id), flat.contains(id));
        assert_eq!(index.vector(id), flat.vector(id));
    }
}

/// A walk finds only what matches, with the right scores. What it misses is measured elsewhere: a
/// graph of few rows, most of them equal, need not lead everywhere.
fn check_walk(index: &HnswIndex, flat: &FlatIndex, query: &[f32], params: SearchParams<'_>) {
    let everything = SearchParams {
        k: usize::MAX,
        ..params
    };
    let expected = flat.search(query, &everything).unwrap();
    let found = walk(index, query, &SearchParams { k: 3, ..params }, 4096);
    assert!(found.iter().all(|hit| expected.contains(hit)));
    let order = |pair: &[Hit]| {
        let [a, b] = pair else { return true };
        let scores = flat.metric().compare(a.score, b.score);
        scores.then(a.id.cmp(&b.id)).is_lt()
    };
    assert!(found.windows(2).all(order), "{found:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn random_sequences((dim, metric, steps) in case()) {
        run(dim, metric, steps);
    }
}

/// Adding one at a time, through the growth of chunks, buckets and layers.
#[test]
fn single_items_make_a_graph_like_any_other() {
    const DIM: usize = 8;
    let index = new(DIM, Metric::Cosine);
    let vectors = values(1, 1500 * DIM);
    for (id, vector) in (0..).zip(vectors.chunks_exact(DIM)) {
        index.add(&[id], vector).unwrap();
    }
    let mut right = 0;
    for query in values(2, 50 * DIM).chunks_exact(DIM) {
        let params = SearchParams::top(10);
        let expected = index.search(query, &params, HnswEffort::Exact).unwrap();
        let found = walk(&index, query, &params, 64);
        right += found.iter().filter(|hit| expected.contains(hit)).count();
    }
    assert!(right >= 490, "{right} of 500");
}
