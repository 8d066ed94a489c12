//! What an index holds at one moment. Writers make the next one, which shares all that stays.

use std::sync::Arc;

use lookalike_kernels::Isa;

use super::graph::Graph;
use super::ids::Ids;
use super::rows::Rows;
use crate::Metric;

/// Rows, their graph, and which of them live.
#[derive(Clone, Debug)]
pub(super) struct Snapshot {
    pub(super) rows: Rows,
    pub(super) graph: Graph,
    pub(super) ids: Ids,
    /// A bit a row, set where its item was removed or replaced. Such rows are still walked
    /// through: others are reached by them.
    pub(super) dead: Arc<Vec<u64>>,
    pub(super) live: usize,
}

impl Snapshot {
    pub(super) fn new(isa: Isa, metric: Metric, dim: usize, m: usize) -> Self {
        Self {
            rows: Rows::new(isa, metric, dim),
            graph: Graph::new(m),
            ids: Ids::default(),
            dead: Arc::default(),
            live: 0,
        }
    }

    #[inline]
    pub(super) fn is_live(&self, row: u32) -> bool {
        self.dead[row as usize / 64] >> (row % 64) & 1 == 0
    }

    /// Appends rows, not yet linked, at the places `order` of `ids` and `vectors`; rows that
    /// their items had are dead then.
    pub(super) fn push(&mut self, order: &[usize], ids: &[u64], vectors: &[f32]) {
        let dim = self.rows.dim;
        let first = self.rows.len();
        let dead = Arc::make_mut(&mut self.dead);
        dead.resize((first + order.len()).div_ceil(64), 0);
        for (row, &index) in (first as u32..).zip(order) {
            let vector = &vectors[index * dim..][..dim];
            self.rows.push(ids[index], vector);
            match self.ids.insert(ids[index], row) {
                Some(old) => dead[old as usize / 64] |= 1 << (old % 64),
                None => self.live += 1,
            }
        }
    }

    /// Marks the rows of items as dead; returns how many lived.
    pub(super) fn remove(&mut self, ids: &[u64]) -> usize {
        let rows: Vec<u32> = ids.iter().filter_map(|&id| self.ids.remove(id)).collect();
        if !rows.is_empty() {
            let dead = Arc::make_mut(&mut self.dead);
            for row in &rows {
                dead[*row as usize / 64] |= 1 << (row % 64);
            }
            self.live -= rows.len();
        }
        rows.len()
    }

    /// Memory held, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.rows.bytes() + self.graph.bytes() + self.ids.bytes() + size_of_val(&self.dead[..])
    }
}
