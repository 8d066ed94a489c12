//! The parts of a file that are small or that cannot lie in it as they do in memory: the centre,
//! marks of removal, and what lists and the upper layers of a graph are.
//!
//! In this order: values of the centre, with their number before them; a mark of 64 bits for
//! every 64 rows. Of lists: their number, the values of their centres, and for each its rows,
//! with their number before them. Of a graph: node and layer of the entry, number of upper nodes,
//! and for each its row, its top layer, and for each layer its neighbours and an end.

use std::sync::Arc;

use crate::graph::{Entry, Graph, MOST_LEVELS, neighbours};
use crate::lists::Lists;
use crate::options::MOST_LISTS;
use crate::snapshot::{Snapshot, Structure};

/// Where lists of neighbours end.
const END: u32 = u32::MAX;

/// Why a stream is not a sound one.
pub(super) type Reason = &'static str;

pub(super) fn to_bytes(snapshot: &Snapshot) -> Vec<u8> {
    let mut out = Vec::new();
    put(&mut out, snapshot.rows.centre.len());
    put_floats(&mut out, &snapshot.rows.centre);
    for word in &snapshot.dead[..snapshot.rows.len().div_ceil(64)] {
        out.extend_from_slice(&word.to_le_bytes());
    }
    match &snapshot.structure {
        Structure::Plain => {}
        Structure::Lists(lists) => {
            put(&mut out, lists.len());
            put_floats(&mut out, lists.centres());
            for list in 0..lists.len() {
                let rows: Vec<u32> = lists.rows_of(list).collect();
                put(&mut out, rows.len());
                out.extend(rows.into_iter().flat_map(u32::to_le_bytes));
            }
        }
        Structure::Graph(graph) => put_graph(&mut out, graph),
    }
    out
}

fn put_graph(out: &mut Vec<u8>, graph: &Graph) {
    let entry = graph.entry.unwrap_or(Entry { node: 0, level: 0 });
    put(out, entry.node as usize);
    put(out, entry.level);
    put(out, graph.upper_len());
    for node in 0..graph.upper_len() as u32 {
        let level = graph.upper_level(node);
        put(out, graph.row(1, node) as usize);
        put(out, level);
        for level in 1..=level {
            let nodes = neighbours(graph.links(level, node)).chain([END]);
            out.extend(nodes.flat_map(u32::to_le_bytes));
        }
    }
}

/// Every number is far below 2^32.
fn put(out: &mut Vec<u8>, number: usize) {
    out.extend_from_slice(&(number as u32).to_le_bytes());
}

fn put_floats(out: &mut Vec<u8>, values: &[f32]) {
    out.extend(values.iter().flat_map(|value| value.to_le_bytes()));
}

/// Which structure the stream describes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shape {
    Plain,
    Lists,
    Graph,
}

/// Fills in centre, marks and structure of a snapshot whose rows are in place, the links of a
/// graph's bottom too.
pub(super) fn read(mut bytes: &[u8], snapshot: &mut Snapshot, shape: Shape) -> Result<(), Reason> {
    let bytes = &mut bytes;
    let rows = snapshot.rows.len();
    let centre = number(bytes)?;
    if centre != 0 && centre != snapshot.rows.dim {
        return Err("its centre has another dimension");
    }
    snapshot.rows.centre = floats(bytes, centre)?.into();
    let words = (0..rows.div_ceil(64)).map(|_| array(bytes).map(u64::from_le_bytes));
    snapshot.dead = Arc::new(words.collect::<Result<_, _>>()?);
    match (shape, &mut snapshot.structure) {
        (Shape::Graph, Structure::Graph(graph)) => read_graph(bytes, graph)?,
        (Shape::Lists, structure) => {
            *structure = Structure::Lists(read_lists(bytes, rows, snapshot.rows.dim)?);
        }
        (Shape::Plain | Shape::Graph, _) => {}
    }
    match bytes {
        [] => Ok(()),
        _ => Err("its small parts are longer than they should be"),
    }
}

fn read_lists(bytes: &mut &[u8], rows: usize, dim: usize) -> Result<Lists, Reason> {
    let count = number(bytes)?;
    if !(1..=MOST_LISTS).contains(&count) {
        return Err("it has an impossible number of lists");
    }
    let values = count.checked_mul(dim).ok_or("its lists are too many")?;
    let centres = floats(bytes, values)?;
    let mut lists = Vec::with_capacity(count);
    for _ in 0..count {
        let len = number(bytes)?;
        let list = (0..len.min(rows)).map(|_| number(bytes).map(|row| row as u32));
        let list: Vec<u32> = list.collect::<Result<_, _>>()?;
        if len > rows || list.iter().any(|&row| row as usize >= rows) {
            return Err("its lists name rows that do not exist");
        }
        lists.push(list);
    }
    Ok(Lists::from_parts(centres, dim, lists))
}

fn read_graph(bytes: &mut &[u8], graph: &mut Graph) -> Result<(), Reason> {
    let entry = Entry {
        node: number(bytes)? as u32,
        level: number(bytes)?,
    };
    let count = number(bytes)?;
    if count > graph.len() {
        return Err("its graph has more upper nodes than rows");
    }
    let mut list = Vec::new();
    for node in 0..count as u32 {
        let (row, level) = (number(bytes)? as u32, number(bytes)?);
        if !(1..=MOST_LEVELS).contains(&level) {
            return Err("a node has a layer that cannot be");
        }
        graph.push_upper(row, level);
        for level in 1..=level {
            list.clear();
            loop {
                match number(bytes)? as u32 {
                    END => break,
                    _ if list.len() == graph.most_neighbours(level) => {
                        return Err("a node has too many neighbours");
                    }
                    node => list.push(node),
                }
            }
            graph.set_links(level, node, &list);
        }
    }
    graph.entry = (graph.len() > 0).then_some(entry);
    if graph.is_sound_above() {
        Ok(())
    } else {
        Err("it links nodes that do not exist")
    }
}

fn number(bytes: &mut &[u8]) -> Result<usize, Reason> {
    Ok(u32::from_le_bytes(array(bytes)?) as usize)
}

fn array<const N: usize>(bytes: &mut &[u8]) -> Result<[u8; N], Reason> {
    let (array, rest) = bytes
        .split_first_chunk()
        .ok_or("its small parts end too early")?;
    *bytes = rest;
    Ok(*array)
}

fn floats(bytes: &mut &[u8], count: usize) -> Result<Vec<f32>, Reason> {
    let len = count.checked_mul(4);
    let (values, rest) = len
        .and_then(|len| bytes.split_at_checked(len))
        .ok_or("its small parts end too early")?;
    *bytes = rest;
    let (values, _) = values.as_chunks();
    let values: Vec<f32> = values
        .iter()
        .map(|value| f32::from_le_bytes(*value))
        .collect();
    if values.iter().all(|value| value.is_finite()) {
        Ok(values)
    } else {
        Err("a centre holds what is not a number")
    }
}
