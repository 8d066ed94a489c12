//! What an index holds at one moment. Writers make the next one, which shares all that stays.

use std::sync::Arc;

use lookalike_kernels::Isa;

use crate::file::MappedFile;
use crate::graph::Graph;
use crate::lists::Lists;
use crate::rows::{Ids, Rows};
use crate::{Filter, IndexError, Metric};

/// Rows, what leads to them, and which of them live.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    pub(crate) rows: Rows,
    pub(crate) structure: Structure,
    pub(crate) ids: Ids,
    /// A bit a row, set where its item was removed or replaced. Such rows stay until the next
    /// rebuild: in a graph, others are reached by them.
    pub(crate) dead: Arc<Vec<u64>>,
    pub(crate) live: usize,
    /// The file that rows lie in, but for those added since.
    pub(crate) file: Option<Arc<MappedFile>>,
}

/// What leads to the rows near a query.
#[derive(Clone, Debug)]
pub(crate) enum Structure {
    /// Nothing: all are looked at.
    Plain,
    Lists(Lists),
    Graph(Graph),
}

impl Snapshot {
    pub(crate) fn new(isa: Isa, metric: Metric, dim: usize, part_bits: u32) -> Self {
        Self {
            rows: Rows::new(isa, metric, dim),
            structure: Structure::Plain,
            ids: Ids::new(part_bits),
            dead: Arc::default(),
            live: 0,
            file: None,
        }
    }

    #[inline]
    pub(crate) fn is_live(&self, row: u32) -> bool {
        self.dead[row as usize / 64] >> (row % 64) & 1 == 0
    }

    /// Whether no row is dead.
    pub(crate) fn all_live(&self) -> bool {
        self.live == self.rows.len()
    }

    /// Appends rows, which nothing leads to yet, at the places `order` of `ids` and `vectors`;
    /// rows that their items had are dead then.
    pub(crate) fn push(&mut self, order: &[usize], ids: &[u64], vectors: &[f32]) {
        let dim = self.rows.dim;
        let first = self.rows.len();
        let ordered: Vec<u64> = order.iter().map(|&index| ids[index]).collect();
        self.rows.append(&ordered, order, vectors, dim);
        let dead = Arc::make_mut(&mut self.dead);
        dead.resize((first + order.len()).div_ceil(64), 0);
        for (row, id) in (first as u32..).zip(ordered) {
            match self.ids.insert(id, row) {
                Some(old) => dead[old as usize / 64] |= 1 << (old % 64),
                None => self.live += 1,
            }
        }
    }

    /// Takes all rows of another snapshot over, which all live, with their vectors where they are;
    /// there are none yet but the centre.
    pub(crate) fn take_over(&mut self, from: &Self) {
        self.rows.take_over(&from.rows);
        self.ids = from.ids.clone();
        self.dead = Arc::clone(&from.dead);
        self.live = from.live;
        self.file.clone_from(&from.file);
    }

    /// Marks the rows with these ids as dead; returns how many lived.
    pub(crate) fn remove(&mut self, ids: &[u64]) -> usize {
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

    /// Finds the items of rows that were read from a file, with their marks.
    pub(crate) fn find_ids(&mut self) {
        self.ids = self.ids.cleared();
        self.live = 0;
        let ids = self.rows.ids.iter().map(|id| id[0]);
        for (row, id) in (0_u32..).zip(ids) {
            let is_live = self.dead[row as usize / 64] >> (row % 64) & 1 == 0;
            if is_live && self.ids.insert(id, row).is_none() {
                self.live += 1;
            }
        }
    }

    /// Whether the file that rows lie in is as it was written, as far as it was looked at.
    ///
    /// # Errors
    /// [`IndexError::Damaged`].
    pub(crate) fn check(&self) -> Result<(), IndexError> {
        match self.file.as_ref().and_then(|file| file.damaged()) {
            None => Ok(()),
            Some(block) => Err(IndexError::Damaged {
                reason: format!("the checksum of block {block} is wrong"),
            }),
        }
    }

    /// All rows that live and that the filter lets through, rising.
    pub(crate) fn matching_rows(&self, filter: &Filter) -> Vec<u32> {
        // Finding the row of an id takes several times as long as looking at a row.
        if filter.len() < self.live / 4 {
            let is_at = |id, row| {
                (row as usize) < self.rows.len()
                    && self.rows.ids.row(row)[0] == id
                    && self.is_live(row)
            };
            let mut rows = self.ids.rows_of(filter.iter(), is_at);
            rows.sort_unstable();
            return rows;
        }
        let mut matching = self.matching(Some(filter));
        (0..self.rows.len() as u32)
            .filter(|&row| matching.contains(row))
            .collect()
    }

    /// For questions whether rows live and are let through.
    pub(crate) fn matching<'a>(&'a self, filter: Option<&'a Filter>) -> Matching<'a> {
        Matching {
            snapshot: self,
            all_live: self.all_live(),
            lookup: filter.map(Filter::lookup),
            part_bits: self.ids.part_bits(),
        }
    }

    /// Memory held, in bytes: what lies in a file is not counted.
    pub(crate) fn bytes(&self) -> usize {
        let structure = match &self.structure {
            Structure::Plain => 0,
            Structure::Lists(lists) => lists.bytes(),
            Structure::Graph(graph) => graph.bytes(),
        };
        self.rows.bytes() + structure + self.ids.bytes() + size_of_val(&self.dead[..])
    }
}

/// See [`Snapshot::matching`].
pub(crate) struct Matching<'a> {
    snapshot: &'a Snapshot,
    all_live: bool,
    lookup: Option<crate::filter::Lookup<'a>>,
    part_bits: u32,
}

impl Matching<'_> {
    #[inline]
    pub(crate) fn contains(&mut self, row: u32) -> bool {
        let snapshot = self.snapshot;
        (self.all_live || snapshot.is_live(row))
            && match &mut self.lookup {
                None => true,
                Some(lookup) => lookup.contains(snapshot.rows.ids.row(row)[0] >> self.part_bits),
            }
    }
}
