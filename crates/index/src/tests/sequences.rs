//! Random sequences of writes, rebuilds, reopening and searches of every shape.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

#[derive(Clone, Debug)]
enum Step {
    Add(Vec<(u64, Vec<f32>)>),
    Remove(Vec<u64>),
    Rebuild,
    Reopen,
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
    let k = prop_oneof![0..12_usize, Just(70), Just(usize::MAX)];
    let filter = prop::option::of(vec(id(), 0..60));
    let threshold = prop::option::of((-10..=10_i8).prop_map(|value| f32::from(value) / 4.0));
    let search = (vec(vector(dim), 0..6), k, filter, threshold);
    prop_oneof![
        6 => vec((id(), vector(dim)), 0..40).prop_map(Step::Add),
        2 => vec(id(), 0..30).prop_map(Step::Remove),
        2 => Just(Step::Rebuild),
        1 => Just(Step::Reopen),
        8 => search.prop_map(|(queries, k, filter, threshold)| Step::Search {
            queries, k, filter, threshold
        }),
    ]
}

fn case() -> impl Strategy<Value = (usize, Metric, usize, Vec<Step>)> {
    let dims = select(vec![1, 2, 3, 8, 17, 65]);
    (dims, select(METRICS.to_vec()), 0..kinds().len()).prop_flat_map(|(dim, metric, kind)| {
        (Just(dim), Just(metric), Just(kind), vec(step(dim), 1..40))
    })
}

fn run(dim: usize, metric: Metric, kind: usize, steps: Vec<Step>) {
    let (kind, plan) = kinds()[kind];
    let folder = tempfile::tempdir().unwrap();
    let mut index = new(dim, metric, kind);
    let mut model = Model::new();
    for (number, step) in steps.into_iter().enumerate() {
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
            Step::Rebuild => {
                let plan = match plan {
                    Plan::Lists(nlist) if model.len() < nlist => Plan::Plain,
                    plan => plan,
                };
                index.rebuild_as(plan).unwrap();
                assert_eq!(index.stats().removed, 0);
            }
            Step::Reopen => {
                let file = folder.path().join(number.to_string());
                let tag = [1, 2, 3, number as u64];
                index.save(&file, &tag).unwrap();
                let (opened, found) = Index::open(&file).unwrap();
                assert_eq!((found, opened.stats().len), (tag, index.len()));
                index = opened;
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
                    effort: Effort::EXACT,
                };
                search(&index, &model, &queries, &params);
            }
        }
        assert_eq!(
            (index.len(), index.is_empty()),
            (model.len(), model.is_empty())
        );
    }
    for id in (0..80).chain((1 << 52)..(1 << 52) + 20) {
        assert_eq!(index.contains(id), model.contains_key(&id));
        assert_eq!(index.vector(id).unwrap(), model.get(&id).cloned());
    }
}

fn search(index: &Index, model: &Model, queries: &[Vec<f32>], params: &SearchParams<'_>) {
    let metric = index.metric();
    let batch = index.search_batch(&queries.concat(), params).unwrap();
    assert_eq!(batch.len(), queries.len());
    for (query, hits) in queries.iter().zip(batch) {
        check_hits(metric, model, query, params, &hits);
        assert_eq!(index.search(query, params).unwrap(), hits);
        let ids: Vec<u64> = hits.iter().map(|hit| hit.id).collect();
        let scores = hits.iter().map(|hit| Some(hit.score)).collect::<Vec<_>>();
        assert_eq!(scores_of(index, query, &ids).unwrap(), scores);
        check_approximate(index, query, params);
    }
}

/// Whatever the effort, hits match, have their right scores and order, and are as many as there
/// are, but for those that a threshold cuts off.
fn check_approximate(index: &Index, query: &[f32], params: &SearchParams<'_>) {
    let all = SearchParams {
        k: usize::MAX,
        ..*params
    };
    let all = index.search(query, &all).unwrap();
    for (nprobe, ef_search) in [(None, None), (Some(1), Some(1)), (Some(3), Some(20))] {
        let effort = Effort {
            nprobe,
            ef_search,
            exact: false,
        };
        let found = index
            .search(query, &SearchParams { effort, ..*params })
            .unwrap();
        assert!(found.iter().all(|hit| all.contains(hit)));
        let in_order = |pair: &[Hit]| {
            let scores = index.metric().compare(pair[0].score, pair[1].score);
            scores.then(pair[0].id.cmp(&pair[1].id)).is_lt()
        };
        assert!(found.windows(2).all(in_order), "{found:?}");
        if params.threshold.is_none() {
            assert_eq!(found.len(), all.len().min(params.k));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn random_sequences((dim, metric, kind, steps) in case()) {
        run(dim, metric, kind, steps);
    }
}
