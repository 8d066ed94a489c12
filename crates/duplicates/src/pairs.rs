//! Pairs of contents that are near each other, found by searching for each.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use lookalike_catalog::{ContentEmbedding, Revision};
use lookalike_storage::{Effort, Hit, Scope, VectorQuery};
use lookalike_work::Cancel;

use crate::checked::Checked;
use lookalike_engine::{EngineError, ErrorKind, Stores};

/// Queries searched together. More share the passes over a flat index better, up to its blocks.
const QUERIES_AT_ONCE: usize = 1024;

/// Neighbours asked for first, and at most when that is not all of them.
const NEIGHBOURS: usize = 32;
const NEIGHBOURS_MAX: usize = 1000;

/// Pairs kept, of 24 bytes each: beyond, the threshold is too low for a useful answer.
const PAIRS_MAX: usize = 5_000_000;

/// Contents of a collection that are near each other.
#[derive(Debug)]
pub struct Pairs {
    pub(crate) request: Checked,
    /// The state of the collection that was searched.
    pub(crate) revision: Revision,
    /// Each once, the lower content first.
    pub(crate) near: Vec<Pair>,
    /// Whether there were no more than could be found and kept.
    pub(crate) is_complete: bool,
}

/// Two contents and how near they are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pair {
    pub(crate) a: u64,
    pub(crate) b: u64,
    /// By the collection's metric.
    pub(crate) score: f32,
}

impl Pairs {
    /// Whether there were no more pairs than are kept, 5 million, nor more neighbours of a picture than
    /// are looked at, 1,000.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.is_complete
    }
}

/// How far a search for pairs is, and a way to stop it. Shared by reference.
#[derive(Debug, Default)]
pub struct SearchProgress {
    done: AtomicU64,
    total: AtomicU64,
    /// Stops it.
    pub cancel: Cancel,
}

impl SearchProgress {
    /// Items looked at, and items there are.
    #[must_use]
    pub fn counts(&self) -> (u64, u64) {
        let total = self.total.load(Ordering::Relaxed);
        (self.done.load(Ordering::Relaxed).min(total), total)
    }
}

/// Finds the pairs of a collection. Cost: a search for each item, over all of rayon's threads.
///
/// # Errors
/// The search was cancelled, or catalogue or index can't be read.
pub(crate) fn find_pairs(
    stores: &Stores,
    request: Checked,
    progress: &SearchProgress,
) -> Result<Pairs, EngineError> {
    // Asked before the items are: what comes meanwhile is looked for again.
    let revision = stores.catalog().revision(&request.collection)?;
    let total = stores.catalog().count_items(&request.collection)?;
    progress.total.store(total, Ordering::Relaxed);
    let mut found = Found {
        near: Vec::new(),
        is_complete: true,
    };
    let mut after = None;
    loop {
        if progress.cancel.is_cancelled() {
            return Err(EngineError::new(
                ErrorKind::Conflict,
                "the search for duplicates was cancelled",
            ));
        }
        let items =
            stores
                .catalog()
                .embeddings_after(&request.collection, after, QUERIES_AT_ONCE)?;
        let Some(last) = items.last() else { break };
        after = Some((last.item_id, last.figure_index));
        let read = items.len() as u64;
        look_up(stores, &request, items, &mut found)?;
        progress.done.fetch_add(read, Ordering::Relaxed);
    }
    found.tidy(&request);
    Ok(Pairs {
        request,
        revision,
        near: found.near,
        is_complete: found.is_complete,
    })
}

/// Adds what is near these items.
fn look_up(
    stores: &Stores,
    request: &Checked,
    mut items: Vec<ContentEmbedding>,
    found: &mut Found,
) -> Result<(), EngineError> {
    items.retain(|item| !item.front_page);
    let queries = items
        .iter_mut()
        .map(|item| std::mem::take(&mut item.vector))
        .collect::<Vec<_>>();
    let hits = neighbours(stores, request, &queries)?;
    found.is_complete &= hits.iter().all(|hits| hits.len() < NEIGHBOURS_MAX);
    let mut ids: Vec<u64> = hits.iter().flatten().map(|hit| hit.item_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let contents = stores.catalog().contents_of_items(&ids)?;
    let of_item = |item: &ContentEmbedding| (item.content_id, item.patent_id.clone());
    for (item, hits) in items.iter().zip(hits) {
        let (own, patent) = of_item(item);
        let near = hits.iter().filter_map(|hit| {
            let (other, other_patent) = contents.get(&hit.item_id)?;
            let allowed = request.allows(patent.as_deref(), other_patent.as_deref());
            let counts = *other != own && allowed;
            counts.then(|| Pair {
                a: own.min(*other),
                b: own.max(*other),
                score: hit.score,
            })
        });
        found.near.extend(near);
    }
    if found.near.len() > 2 * PAIRS_MAX {
        found.tidy(request);
    }
    Ok(())
}

/// All that reach the threshold, for each query, but [`NEIGHBOURS_MAX`] at most.
fn neighbours(
    stores: &Stores,
    request: &Checked,
    queries: &[Vec<f32>],
) -> Result<Vec<Vec<Hit>>, EngineError> {
    let search = |queries: &[Vec<f32>], k| {
        let wanted = VectorQuery {
            k,
            scope: Scope {
                threshold: Some(request.threshold),
                ..Scope::default()
            },
            effort: Effort::default(),
        };
        stores
            .vectors()
            .search(&request.collection, queries, &wanted)
    };
    let mut hits = search(queries, NEIGHBOURS)?;
    let full: Vec<usize> = (0..hits.len())
        .filter(|&place| hits[place].len() == NEIGHBOURS)
        .collect();
    if !full.is_empty() {
        let crowded: Vec<Vec<f32>> = full.iter().map(|&place| queries[place].clone()).collect();
        for (place, more) in full.into_iter().zip(search(&crowded, NEIGHBOURS_MAX)?) {
            hits[place] = more;
        }
    }
    Ok(hits)
}

struct Found {
    near: Vec<Pair>,
    is_complete: bool,
}

impl Found {
    /// Keeps each pair once, with its better score, and the best if there are too many.
    fn tidy(&mut self, request: &Checked) {
        let metric = request.metric;
        let by_score = |one: &Pair, other: &Pair| metric.compare(one.score, other.score);
        self.near
            .sort_unstable_by(|x, y| (x.a, x.b).cmp(&(y.a, y.b)).then(by_score(x, y)));
        self.near.dedup_by_key(|pair| (pair.a, pair.b));
        if self.near.len() > PAIRS_MAX {
            self.near.sort_unstable_by(by_score);
            self.near.truncate(PAIRS_MAX);
            self.is_complete = false;
        }
    }
}

/// The neighbours of each content.
pub(crate) fn adjacency(near: &[Pair]) -> HashMap<u64, Vec<(u64, f32)>> {
    let mut neighbours: HashMap<u64, Vec<(u64, f32)>> = HashMap::new();
    for pair in near {
        neighbours
            .entry(pair.a)
            .or_default()
            .push((pair.b, pair.score));
        neighbours
            .entry(pair.b)
            .or_default()
            .push((pair.a, pair.score));
    }
    neighbours
}
