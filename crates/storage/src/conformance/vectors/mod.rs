//! What a vector store must do, written against the trait alone and compared with a plain model.
//!
//! Most of it is one random sequence: items come, go, get other embeddings; the store is closed
//! and opened; and after every step a search of some kind is compared with scores of every item
//! computed one by one. Vectors are multiples of a quarter, so that equal scores are frequent and
//! inner products and distances have no rounding of their own.

mod model;
mod random;
mod world;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use lookalike_catalog::Catalog;
use lookalike_index::{Effort, IndexKind, Metric};

use self::model::{Model, Narrowed};
use self::random::Random;
use self::world::World;
use crate::vectors::{FrontPages, MOST_HITS, Scope, VectorError, VectorQuery, VectorStore};
use crate::{Hit, Upkeep};

/// Opens the store of a data directory; over the same directory again, what was kept is there.
pub type OpenVectors<'a> = dyn Fn(Arc<Catalog>, &Path, Upkeep) -> Box<dyn VectorStore> + Sync + 'a;

/// Items after which every kind of index has been given something to build.
const MANY: u32 = 2_500;

/// Steps of the random sequence.
const STEPS: u32 = 60;

/// Runs the suite on collections of one index kind and metric.
///
/// # Panics
/// Where the store differs from what [`VectorStore`] promises.
pub fn vector_store(kind: IndexKind, metric: Metric, open: &OpenVectors<'_>) {
    let world = |name: &str| World::new(name, kind, metric, open);
    empty(&mut world("empty"));
    whatever_happens(&mut world("sequence"));
    many_items(&mut world("many"));
    refusals(&mut world("refusals"));
    dropped(&mut world("dropped"));
    searches_beside_a_writer(&mut world("concurrent"));
}

/// A collection without items.
fn empty(world: &mut World<'_>) {
    world.check(&mut Random::new(1));
    for work in [VectorStore::settle, VectorStore::rebuild] {
        work(world.owner(), &world.collection).expect("an empty collection has an index");
    }
    world.check(&mut Random::new(2));
    assert_eq!(world.state().vectors, 0);
}

/// Every answer, after every step of a random sequence.
fn whatever_happens(world: &mut World<'_>) {
    let random = &mut Random::new(3);
    for step in 0..STEPS {
        match random.below(16) {
            0..=5 => {
                let count = 1 + random.below(12);
                world.add(random, count);
            }
            6..=8 => world.remove(random),
            9 | 10 => world.replace(random),
            11 => world.add_copy(random),
            12 => world.reopen(),
            13 => world.settle(),
            14 => world.rebuild(),
            _ => {}
        }
        world.check(random);
        assert_eq!(world.state().vectors, world.model.rows(), "step {step}");
    }
}

/// Lists and graphs are there, and left behind by what happens next.
fn many_items(world: &mut World<'_>) {
    let random = &mut Random::new(4);
    world.add(random, MANY);
    world.check(random);
    for work in [World::settle, World::rebuild, World::reopen] {
        work(world);
        world.check(random);
    }
    let recall = recall(world, random);
    assert!(recall > 0.9, "found {recall} of the ten nearest");
    world.remove(random);
    world.replace(random);
    world.add(random, 100);
    world.check(random);
    world.reopen();
    world.check(random);
}

/// The part of the ten best that a search without further wishes finds.
fn recall(world: &World<'_>, random: &mut Random) -> f64 {
    let (queries, k) = (20, 10);
    let found: usize = (0..queries)
        .map(|_| {
            let query = random.vector();
            let scope = Scope::default();
            let wanted = VectorQuery {
                k,
                scope,
                effort: Effort::default(),
            };
            let hits = world.search(world.owner(), &query, &wanted);
            world.model.count_best(&query, k, &hits)
        })
        .sum();
    found as f64 / (queries * k) as f64
}

/// What no store takes, and what every store takes.
fn refusals(world: &mut World<'_>) {
    let random = &mut Random::new(5);
    world.add(random, 20);
    let good = random.vector();
    let ask = |query: &[f32], k, threshold| {
        let scope = Scope {
            threshold,
            ..Scope::default()
        };
        let wanted = VectorQuery {
            k,
            scope,
            effort: Effort::EXACT,
        };
        let queries = [good.clone(), query.to_vec()];
        world.owner().search(&world.collection, &queries, &wanted)
    };
    let hits = ask(&good, MOST_HITS, None).expect("the bound itself is allowed");
    assert_eq!(hits[1].len() as u64, world.model.sheets());
    let error = ask(&good, MOST_HITS + 1, None).expect_err("more than the bound is refused");
    assert!(matches!(error, VectorError::TooManyHits { .. }), "{error}");
    let long = [&good[..], &[1.0]].concat();
    let mut infinite = good.clone();
    infinite[3] = f32::INFINITY;
    for query in [&good[1..], &long, &[], &infinite] {
        let error = ask(query, 3, None).expect_err("no such query");
        assert!(matches!(error, VectorError::Index(_)), "{error}");
        let each = world
            .owner()
            .each_hit(&world.collection, query, &Scope::default(), &mut |_| {
                panic!("a refused query has no hits")
            });
        assert!(matches!(each, Err(VectorError::Index(_))), "{each:?}");
        let scores = world.owner().scores(&world.collection, query, &[1]);
        assert!(matches!(scores, Err(VectorError::Index(_))), "{scores:?}");
    }
    let error = ask(&good, 3, Some(f32::NAN)).expect_err("NaN is not a threshold");
    assert!(matches!(error, VectorError::Index(_)), "{error}");
    let hits = ask(&good, 0, None).expect("no hits may be asked for");
    assert_eq!(hits, [Vec::<Hit>::new(), Vec::new()]);
}

/// Forgetting can be repeated, leaves other collections alone, and the name can be used again.
fn dropped(world: &mut World<'_>) {
    let random = &mut Random::new(6);
    world.add(random, 30);
    world.settle();
    let other = world.other("other");
    let theirs = world.add_to(&other, random);
    world.drop_collection();
    let dropped = world.catalog.dropped_collections();
    let dropped = dropped.expect("the catalogue can be read");
    let [gone] = &dropped[..] else {
        panic!("one collection was dropped: {dropped:?}")
    };
    for attempt in 0..3 {
        let forgotten = world.owner().forget(gone);
        forgotten.unwrap_or_else(|error| panic!("attempt {attempt}: {error}"));
    }
    let forget = |tx: &lookalike_catalog::WriteTransaction<'_>| tx.forget_dropped(gone);
    world.catalog.write(0, forget).expect("can be written");
    let left = world.catalog.dropped_collections();
    assert_eq!(left.expect("the catalogue can be read"), []);
    world.create_again();
    for _ in 0..2 {
        assert_eq!(world.state().vectors, 0, "nothing of the dropped one");
        world.check(random);
        let query = random.vector();
        let scores = world.owner().scores(&other, &query, &[theirs]);
        assert!(scores.expect("is there")[0].is_some());
        world.reopen();
    }
    world.add(random, 10);
    world.check(random);
}

/// A search sees all that was committed before it began, and nothing half.
fn searches_beside_a_writer(world: &mut World<'_>) {
    const COMMITS: usize = 15;
    const ITEMS_A_COMMIT: usize = 8;
    let committed = AtomicUsize::new(0);
    let commits: Vec<_> = (0..COMMITS)
        .map(|number| world.prepared(&mut Random::new(100 + number as u64), ITEMS_A_COMMIT))
        .collect();
    let query = Random::new(7).vector();
    let (world, committed) = (&*world, &committed);
    thread::scope(|scope| {
        for store in [world.owner(), world.reader()] {
            let query = &query;
            scope.spawn(move || {
                while committed.load(Ordering::Acquire) < COMMITS {
                    let before = committed.load(Ordering::Acquire);
                    let mut found = 0;
                    let scope = Scope {
                        front_pages: FrontPages::Included,
                        ..Scope::default()
                    };
                    let searched =
                        store.each_hit(&world.collection, query, &scope, &mut |_| found += 1);
                    searched.expect("a store that works can be searched");
                    let after = committed.load(Ordering::Acquire) + 1;
                    assert!(
                        found % ITEMS_A_COMMIT == 0
                            && (before..=after).contains(&(found / ITEMS_A_COMMIT)),
                        "{found} items, between {before} and {after} commits of {ITEMS_A_COMMIT}"
                    );
                }
            });
        }
        for commit in &commits {
            world.commit(commit);
            committed.fetch_add(1, Ordering::AcqRel);
        }
    });
    let rows: usize = commits
        .iter()
        .flatten()
        .map(|item| item.figures.len())
        .sum();
    assert_eq!(world.state().vectors, rows as u64);
}

/// What is checked of one query.
fn check_query(
    model: &Model,
    query: &[f32],
    narrowed: &Narrowed,
    scope: &Scope<'_>,
    k: usize,
    hits: &[Hit],
) {
    let expected = model.best(query, narrowed, scope);
    model.assert_best(query, &expected, k, hits);
}
