//! How many of the true neighbours are found, on fixed seeds.
//!
//! Indexes are small, and efforts with them, so that searches do not turn to a scan where a walk or
//! lists are to be measured.

use super::*;

const COUNT: usize = 3200;
const DIM: usize = 64;
const QUERIES: usize = 50;

/// Lists: about as many as the root of the items.
const NLIST: usize = 64;

/// 100 overlapping clusters in 16 true dimensions, spread over 64 with noise, of lengths that
/// differ by a factor of some ten.
fn law(seed: u64, count: usize) -> Vec<f32> {
    const TRUE_DIM: usize = 16;
    const CLUSTERS: usize = 100;
    let (centres, spread) = (normals(1, CLUSTERS * TRUE_DIM), normals(2, TRUE_DIM * DIM));
    let inner = normals(seed, count * TRUE_DIM);
    let lengths = normals(seed + 2, count);
    let mut vectors = normals(seed + 1, count * DIM);
    for (index, vector) in vectors.chunks_exact_mut(DIM).enumerate() {
        let cluster = mix(seed << 32 | index as u64) as usize % CLUSTERS;
        for (axis, spread) in spread.chunks_exact(DIM).enumerate() {
            let value = 0.8 * centres[cluster * TRUE_DIM + axis] + inner[index * TRUE_DIM + axis];
            for (sum, spread) in vector.iter_mut().zip(spread) {
                *sum += value * spread;
            }
        }
        let scale = (0.4 * lengths[index]).exp();
        vector.iter_mut().for_each(|value| *value *= scale);
    }
    vectors
}

/// An index of each kind that is not exact, with what was built.
fn built(metric: Metric, kind: IndexKind, vectors: &[f32]) -> Index {
    let options = IndexOptions {
        nlist: Some(NLIST),
        ..IndexOptions::of(kind)
    };
    let index = Index::new(DIM, metric, options).unwrap();
    let ids: Vec<u64> = (0..).take(vectors.len() / DIM).collect();
    index.add(&ids, vectors).unwrap();
    assert!(index.rebuild_pays());
    index.rebuild().unwrap();
    assert!(!index.rebuild_pays());
    index
}

const APPROXIMATE: [IndexKind; 3] = [IndexKind::IvfFlat, IndexKind::IvfSq8, IndexKind::Hnsw];

/// Little effort, with which lists and graphs are compared.
fn effort(nprobe: usize, ef_search: usize) -> Effort {
    Effort {
        nprobe: Some(nprobe),
        ef_search: Some(ef_search),
        exact: false,
    }
}

/// What must be found at least, of that which was found when these were written.
struct Floors {
    little: f64,
    more: f64,
    usual: f64,
    /// With a filter and very little effort, where that still takes a walk or lists.
    filtered: f64,
}

fn floors(metric: Metric, kind: IndexKind) -> Floors {
    match (kind, metric) {
        (IndexKind::Hnsw, _) => Floors {
            little: 0.97,
            more: 0.99,
            usual: 0.995,
            filtered: 0.92,
        },
        // The best products lie with vectors that are long as well as near.
        (_, Metric::InnerProduct) => Floors {
            little: 0.78,
            more: 0.93,
            usual: 0.93,
            filtered: 0.55,
        },
        _ => Floors {
            little: 0.88,
            more: 0.98,
            usual: 0.98,
            filtered: 0.7,
        },
    }
}

/// Share of the true best that is found; what is found has its right score.
fn recall(index: &Index, queries: &[f32], params: &SearchParams<'_>) -> f64 {
    let (mut right, mut total) = (0, 0);
    let exact = SearchParams {
        effort: Effort::EXACT,
        ..*params
    };
    let expected = index.search_batch(queries, &exact).unwrap();
    for (query, expected) in queries.chunks_exact(DIM).zip(expected) {
        let found = index.search(query, params).unwrap();
        assert_eq!(found.len(), expected.len());
        let ids: Vec<u64> = found.iter().map(|hit| hit.id).collect();
        let scores = index.scores(query, &ids).unwrap();
        for (hit, score) in found.iter().zip(scores) {
            assert_eq!(
                score.map(|hit| hit.score.to_bits()),
                Some(hit.score.to_bits())
            );
        }
        right += found.iter().filter(|hit| expected.contains(hit)).count();
        total += expected.len();
    }
    right as f64 / total as f64
}

#[test]
fn lists_find_many_neighbours_as_well_as_few() {
    let (vectors, queries) = (law(100, COUNT), law(900, QUERIES));
    for kind in [IndexKind::IvfFlat, IndexKind::IvfSq8] {
        let index = built(Metric::Cosine, kind, &vectors);
        let found = recall(&index, &queries, &SearchParams::top(COUNT / 12));
        assert!(found >= 0.95, "{kind}: {found}");
    }
}

#[test]
fn most_true_neighbours_are_found_for_every_metric_and_filter() {
    let (vectors, queries) = (law(100, COUNT), law(900, QUERIES));
    for metric in METRICS {
        for kind in APPROXIMATE {
            let index = built(metric, kind, &vectors);
            let floors = floors(metric, kind);
            for (effort, floor) in [
                (effort(8, 32), floors.little),
                (effort(16, 64), floors.more),
                (Effort::default(), floors.usual),
            ] {
                let params = SearchParams {
                    effort,
                    ..SearchParams::top(10)
                };
                let found = recall(&index, &queries, &params);
                assert!(found >= floor, "{metric} {kind} {effort:?}: {found}");
            }
            for share in [2, 10, 100, 1000] {
                let matching = (0..COUNT as u64).filter(|id| mix(*id).is_multiple_of(share));
                let filter = Filter::from_ids(matching.chain([COUNT as u64 + 5]));
                for (effort, floor) in [(effort(2, 8), floors.filtered), (effort(16, 32), 0.97)] {
                    let params = SearchParams {
                        filter: Some(&filter),
                        effort,
                        ..SearchParams::top(5)
                    };
                    let found = recall(&index, &queries, &params);
                    let subject = format!("{metric} {kind}, 1 of {share}, {effort:?}");
                    assert!(found >= floor, "{subject}: {found}");
                }
            }
            replace_and_remove(&index);
            let params = SearchParams {
                effort: effort(16, 64),
                ..SearchParams::top(10)
            };
            let found = recall(&index, &queries, &params);
            assert!(found >= floors.more, "{metric} {kind}, changed: {found}");
        }
    }
}

/// A fifth of the items replaced and a fifth removed, one call after another.
fn replace_and_remove(index: &Index) {
    let replaced: Vec<u64> = (0..COUNT as u64).filter(|id| id % 5 == 1).collect();
    let vectors = law(500, replaced.len());
    for (ids, vectors) in replaced.chunks(97).zip(vectors.chunks(97 * DIM)) {
        index.add(ids, vectors).unwrap();
        let gone: Vec<u64> = ids.iter().map(|id| id + 1).collect();
        assert_eq!(index.remove(&gone), gone.len());
    }
    assert!(index.rebuild_pays());
}

/// Items that match lie all on the far side: what is near the query holds none of them.
#[test]
fn filters_far_from_the_query_still_fill_the_answer() {
    /// The least that anything is built for.
    const FEWER: usize = 2000;
    let vectors = law(100, FEWER);
    for kind in APPROXIMATE {
        let index = built(Metric::L2, kind, &vectors);
        for query in law(900, 4).chunks_exact(DIM) {
            let all = index.search(query, &SearchParams::top(FEWER)).unwrap();
            let filter = Filter::from_ids(all[FEWER / 2..].iter().map(|hit| hit.id));
            let params = SearchParams {
                filter: Some(&filter),
                effort: effort(1, 16),
                ..SearchParams::top(10)
            };
            let found = index.search(query, &params).unwrap();
            assert_eq!(found.len(), 10, "{kind}");
            assert!(found.iter().all(|hit| filter.contains(hit.id)), "{kind}");
        }
    }
}

/// Vectors that all point nearly the same way, as those of many encoders do.
#[test]
fn a_common_offset_costs_little_recall() {
    const OFFSET: f32 = 30.0;
    let shifted = |vectors: Vec<f32>| -> Vec<f32> {
        vectors.into_iter().map(|value| value + OFFSET).collect()
    };
    let (vectors, queries) = (shifted(law(100, COUNT)), shifted(law(900, QUERIES)));
    for metric in METRICS {
        for kind in [IndexKind::IvfSq8, IndexKind::Hnsw] {
            let index = built(metric, kind, &vectors);
            let params = SearchParams {
                effort: effort(16, 64),
                ..SearchParams::top(10)
            };
            let found = recall(&index, &queries, &params);
            let is_products_in_lists = metric == Metric::InnerProduct && kind != IndexKind::Hnsw;
            let floor = if is_products_in_lists { 0.87 } else { 0.985 };
            assert!(found >= floor, "{metric} {kind}: {found}");
        }
    }
}
