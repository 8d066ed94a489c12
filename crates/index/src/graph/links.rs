//! Who is whose neighbour, layer by layer.
//!
//! Every row is a node of the bottom layer. One in `m` is also one of the first upper layer, of
//! those one in `m` of the second, and so on. Upper nodes have numbers of their own, by which
//! their links name one another.

use std::sync::Arc;

use crate::file::Block;
use crate::random::mix;
use crate::rows::{Chunked, Value};

/// Bytes of a chunk of links. A row that is added changes the links of about 30 others, each in
/// another chunk.
const CHUNK_BYTES: usize = 16 << 10;

/// No neighbour: the end of a list.
const NONE: u32 = u32::MAX;

/// Layers above the bottom, at most: more than rows can fill.
pub(crate) const MOST_LEVELS: usize = 24;

/// Part of a list of neighbours, on a cache line of its own.
#[derive(Clone, Copy, Debug, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C, align(64))]
pub(crate) struct Links([u32; Links::COUNT]);

impl Links {
    pub(crate) const COUNT: usize = 16;
}

/// Lists of an upper node, which never lie in a file as they are.
impl Value for Arc<[Links]> {
    fn view(_: &[u8]) -> &[Self] {
        &[]
    }

    fn bytes(_: &[Self]) -> &[u8] {
        &[]
    }
}

impl Default for Links {
    fn default() -> Self {
        Self([NONE; Self::COUNT])
    }
}

/// The neighbours in a list.
#[inline]
pub(crate) fn neighbours(links: &[Links]) -> impl Iterator<Item = u32> {
    let nodes = links.iter().flat_map(|links| links.0);
    nodes.take_while(|&node| node != NONE)
}

/// The node at which searches start, and its layer: an upper node, or a row at layer 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) node: u32,
    pub(crate) level: usize,
}

/// Links of all layers.
#[derive(Clone, Debug)]
pub(crate) struct Graph {
    m: usize,
    base: Chunked<Links>,
    /// The row of each upper node.
    upper_rows: Chunked<u32>,
    /// The lists of each upper node, one for each of its layers, from the lowest.
    upper: Chunked<Arc<[Links]>>,
    pub(crate) entry: Option<Entry>,
}

impl Graph {
    pub(crate) fn new(m: usize) -> Self {
        Self {
            m,
            base: Chunked::new((2 * m).div_ceil(Links::COUNT), CHUNK_BYTES),
            upper_rows: Chunked::new(1, CHUNK_BYTES),
            upper: Chunked::new(1, CHUNK_BYTES / 8),
            entry: None,
        }
    }

    /// Number of rows.
    pub(crate) fn len(&self) -> usize {
        self.base.len()
    }

    /// Number of upper nodes.
    pub(crate) fn upper_len(&self) -> usize {
        self.upper.len()
    }

    /// Neighbours that a node may have.
    pub(crate) fn most_neighbours(&self, level: usize) -> usize {
        if level == 0 { 2 * self.m } else { self.m }
    }

    /// The top layer of a row: chosen by its number, so that a graph can be built again.
    pub(crate) fn level_of(&self, row: u32) -> usize {
        // In (0, 1].
        let uniform = ((mix(u64::from(row)) >> 11) + 1) as f64 / (1_u64 << 53) as f64;
        let level = -uniform.ln() / (self.m as f64).ln();
        (level as usize).min(MOST_LEVELS)
    }

    /// Appends a row without neighbours; returns its upper node, if it has one.
    pub(crate) fn push(&mut self, level: usize) -> Option<u32> {
        let row = self.push_bottom();
        (level > 0).then(|| self.push_upper(row, level))
    }

    /// Appends a row without neighbours and without an upper node.
    pub(crate) fn push_bottom(&mut self) -> u32 {
        self.base.push();
        self.base.len() as u32 - 1
    }

    /// Appends an upper node of a row, with layers from 1 to `level` and no neighbours.
    pub(crate) fn push_upper(&mut self, row: u32, level: usize) -> u32 {
        self.upper_rows.push()[0] = row;
        let lines = level * self.upper_lines();
        self.upper.push()[0] = std::iter::repeat_n(Links::default(), lines).collect();
        self.upper.len() as u32 - 1
    }

    /// The links of the bottom layer, by row.
    pub(crate) fn base(&self) -> &Chunked<Links> {
        &self.base
    }

    /// Puts links of the bottom layer in place that lie in a file.
    pub(crate) fn set_base(&mut self, rows: usize, blocks: impl Iterator<Item = Block>) {
        self.base.set_mapped(rows, blocks);
    }

    /// Whether all that entry and links above the bottom name exists, at the layers where it is
    /// named.
    pub(crate) fn is_sound_above(&self) -> bool {
        let rows = self.len() as u32;
        let is_at = |level: usize, node: u32| match level {
            0 => node < rows,
            _ => (node as usize) < self.upper_len() && level <= self.upper_level(node),
        };
        let are_at =
            |level, node| neighbours(self.links(level, node)).all(|other| is_at(level, other));
        let upper = 0..self.upper_len() as u32;
        self.entry
            .is_none_or(|entry| is_at(entry.level, entry.node))
            && upper.clone().all(|node| self.row(1, node) < rows)
            && upper
                .into_iter()
                .all(|node| (1..=self.upper_level(node)).all(|level| are_at(level, node)))
    }

    #[inline]
    pub(crate) fn links(&self, level: usize, node: u32) -> &[Links] {
        if level == 0 {
            return self.base.row(node);
        }
        let lines = self.upper_lines();
        &self.upper.row(node)[0][(level - 1) * lines..][..lines]
    }

    /// Replaces the neighbours of a node, of which there are no more than it may have.
    pub(crate) fn set_links(&mut self, level: usize, node: u32, nodes: &[u32]) {
        let lines = self.upper_lines();
        let links = if level == 0 {
            self.base.row_mut(node)
        } else {
            let lists = Arc::make_mut(&mut self.upper.row_mut(node)[0]);
            &mut lists[(level - 1) * lines..][..lines]
        };
        let mut nodes = nodes.iter().copied();
        for links in links {
            links.0 = std::array::from_fn(|_| nodes.next().unwrap_or(NONE));
        }
    }

    /// The row of a node.
    #[inline]
    pub(crate) fn row(&self, level: usize, node: u32) -> u32 {
        if level == 0 {
            node
        } else {
            self.upper_rows.row(node)[0]
        }
    }

    /// The top layer of an upper node.
    pub(crate) fn upper_level(&self, node: u32) -> usize {
        self.upper.row(node)[0].len() / self.upper_lines()
    }

    /// Memory held, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        let lists = self.upper.iter().flatten();
        self.base.bytes()
            + self.upper_rows.bytes()
            + self.upper.bytes()
            + lists.map(|lists| size_of_val(&lists[..])).sum::<usize>()
    }

    fn upper_lines(&self) -> usize {
        self.m.div_ceil(Links::COUNT)
    }
}
