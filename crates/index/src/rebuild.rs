//! Rebuilding an index from its live rows, while searches and writes go on.

use crate::graph::{Graph, Scratches, link_new_rows};
use crate::lists::{self, Lists};
use crate::rows::Rows;
use crate::snapshot::{Snapshot, Structure};
use crate::{IndexKind, IndexOptions, Metric};

/// Values of all vectors up to which `auto` compares them all: 250,000 vectors of 384. On two
/// threads of a Sapphire Rapids 200,000 take 4.2 ms.
const AUTO_FLAT_VALUES: usize = 96_000_000;

/// Items from which lists or a graph are built: fewer are as quickly compared all.
const LEAST_STRUCTURED: usize = 2000;

/// Items put in place at a time.
const MOVED: usize = 4096;

/// Vectors that the centre is the mean of, at most.
const SETTLED_ON: usize = 1 << 16;

/// Fewer, and it does not stand for many more items.
const LEAST_SETTLED_ON: usize = 1000;

/// Removed rows, as a part of the live ones, from which on rebuilding pays: a fifth of all, from
/// where on a walk keeps a quarter more candidates.
const REMOVED_SHARE: usize = 4;

/// What leads to the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plan {
    Plain,
    Lists(usize),
    Graph,
}

impl Plan {
    /// What `options` ask for with this many items.
    pub(crate) fn of(options: &IndexOptions, dim: usize, items: usize) -> Self {
        let nlist = options.nlist.unwrap_or_else(|| usual_nlist(items));
        match options.kind {
            _ if items < LEAST_STRUCTURED => Self::Plain,
            IndexKind::Auto if items.saturating_mul(dim) <= AUTO_FLAT_VALUES => Self::Plain,
            IndexKind::Flat => Self::Plain,
            IndexKind::IvfFlat | IndexKind::IvfSq8 => Self::Lists(nlist.min(items)),
            IndexKind::Hnsw | IndexKind::Auto => Self::Graph,
        }
    }
}

/// Lists where their number is not given.
fn usual_nlist(items: usize) -> usize {
    match items {
        ..100_000 => 128,
        100_000..1_000_000 => 256,
        _ => 1024,
    }
}

/// Lists that a search looks at where their number is not given.
pub(crate) fn usual_nprobe(nlist: usize) -> usize {
    match nlist {
        ..256 => 16,
        256..1024 => 32,
        _ => 64,
    }
}

/// Whether searches would gain from a rebuild.
pub(crate) fn pays(snapshot: &Snapshot, options: &IndexOptions) -> bool {
    let rows = &snapshot.rows;
    let removed = rows.len() - snapshot.live;
    let plan = Plan::of(options, rows.dim, snapshot.live);
    // Inner products are seen from the origin.
    let is_settled = rows.metric == Metric::InnerProduct
        || rows.settled_on.saturating_mul(16) >= snapshot.live
        || rows.settled_on >= LEAST_SETTLED_ON;
    removed * REMOVED_SHARE > snapshot.live
        || match (&snapshot.structure, plan) {
            // A graph that has shrunk is still a good one.
            (_, Plan::Plain) => snapshot.live > LEAST_SETTLED_ON && !is_settled,
            (Structure::Lists(lists), Plan::Lists(nlist)) => {
                nlist > lists.len() || lists.rebuild_pays(rows.len())
            }
            (Structure::Graph(_), Plan::Graph) => false,
            _ => true,
        }
}

/// The index, rebuilt from its live rows.
pub(crate) fn rebuilt(
    before: &Snapshot,
    plan: Plan,
    options: &IndexOptions,
    scratches: &Scratches,
) -> Snapshot {
    let rows = &before.rows;
    let mut next = Snapshot::new(rows.isa, rows.metric, rows.dim, options.part_bits);
    let live: Vec<u32> = (0..rows.len() as u32)
        .filter(|&row| before.is_live(row))
        .collect();
    next.rows.settle(&sample(rows, &live, SETTLED_ON).concat());
    if let Plan::Lists(nlist) = plan
        && !live.is_empty()
    {
        let (lists, order) = lists_of(rows, &live, nlist);
        fill(&mut next, before, &order);
        next.structure = Structure::Lists(lists);
        return next;
    }
    if before.all_live() {
        next.take_over(before);
    } else {
        fill(&mut next, before, &live);
    }
    if plan == Plan::Graph {
        next.structure = Structure::Graph(Graph::new(options.m()));
        lead_to_new_rows(&mut next, 0, options, scratches);
    }
    next
}

/// Adds to `next` what came to `current` since it was `before`, and removes what went.
pub(crate) fn catch_up(
    next: &mut Snapshot,
    before: &Snapshot,
    current: &Snapshot,
    options: &IndexOptions,
    scratches: &Scratches,
) {
    let known = 0..before.rows.len() as u32;
    let gone = known.filter(|&row| before.is_live(row) && !current.is_live(row));
    let gone: Vec<u64> = gone.map(|row| before.rows.ids.row(row)[0]).collect();
    next.remove(&gone);
    let new = before.rows.len() as u32..current.rows.len() as u32;
    let new: Vec<u32> = new.filter(|&row| current.is_live(row)).collect();
    if next.rows.len() == 0 {
        next.rows
            .settle(&sample(&current.rows, &new, SETTLED_ON).concat());
    }
    let first = next.rows.len();
    fill(next, current, &new);
    lead_to_new_rows(next, first, options, scratches);
}

/// Makes searches find the rows from `first` on.
pub(crate) fn lead_to_new_rows(
    snapshot: &mut Snapshot,
    first: usize,
    options: &IndexOptions,
    scratches: &Scratches,
) {
    let rows = &snapshot.rows;
    match &mut snapshot.structure {
        Structure::Plain => {}
        Structure::Lists(lists) => lists.add_rows(rows, first),
        Structure::Graph(graph) => {
            link_new_rows(rows, graph, options.ef_construction(), scratches);
        }
    }
}

/// Vectors from all over the rows, as many as asked for or all.
fn sample<'a>(rows: &'a Rows, live: &[u32], count: usize) -> Vec<&'a [f32]> {
    let step = live.len().div_ceil(count.max(1)).max(1);
    let sampled = live.iter().step_by(step);
    sampled.map(|&row| rows.vectors.row(row)).collect()
}

/// Lists for rows, and the rows in the order of these.
fn lists_of(rows: &Rows, live: &[u32], nlist: usize) -> (Lists, Vec<u32>) {
    let sample = sample(rows, live, lists::sample_len(nlist));
    let nlist = nlist.min(sample.len());
    let mut lists = lists::train(rows.isa, rows.metric, rows.dim, nlist, &sample);
    let vectors: Vec<&[f32]> = live.iter().map(|&row| rows.vectors.row(row)).collect();
    let assigned = lists.nearest(rows.isa, rows.metric, &vectors);
    let mut counts = vec![0; nlist];
    assigned.iter().for_each(|&list| counts[list] += 1);
    lists.set_runs(&counts);
    let mut order: Vec<(usize, u32)> = assigned.into_iter().zip(live.iter().copied()).collect();
    order.sort_unstable();
    (lists, order.into_iter().map(|(_, row)| row).collect())
}

/// Appends rows of another snapshot.
fn fill(next: &mut Snapshot, from: &Snapshot, rows: &[u32]) {
    let mut vectors = Vec::new();
    let places: Vec<usize> = (0..MOVED.min(rows.len())).collect();
    for rows in rows.chunks(MOVED) {
        vectors.clear();
        let ids: Vec<u64> = rows.iter().map(|&row| from.rows.ids.row(row)[0]).collect();
        for &row in rows {
            vectors.extend_from_slice(from.rows.vectors.row(row));
        }
        next.push(&places[..rows.len()], &ids, &vectors);
    }
}
