//! How many of the true neighbours are found, on fixed seeds.

use super::*;

const COUNT: usize = 4000;
const DIM: usize = 64;
const QUERIES: usize = 100;

/// 100 overlapping clusters in 16 true dimensions, spread over 64 with noise, of lengths that
/// differ by a factor of some ten.
fn law(seed: u64, count: usize) -> Vec<f32> {
    const TRUE_DIM: usize = 16;
    const CLUSTERS: usize = 100;
    let normals = |seed: u64, count: usize| -> Vec<f32> {
        // Sums of 12 uniform values: nearly normal, of deviation 2.
        let uniform = values(seed, count * 12);
        let sums = uniform
            .chunks_exact(12)
            .map(|values| values.iter().sum::<f32>());
        sums.map(|sum| sum / 2.0).collect()
    };
    let (centres, spread) = (normals(1, CLUSTERS * TRUE_DIM), normals(2, TRUE_DIM * DIM));
    let (inner, noise) = (
        normals(seed, count * TRUE_DIM),
        normals(seed + 1, count * DIM),
    );
    let lengths = normals(seed + 2, count);
    let mut vectors = noise;
    for (index, vector) in vectors.chunks_exact_mut(DIM).enumerate() {
        let cluster = random::mix(seed << 32 | index as u64) as usize % CLUSTERS;
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

/// Share of the true best that is found, by score: of equal ones, any will do.
fn recall(
    index: &HnswIndex,
    flat: &FlatIndex,
    params: &SearchParams<'_>,
    effort: HnswEffort,
) -> f64 {
    let (mut right, mut total) = (0, 0);
    for query in law(900, QUERIES).chunks_exact(DIM) {
        let expected = flat.search(query, params).unwrap();
        let found = index.search(query, params, effort).unwrap();
        assert_eq!(found.len(), expected.len());
        let scores = flat.scores(query, &found.iter().map(|hit| hit.id).collect::<Vec<_>>());
        let bits = |score: f32| score.to_bits();
        assert!(
            found
                .iter()
                .map(|hit| Some(bits(hit.score)))
                .eq(scores.unwrap().into_iter().map(|score| score.map(bits)))
        );
        right += found.iter().filter(|hit| expected.contains(hit)).count();
        total += expected.len();
    }
    right as f64 / total as f64
}

#[test]
fn most_true_neighbours_are_found_for_every_metric_and_filter() {
    for metric in METRICS {
        let (index, flat) = both(DIM, metric, &law(100, COUNT));
        for (candidates, floor) in [(32, 0.95), (64, 0.985), (128, 0.995)] {
            let effort = HnswEffort::Candidates(candidates);
            let found = recall(&index, &flat, &SearchParams::top(10), effort);
            println!("{metric} {candidates}: {found:.4}");
            assert!(found >= floor, "{metric} {candidates}: {found}");
        }
        let usual = recall(&index, &flat, &SearchParams::top(10), HnswEffort::Usual);
        for share in [2, 10, 100, 1000] {
            let matching = (0..COUNT as u64).filter(|id| random::mix(*id).is_multiple_of(share));
            let filter = Filter::from_ids(matching.chain([COUNT as u64 + 5]));
            let params = SearchParams {
                filter: Some(&filter),
                ..SearchParams::top(10)
            };
            for effort in [HnswEffort::Usual, HnswEffort::Candidates(16)] {
                let found = recall(&index, &flat, &params, effort);
                println!("{metric} 1/{share} {effort:?}: {found:.4}");
                assert!(
                    found >= usual - 0.005 || effort != HnswEffort::Usual,
                    "{metric} 1/{share}: {found}"
                );
                assert!(found >= 0.9, "{metric} 1/{share}: {found}");
            }
        }
    }
}

/// Items that match lie all on the far side: the walk meets none of them.
#[test]
fn filters_far_from_the_query_still_fill_the_answer() {
    let metric = Metric::L2;
    let (index, flat) = both(DIM, metric, &law(100, COUNT));
    for query in law(900, 5).chunks_exact(DIM) {
        let farthest = flat.search(query, &SearchParams::top(COUNT)).unwrap();
        let farthest = farthest[COUNT / 2..].iter().map(|hit| hit.id);
        let filter = Filter::from_ids(farthest);
        let params = SearchParams {
            filter: Some(&filter),
            ..SearchParams::top(10)
        };
        let found = index
            .search(query, &params, HnswEffort::Candidates(16))
            .unwrap();
        assert_eq!(found, flat.search(query, &params).unwrap());
    }
}

/// Vectors that all point nearly the same way, as those of many encoders do: what they have in
/// common takes most of a code's range.
#[test]
fn a_common_offset_costs_little_recall() {
    for metric in METRICS {
        for offset in [10.0, 100.0] {
            let mut vectors = law(100, COUNT);
            vectors.iter_mut().for_each(|value| *value += offset);
            let (index, flat) = both(DIM, metric, &vectors);
            let (mut right, params) = (0, SearchParams::top(10));
            for query in law(900, QUERIES).chunks_exact(DIM) {
                let query: Vec<f32> = query.iter().map(|value| value + offset).collect();
                let expected = flat.search(&query, &params).unwrap();
                let found = index.search(&query, &params, HnswEffort::Usual).unwrap();
                right += found.iter().filter(|hit| expected.contains(hit)).count();
            }
            println!("{metric} at {offset}: {right} of {}", QUERIES * 10);
            assert!(right >= QUERIES * 99 / 10, "{metric} at {offset}: {right}");
        }
    }
}

/// A fifth of the items removed and a fifth replaced, one call after another.
#[test]
fn removed_and_replaced_items_cost_no_recall() {
    for metric in METRICS {
        let (index, flat) = both(DIM, metric, &law(100, COUNT));
        let replaced: Vec<u64> = (0..COUNT as u64).filter(|id| id % 5 == 1).collect();
        let vectors = law(500, replaced.len());
        for (ids, vectors) in replaced.chunks(97).zip(vectors.chunks(97 * DIM)) {
            index.add(ids, vectors).unwrap();
            flat.add(ids, vectors).unwrap();
            let gone: Vec<u64> = ids.iter().map(|id| id + 1).collect();
            assert_eq!(index.remove(&gone), gone.len());
            flat.remove(&gone);
        }
        assert_eq!(index.len(), flat.len());
        assert!(index.stats().rebuild_pays());
        let found = recall(
            &index,
            &flat,
            &SearchParams::top(10),
            HnswEffort::Candidates(64),
        );
        println!("{metric}: {found:.4}");
        assert!(found >= 0.985, "{metric}: {found}");
    }
}
