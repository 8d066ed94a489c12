//! A graph as bytes: everything but the vectors, which lie elsewhere by row.
//!
//! Layout: magic, version, then blocks (see [`blocks`]) that hold, little-endian and in this
//! order: dimension, metric, options, counts of rows and upper nodes, entry, centre; then for
//! each row its id, whether it is dead, its length, for cosine its inverse length, its code, its links at the
//! bottom; then for each upper node its row, its top layer and its links. A file is an image of
//! the memory: opened, it answers as before. Links and entry are checked besides the checksums,
//! so that no file, however made, can lead a search astray.

mod blocks;

use std::io::{self, Write};
use std::sync::Arc;

use lookalike_kernels::Isa;
use lookalike_kernels::distance::codes::Line;

use self::blocks::{BlockReader, BlockWriter, damaged};
use super::graph::{Entry, Graph, MOST_LEVELS, neighbours};
use super::snapshot::Snapshot;
use super::{HnswOptions, MOST_ROWS, Vectors};
use crate::{IndexError, Metric};

const MAGIC: [u8; 8] = *b"LOOKHNSW";

const VERSION: u32 = 1;

/// Where lists of neighbours end.
const END: u32 = u32::MAX;

/// What a file says of the whole index.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) dim: usize,
    pub(super) metric: Metric,
    pub(super) options: HnswOptions,
}

/// Writes a snapshot.
pub(super) fn write(
    snapshot: &Snapshot,
    options: &HnswOptions,
    out: &mut impl Write,
) -> io::Result<()> {
    let Snapshot { rows, graph, .. } = snapshot;
    out.write_all(&MAGIC)?;
    out.write_all(&VERSION.to_le_bytes())?;
    let mut blocks = BlockWriter::new(out);
    let metric = match rows.metric {
        Metric::Cosine => 0,
        Metric::InnerProduct => 1,
        Metric::L2 => 2,
    };
    let entry = graph.entry.unwrap_or(Entry { node: 0, level: 0 });
    // All are checked to be far below 2^32.
    let numbers = [
        rows.dim,
        metric,
        options.m,
        options.ef_construction,
        options.ef_search,
        rows.len(),
        graph.upper_len(),
        entry.node as usize,
        entry.level,
        rows.centre.len(),
    ];
    for number in numbers {
        blocks.put(&(number as u32).to_le_bytes())?;
    }
    for value in rows.centre.iter() {
        blocks.put(&value.to_le_bytes())?;
    }
    for row in 0..rows.len() as u32 {
        blocks.put(&rows.ids.row(row)[0].to_le_bytes())?;
        blocks.put(&[u8::from(!snapshot.is_live(row))])?;
        blocks.put(&rows.lengths.row(row)[0].to_le_bytes())?;
        if rows.metric == Metric::Cosine {
            blocks.put(&rows.inverse_lengths.row(row)[0].to_le_bytes())?;
        }
        for line in rows.code(row) {
            blocks.put(&line.0)?;
        }
        write_links(&mut blocks, graph, 0, row)?;
    }
    for node in 0..graph.upper_len() as u32 {
        let level = graph.upper_level(node);
        blocks.put(&graph.row(1, node).to_le_bytes())?;
        blocks.put(&(level as u32).to_le_bytes())?;
        for level in 1..=level {
            write_links(&mut blocks, graph, level, node)?;
        }
    }
    blocks.finish()
}

fn write_links(
    blocks: &mut BlockWriter<'_, impl Write>,
    graph: &Graph,
    level: usize,
    node: u32,
) -> io::Result<()> {
    for node in neighbours(graph.links(level, node)) {
        blocks.put(&node.to_le_bytes())?;
    }
    blocks.put(&END.to_le_bytes())
}

/// Reads what [`write()`] wrote.
pub(super) fn read(
    bytes: &[u8],
    vectors: Arc<dyn Vectors>,
) -> Result<(Header, Snapshot), IndexError> {
    let Some((magic, bytes)) = bytes.split_first_chunk() else {
        return Err(damaged("it is cut off"));
    };
    if *magic != MAGIC {
        return Err(damaged("it does not start as a graph does"));
    }
    let Some((version, bytes)) = bytes.split_first_chunk() else {
        return Err(damaged("it is cut off"));
    };
    let found = u32::from_le_bytes(*version);
    if found != VERSION {
        return Err(IndexError::UnknownVersion {
            found,
            expected: VERSION,
        });
    }
    let mut blocks = BlockReader::new(bytes);
    let mut number = || blocks.number().map(|number| number as usize);
    let dim = number()?;
    let metric = match number()? {
        0 => Metric::Cosine,
        1 => Metric::InnerProduct,
        2 => Metric::L2,
        _ => return Err(damaged("it names no metric")),
    };
    let options = HnswOptions {
        m: number()?,
        ef_construction: number()?,
        ef_search: number()?,
    };
    options.check()?;
    super::check_dim(dim)?;
    let (row_count, upper_count) = (number()?, number()?);
    let entry = Entry {
        node: number()? as u32,
        level: number()?,
    };
    let centre_len = number()?;
    let has_centre = metric != Metric::InnerProduct && row_count > 0;
    if centre_len != if has_centre { dim } else { 0 } || row_count > MOST_ROWS {
        return Err(damaged("its counts do not fit one another"));
    }
    check_vectors(&*vectors, row_count, dim)?;

    let mut snapshot = Snapshot::new(Isa::active(), metric, dim, options.m);
    let centre = (0..centre_len).map(|_| float(&mut blocks));
    snapshot.rows.centre = centre.collect::<Result<_, _>>()?;
    snapshot.rows.vectors.set_outside(vectors);
    read_rows(&mut blocks, &mut snapshot, row_count)?;
    read_upper(&mut blocks, &mut snapshot.graph, upper_count)?;
    blocks.finish()?;
    snapshot.graph.entry = (row_count > 0).then_some(entry);
    if !snapshot.graph.is_sound() {
        return Err(damaged("it links nodes that do not exist"));
    }
    let header = Header {
        dim,
        metric,
        options,
    };
    Ok((header, snapshot))
}

fn check_vectors(vectors: &dyn Vectors, rows: usize, dim: usize) -> Result<(), IndexError> {
    let found = vectors.len();
    if found != rows || (0..rows).any(|row| vectors.row(row).len() != dim) {
        return Err(IndexError::OtherVectors { found, rows, dim });
    }
    Ok(())
}

fn read_rows(
    blocks: &mut BlockReader<'_>,
    snapshot: &mut Snapshot,
    row_count: usize,
) -> Result<(), IndexError> {
    let Snapshot {
        rows,
        graph,
        ids,
        dead,
        live,
    } = snapshot;
    let dead = Arc::make_mut(dead);
    let mut list = Vec::new();
    for row in 0..row_count as u32 {
        let id = u64::from_le_bytes(blocks.array()?);
        rows.ids.push()[0] = id;
        if row % 64 == 0 {
            dead.push(0);
        }
        match blocks.array()? {
            [0] => {
                *live += 1;
                if ids.insert(id, row).is_some() {
                    return Err(damaged("an item comes twice"));
                }
            }
            [1] => dead[row as usize / 64] |= 1 << (row % 64),
            _ => return Err(damaged("a row neither lives nor is dead")),
        }
        rows.lengths.push()[0] = float(blocks)?;
        if rows.metric == Metric::Cosine {
            rows.inverse_lengths.push()[0] = float(blocks)?;
        }
        for line in rows.codes.push() {
            let bytes: [u8; Line::VALUES] = blocks.array()?;
            // No code has a value of -128, and sums of very many would overflow.
            *line = Line(bytes.map(|byte| byte.max(1)));
        }
        graph.push_bottom();
        read_links(blocks, &mut list, graph.most_neighbours(0))?;
        graph.set_links(0, row, &list);
    }
    Ok(())
}

fn read_upper(
    blocks: &mut BlockReader<'_>,
    graph: &mut Graph,
    count: usize,
) -> Result<(), IndexError> {
    let mut list = Vec::new();
    for node in 0..count as u32 {
        let (row, level) = (blocks.number()?, blocks.number()? as usize);
        if !(1..=MOST_LEVELS).contains(&level) {
            return Err(damaged("a node has a layer that cannot be"));
        }
        graph.push_upper(row, level);
        for level in 1..=level {
            read_links(blocks, &mut list, graph.most_neighbours(level))?;
            graph.set_links(level, node, &list);
        }
    }
    Ok(())
}

fn read_links(
    blocks: &mut BlockReader<'_>,
    list: &mut Vec<u32>,
    most: usize,
) -> Result<(), IndexError> {
    list.clear();
    loop {
        match blocks.number()? {
            END => return Ok(()),
            _ if list.len() == most => return Err(damaged("a node has too many neighbours")),
            node => list.push(node),
        }
    }
}

fn float(blocks: &mut BlockReader<'_>) -> Result<f32, IndexError> {
    Ok(f32::from_le_bytes(blocks.array()?))
}
