//! Searches and rebuilds while items come and go: each sees the index as it was at one moment, and
//! nothing gets lost.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::thread;

use super::*;

/// Always there: its vector says which write was the last.
const CLOCK: u64 = u64::MAX;

/// Items written in one step, as pairs with one vector.
const STEP_ITEMS: u64 = 100;

/// Step n adds items `n * 100 ..`, removes every other pair of step n - 2, and replaces the rest of
/// step n - 1 and the clock, all with vectors that say n. A search must never see a pair torn, an
/// item twice, or a state older than the last finished step.
fn whole_writes_only(metric: Metric, kind: IndexKind, plan: Plan, steps: u64) {
    let index = new(2, metric, kind);
    index.add(&[CLOCK], &[0.0, 1.0]).unwrap();
    let finished = AtomicU64::new(0);
    thread::scope(|scope| {
        scope.spawn(|| write(&index, &finished, steps));
        scope.spawn(|| {
            while finished.load(SeqCst) < steps {
                index.rebuild_as(plan).unwrap();
            }
        });
        scope.spawn(|| {
            while finished.load(SeqCst) < steps {
                search(&index, &finished);
            }
            search(&index, &finished);
        });
    });
    let pairs_left = STEP_ITEMS / 2 * steps - STEP_ITEMS / 4 * (steps - 2);
    assert_eq!(index.len() as u64, 2 * pairs_left + 1);
}

#[test]
fn searches_see_whole_writes_only() {
    for metric in [Metric::InnerProduct, Metric::L2] {
        for (kind, plan) in kinds() {
            let steps = match kind {
                // 10,000 items in all.
                IndexKind::Flat if metric == Metric::L2 => 100,
                _ => 12,
            };
            whole_writes_only(metric, kind, plan, steps);
        }
    }
}

fn write(index: &Index, finished: &AtomicU64, steps: u64) {
    for step in 1..=steps {
        let first = step * STEP_ITEMS;
        if let Some(older) = step.checked_sub(2).filter(|&older| older > 0) {
            let gone: Vec<u64> = (0..STEP_ITEMS)
                .filter(|item| item / 2 % 2 == 0)
                .map(|item| older * STEP_ITEMS + item)
                .collect();
            assert_eq!(index.remove(&gone), gone.len());
        }
        let replaced = (first - STEP_ITEMS..first).filter(|_| step > 1);
        let ids: Vec<u64> = replaced
            .chain(first..first + STEP_ITEMS)
            .chain([CLOCK])
            .collect();
        let vectors: Vec<f32> = ids.iter().flat_map(|_| [step as f32, 1.0]).collect();
        index.add(&ids, &vectors).unwrap();
        finished.store(step, SeqCst);
    }
}

fn search(index: &Index, finished: &AtomicU64) {
    let before = finished.load(SeqCst);
    // Scores are the step that wrote the vector: as inner product and as distance from (0, 1).
    let query = match index.metric() {
        Metric::L2 => [0.0, 1.0],
        _ => [1.0, 0.0],
    };
    let all = SearchParams::top(usize::MAX);
    let hits = index.search(&query, &all).unwrap();
    let steps: HashMap<u64, f32> = hits.iter().map(|hit| (hit.id, hit.score)).collect();
    assert_eq!(steps.len(), hits.len(), "an item was found twice");
    let clock = steps[&CLOCK];
    assert!(
        clock >= before as f32,
        "step {before} had finished, step {clock} was seen"
    );
    for (&id, &step) in steps.iter().filter(|(id, _)| **id != CLOCK) {
        let other = steps.get(&(id ^ 1));
        assert_eq!(other, Some(&step), "one of a pair, {id}, in step {clock}");
        // Written by its own step, and once more by the next.
        let own = (id / STEP_ITEMS) as f32;
        assert_eq!(step, clock.min(own + 1.0), "{id} in step {clock}");
    }
    // Through lists or graph, whatever is being written meanwhile.
    let effort = Effort {
        nprobe: Some(1),
        ef_search: Some(16),
        exact: false,
    };
    let params = SearchParams {
        effort,
        ..SearchParams::top(3)
    };
    let found = index.search(&query, &params).unwrap();
    assert!(found.len() == 3 || before == 0, "{found:?}");
    let ahead = |pair: &[Hit]| index.metric().compare(pair[0].score, pair[1].score);
    assert!(found.windows(2).all(|pair| ahead(pair).is_le()));
}

/// What a rebuild started from is not what it ends with: items were added, replaced and removed,
/// now and then all of them.
#[test]
fn rebuilds_lose_nothing_and_bring_nothing_back() {
    const DIM: usize = 3;
    const STEPS: u64 = 150;
    for (metric, (kind, plan)) in METRICS.into_iter().cycle().zip(kinds()) {
        let index = new(DIM, metric, kind);
        let mut model = Model::new();
        let is_over = AtomicBool::new(false);
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    while !is_over.load(SeqCst) {
                        index.rebuild_as(plan).unwrap();
                        thread::yield_now();
                    }
                });
            }
            for step in 0..STEPS {
                let ids: Vec<u64> = (0..20).map(|item| mix(step * 20 + item) % 200).collect();
                let vectors: Vec<f32> = values(step, ids.len() * DIM)
                    .iter()
                    .map(|value| (value * 5.0).round())
                    .collect();
                index.add(&ids, &vectors).unwrap();
                model.extend((ids.iter().copied()).zip(vectors.chunks(DIM).map(<[f32]>::to_vec)));
                let gone: Vec<u64> = match step % 25 {
                    24 => (0..200).collect(),
                    _ => (0..15).map(|item| mix(item << 32 | step) % 200).collect(),
                };
                let removed = gone.iter().filter(|id| model.remove(id).is_some()).count();
                assert_eq!(index.remove(&gone), removed, "{metric} {kind}, step {step}");
                assert_eq!(index.len(), model.len(), "{metric} {kind}, step {step}");
            }
            is_over.store(true, SeqCst);
        });
        for index in [&index, &index.fork()] {
            for id in 0..200 {
                assert_eq!(index.vector(id).unwrap(), model.get(&id).cloned());
            }
            for query in [[0.0; DIM], [1.0, -2.0, 3.0]] {
                for k in [5, usize::MAX] {
                    let params = SearchParams {
                        effort: Effort::EXACT,
                        ..SearchParams::top(k)
                    };
                    let hits = index.search(&query, &params).unwrap();
                    check_hits(metric, &model, &query, &params, &hits);
                }
            }
        }
    }
}

/// An index and its fork share what was there and nothing that comes later.
#[test]
fn forks_go_their_own_ways() {
    for (kind, plan) in kinds() {
        let index = new(2, Metric::L2, kind);
        let ids: Vec<u64> = (0..100).collect();
        index.add(&ids, &values(1, 200)).unwrap();
        index.rebuild_as(plan).unwrap();
        let fork = index.fork();
        fork.remove(&ids[..50]);
        fork.add(&[200], &[0.0, 0.0]).unwrap();
        index.add(&[300], &[1.0, 1.0]).unwrap();
        fork.rebuild_as(plan).unwrap();
        assert_eq!((index.len(), fork.len()), (101, 51));
        assert_eq!((index.contains(200), fork.contains(300)), (false, false));
        let found = index.search(&[1.0, 1.0], &SearchParams::top(1)).unwrap();
        assert_eq!(found[0].id, 300);
    }
}
