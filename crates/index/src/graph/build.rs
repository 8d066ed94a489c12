//! Linking new rows into the graph, in batches that threads share.
//!
//! The rows of a batch look for their neighbours in the graph as it was before, all at once,
//! and are then linked in; a batch is a small part of the rows that are there, so that hardly
//! any neighbour is missed (prefix doubling: Manohar and others, ParlayANN, 2024). Nothing
//! depends on who did what first: the graph is the same for any number of threads, and no
//! node needs a lock.

use super::links::{Entry, Graph, neighbours};
use super::scratch::{Scratch, Scratches};
use super::walk::{descend, go_down, walk};
use crate::random::mix;
use crate::rows::{Rows, TILE};
use crate::threads::on_threads;

/// A batch has one row for this many that are linked.
const LINKED_PER_BATCHED: usize = 64;

/// Rows of a batch, at most: a quarter of a second of work for one thread.
const MOST_BATCHED: usize = 1024;

/// Codes compared at a time when neighbours are chosen: most rows turned down are turned down
/// by one of the first few chosen.
const CHOSEN_TILE: usize = 8;

/// A key, and a node at that key.
type Near = (u32, u32);

/// Neighbours for a new row.
struct Plan {
    level: usize,
    /// For each layer, from the bottom.
    links: Vec<Vec<Near>>,
}

/// A link back to a new node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Back {
    level: usize,
    to: u32,
    key: u32,
    from: u32,
}

/// Links all rows that are not yet in the graph.
pub(crate) fn link_new_rows(
    rows: &Rows,
    graph: &mut Graph,
    ef_construction: usize,
    scratches: &Scratches,
) {
    while graph.len() < rows.len() {
        let end = batch_end(rows, graph);
        let linked = graph.len();
        let view = &*graph;
        let plans = on_threads(end - linked, |index| {
            let row = (linked + index) as u32;
            scratches.with(|scratch| plan(rows, view, row, ef_construction, scratch))
        });
        apply(rows, graph, &plans);
    }
}

/// Where the next batch ends. A row above the top layer is a batch of its own, as it becomes
/// the entry for those after it.
fn batch_end(rows: &Rows, graph: &Graph) -> usize {
    let linked = graph.len();
    let size = (linked / LINKED_PER_BATCHED).clamp(1, MOST_BATCHED);
    let end = rows.len().min(linked + size);
    let is_above = |&row: &usize| {
        graph
            .entry
            .is_none_or(|entry| graph.level_of(row as u32) > entry.level)
    };
    (linked + 1..end).find(is_above).unwrap_or(end)
}

fn plan(
    rows: &Rows,
    graph: &Graph,
    row: u32,
    ef_construction: usize,
    scratch: &mut Scratch,
) -> Plan {
    let level = graph.level_of(row);
    let Some(entry) = graph.entry else {
        return Plan {
            level,
            links: vec![Vec::new(); level + 1],
        };
    };
    let probe = rows.probe(row);
    let mut links = vec![Vec::new(); level + 1];
    let top = level.min(entry.level);
    descend(rows, graph, &probe, entry, top, scratch);
    for layer in (0..=top).rev() {
        walk(rows, graph, &probe, layer, ef_construction, scratch);
        let found: Vec<Near> = scratch.pool.iter().collect();
        links[layer] = choose(rows, graph, (layer, row), &found, graph.most_neighbours(1));
        if layer > 0 {
            go_down(graph, layer, scratch);
        }
    }
    Plan { level, links }
}

/// Chooses neighbours of the row `base` from candidates by rising key: those nearer to it than to
/// any neighbour chosen before (Algorithm 4 of Malkov and Yashunin 2018, without its extensions).
///
/// Rows that are alike would keep one another's lists full and turn everything else down, or
/// be turned down themselves: they get what places are left, by lot, as otherwise all would
/// link to the same few and the rest could not be reached.
fn choose(
    rows: &Rows,
    graph: &Graph,
    (level, base): (usize, u32),
    candidates: &[Near],
    most: usize,
) -> Vec<Near> {
    let mut chosen: Vec<Near> = Vec::with_capacity(most);
    let mut chosen_rows: Vec<u32> = Vec::with_capacity(most);
    let mut chosen_codes = Vec::with_capacity(most);
    let mut alike = Vec::new();
    for &(key, node) in candidates {
        if chosen.len() == most {
            break;
        }
        let row = graph.row(level, node);
        let probe = rows.spread_probe(row);
        let mut to_base = [0];
        rows.keys(&probe, &[base], &[rows.code(base)], &mut to_base);
        let [to_base] = to_base;
        let tiles = chosen_rows
            .chunks(CHOSEN_TILE)
            .zip(chosen_codes.chunks(CHOSEN_TILE));
        let mut rival = None;
        for (tile_rows, codes) in tiles {
            let mut keys = [u32::MAX; CHOSEN_TILE];
            rows.keys(&probe, tile_rows, codes, &mut keys);
            let nearer = keys.iter().zip(tile_rows).find(|&(&other, &chosen)| {
                other < to_base || other == to_base && rows.are_alike(row, chosen)
            });
            if let Some((_, &chosen)) = nearer {
                rival = Some(chosen);
                break;
            }
        }
        match rival {
            None => {
                chosen.push((key, node));
                chosen_rows.push(row);
                chosen_codes.push(rows.code(row));
            }
            Some(rival) if rows.are_alike(row, rival) => alike.push((key, node)),
            Some(_) => {}
        }
    }
    let places = most - chosen.len();
    if alike.len() > places {
        alike.sort_by_key(|&(_, node)| mix(u64::from(base) << 32 | u64::from(node)));
        alike.truncate(places);
    }
    chosen.extend(alike);
    chosen
}

fn apply(rows: &Rows, graph: &mut Graph, plans: &[Plan]) {
    let mut backs = Vec::new();
    for plan in plans {
        let row = graph.len() as u32;
        let upper = graph.push(plan.level);
        for (level, links) in plan.links.iter().enumerate() {
            let from = if level == 0 {
                row
            } else {
                upper.unwrap_or(row)
            };
            let nodes: Vec<u32> = links.iter().map(|&(_, node)| node).collect();
            graph.set_links(level, from, &nodes);
            backs.extend(links.iter().map(|&(key, to)| Back {
                level,
                to,
                key,
                from,
            }));
        }
        if graph.entry.is_none_or(|entry| plan.level > entry.level) {
            graph.entry = Some(Entry {
                node: upper.unwrap_or(row),
                level: plan.level,
            });
        }
    }
    backs.sort_unstable();
    let groups: Vec<&[Back]> = backs
        .chunk_by(|a, b| (a.level, a.to) == (b.level, b.to))
        .collect();
    let view = &*graph;
    let lists = on_threads(groups.len(), |index| {
        neighbours_with(rows, view, groups[index])
    });
    for (backs, list) in groups.iter().zip(lists) {
        graph.set_links(backs[0].level, backs[0].to, &list);
    }
}

/// The neighbours of a node when it is linked back to new ones: all of them, or those chosen
/// where they are too many.
fn neighbours_with(rows: &Rows, graph: &Graph, backs: &[Back]) -> Vec<u32> {
    let Back { level, to, .. } = backs[0];
    let most = graph.most_neighbours(level);
    let mut nodes: Vec<u32> = neighbours(graph.links(level, to)).collect();
    if nodes.len() + backs.len() <= most {
        nodes.extend(backs.iter().map(|back| back.from));
        return nodes;
    }
    let base = graph.row(level, to);
    let probe = rows.probe(base);
    let mut candidates: Vec<Near> = backs.iter().map(|back| (back.key, back.from)).collect();
    for nodes in nodes.chunks(TILE) {
        let (mut tile_rows, mut keys) = ([0; TILE], [0; TILE]);
        let mut codes: [&[_]; TILE] = [&[]; TILE];
        for ((tile_row, code), &node) in tile_rows.iter_mut().zip(&mut codes).zip(nodes) {
            *tile_row = graph.row(level, node);
            *code = rows.code(*tile_row);
        }
        let count = nodes.len();
        rows.keys(&probe, &tile_rows[..count], &codes[..count], &mut keys);
        candidates.extend(keys.into_iter().zip(nodes.iter().copied()));
    }
    candidates.sort_unstable();
    let chosen = choose(rows, graph, (level, base), &candidates, most);
    chosen.into_iter().map(|(_, node)| node).collect()
}
