//! Walking the graph towards a probe: Algorithms 2 and 5 of Malkov and Yashunin 2018.

use lookalike_kernels::distance::codes::prefetch;

use super::links::{Entry, Graph, neighbours};
use super::scratch::Scratch;
use crate::rows::{Probe, Rows, TILE};

/// The rows that are nearest to a query as far as a walk with this many candidates finds them,
/// nearest first.
pub(crate) fn nearest<'a>(
    rows: &Rows,
    graph: &Graph,
    query: &[f32],
    candidates: usize,
    scratch: &'a mut Scratch,
) -> impl Iterator<Item = u32> + 'a {
    let (mut values, mut code) = (
        std::mem::take(&mut scratch.values),
        std::mem::take(&mut scratch.code),
    );
    let probe = rows.query(query, &mut values, &mut code);
    scratch.pool.reset(0);
    if let Some(entry) = graph.entry {
        descend(rows, graph, &probe, entry, 0, scratch);
        walk(rows, graph, &probe, 0, candidates, scratch);
    }
    (scratch.values, scratch.code) = (values, code);
    scratch.pool.iter().map(|(_, row)| row)
}

/// Walks from the entry down to `level` with one candidate, and leaves what to start that layer
/// with.
pub(super) fn descend(
    rows: &Rows,
    graph: &Graph,
    probe: &Probe<'_>,
    entry: Entry,
    level: usize,
    scratch: &mut Scratch,
) {
    let key = key_of(rows, graph, probe, entry);
    scratch.starts.clear();
    scratch.starts.push((key, entry.node));
    for upper in (level + 1..=entry.level).rev() {
        walk(rows, graph, probe, upper, 1, scratch);
        go_down(graph, upper, scratch);
    }
}

/// What a walk of `level` found, as what to start the layer below with.
pub(super) fn go_down(graph: &Graph, level: usize, scratch: &mut Scratch) {
    let node_below = |node| {
        if level == 1 {
            graph.row(level, node)
        } else {
            node
        }
    };
    let found = scratch.pool.iter();
    scratch.starts.clear();
    scratch
        .starts
        .extend(found.map(|(key, node)| (key, node_below(node))));
}

/// Leaves about the `candidates` nodes of a layer that are nearest to the probe in the pool,
/// beginning at `scratch.starts`.
pub(super) fn walk(
    rows: &Rows,
    graph: &Graph,
    probe: &Probe<'_>,
    level: usize,
    candidates: usize,
    scratch: &mut Scratch,
) {
    if level == 0 {
        walk_layer(rows, graph, probe, 0, graph.len(), candidates, scratch);
    } else {
        let nodes = graph.upper_len();
        walk_layer(rows, graph, probe, level, nodes, candidates, scratch);
    }
}

/// Inlined twice, so that the bottom layer is walked without asking for the layer of each node.
#[inline(always)]
fn walk_layer(
    rows: &Rows,
    graph: &Graph,
    probe: &Probe<'_>,
    level: usize,
    nodes: usize,
    candidates: usize,
    scratch: &mut Scratch,
) {
    let Scratch {
        pool,
        visited,
        starts,
        ..
    } = scratch;
    pool.reset(candidates);
    visited.reset(nodes);
    for &(key, node) in &*starts {
        visited.insert(node);
        pool.offer(key, node);
    }
    while let Some(node) = pool.expand() {
        // Likely to be the next, and its links are then there.
        if let Some(next) = pool.next() {
            prefetch(graph.links(level, next));
        }
        let mut fresh = neighbours(graph.links(level, node)).filter(|&node| visited.insert(node));
        loop {
            let (mut tile, mut tile_rows, mut count) = ([0; TILE], [0; TILE], 0);
            let mut codes: [&[_]; TILE] = [&[]; TILE];
            for node in fresh.by_ref().take(TILE) {
                let row = graph.row(level, node);
                let code = rows.code(row);
                prefetch(code);
                (tile[count], tile_rows[count], codes[count]) = (node, row, code);
                count += 1;
            }
            let mut keys = [0; TILE];
            rows.keys(probe, &tile_rows[..count], &codes[..count], &mut keys);
            for (&key, &node) in keys.iter().zip(&tile[..count]) {
                pool.offer(key, node);
            }
            if count < TILE {
                break;
            }
        }
    }
}

fn key_of(rows: &Rows, graph: &Graph, probe: &Probe<'_>, entry: Entry) -> u32 {
    let row = graph.row(entry.level, entry.node);
    let mut key = [0];
    rows.keys(probe, &[row], &[rows.code(row)], &mut key);
    key[0]
}
