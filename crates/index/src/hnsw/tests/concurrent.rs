//! Searches while items come and go: each sees the index as it was at one moment.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::thread;

use super::*;

/// Always there: its vector says which write was the last.
const CLOCK: u64 = u64::MAX;

const STEPS: u64 = 60;

/// Items written in one step, as pairs with one vector.
const STEP_ITEMS: u64 = 40;

/// Step n adds items, removes every other pair of step n - 2, and replaces the rest of step
/// n - 1 and the clock, all with vectors that say n. A search must never see a pair torn, an
/// item twice, or a state older than the last finished step.
#[test]
fn searches_see_whole_writes_only() {
    let index = new(2, Metric::InnerProduct);
    index.add(&[CLOCK], &[0.0, 1.0]).unwrap();
    let finished = AtomicU64::new(0);
    thread::scope(|scope| {
        scope.spawn(|| write(&index, &finished));
        for _ in 0..2 {
            scope.spawn(|| {
                while finished.load(SeqCst) < STEPS {
                    search(&index, &finished);
                }
                search(&index, &finished);
            });
        }
    });
    let pairs_left = STEP_ITEMS / 2 * STEPS - STEP_ITEMS / 4 * (STEPS - 2);
    assert_eq!(index.len() as u64, 2 * pairs_left + 1);
}

fn write(index: &HnswIndex, finished: &AtomicU64) {
    for step in 1..=STEPS {
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

fn search(index: &HnswIndex, finished: &AtomicU64) {
    let before = finished.load(SeqCst);
    let all = SearchParams::top(usize::MAX);
    let hits = index.search(&[1.0, 0.0], &all, HnswEffort::Usual).unwrap();
    let steps: HashMap<u64, f32> = hits.iter().map(|hit| (hit.id, hit.score)).collect();
    assert_eq!(steps.len(), hits.len(), "an item was found twice");
    let clock = steps[&CLOCK];
    assert!(
        clock >= before as f32,
        "step {before} had finished, step {clock} was seen"
    );
    for (&id, &step) in steps.iter().filter(|(id, _)| **id != CLOCK) {
        assert_eq!(steps.get(&(id ^ 1)), Some(&step), "one of a pair, {id}");
        // Written by its own step, and once more by the next.
        let own = (id / STEP_ITEMS) as f32;
        assert_eq!(step, clock.min(own + 1.0), "{id} in step {clock}");
    }
    // A walk over the same graph, whatever is being written meanwhile.
    let best = walk(index, &[1.0, 0.0], &SearchParams::top(1), 16);
    assert!(best.iter().all(|hit| hit.score >= before as f32 - 1.0));
}
