//! What a search writes to while it runs, kept for the next one.

use std::sync::{Mutex, PoisonError};

use lookalike_kernels::distance::codes::Line;

/// The nearest nodes met so far, by rising key, and which of them were already expanded.
///
/// One sorted array in place of the usual two heaps: most nodes met fail the comparison with the
/// last one kept, and those that do not move a kilobyte on average, which a CPU copies in the
/// time of a cache miss.
#[derive(Debug, Default)]
pub(super) struct Pool {
    /// From the upper bits: key, node, whether it was expanded.
    entries: Vec<u64>,
    capacity: usize,
    /// All before it are expanded.
    first_open: usize,
}

impl Pool {
    pub(super) fn reset(&mut self, capacity: usize) {
        self.entries.clear();
        self.capacity = capacity;
        self.first_open = 0;
    }

    /// Takes in a node, which has not been offered before, if it is among the nearest.
    #[inline]
    pub(super) fn offer(&mut self, key: u32, node: u32) {
        let entry = u64::from(key) << 32 | u64::from(node) << 1;
        if self.entries.len() >= self.capacity {
            match self.entries.last() {
                Some(&last) if entry < last => _ = self.entries.pop(),
                _ => return,
            }
        }
        let place = self.entries.partition_point(|&other| other < entry);
        self.entries.insert(place, entry);
        self.first_open = self.first_open.min(place);
    }

    /// The nearest node that was not expanded; it is then.
    pub(super) fn expand(&mut self) -> Option<u32> {
        self.seek_open();
        let entry = self.entries.get_mut(self.first_open)?;
        *entry |= 1;
        let node = node_of(*entry);
        self.seek_open();
        Some(node)
    }

    /// The node to be expanded next, unless a nearer one comes.
    pub(super) fn next(&self) -> Option<u32> {
        Some(node_of(*self.entries.get(self.first_open)?))
    }

    /// Keys and nodes, nearest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, u32)> {
        let entries = self.entries.iter();
        entries.map(|&entry| ((entry >> 32) as u32, node_of(entry)))
    }

    fn seek_open(&mut self) {
        while self
            .entries
            .get(self.first_open)
            .is_some_and(|entry| entry & 1 == 1)
        {
            self.first_open += 1;
        }
    }
}

fn node_of(entry: u64) -> u32 {
    (entry as u32) >> 1
}

/// Nodes that were met: a bit each, which for 200,000 stays in the nearest cache, where a stamp
/// each does not; clearing the bits takes a microsecond.
#[derive(Debug, Default)]
pub(super) struct Visited(Vec<u64>);

impl Visited {
    /// Forgets all; nodes are below `len` from now on.
    pub(super) fn reset(&mut self, len: usize) {
        self.0.clear();
        self.0.resize(len.div_ceil(64), 0);
    }

    /// Whether the node is met for the first time.
    #[inline]
    pub(super) fn insert(&mut self, node: u32) -> bool {
        let word = &mut self.0[node as usize / 64];
        let bit = 1 << (node % 64);
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }
}

/// Buffers of one search.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    pub(super) pool: Pool,
    pub(super) visited: Visited,
    /// Nodes that the next layer starts with.
    pub(super) starts: Vec<(u32, u32)>,
    pub(super) values: Vec<f32>,
    pub(super) code: Vec<Line>,
}

/// Buffers that are not in use: as many as there have been searches at a time.
#[derive(Debug, Default)]
pub(crate) struct Scratches(Mutex<Vec<Scratch>>);

impl Scratches {
    /// Runs `work` with buffers of its own; the lock is held to take and return them only.
    pub(crate) fn with<R>(&self, work: impl FnOnce(&mut Scratch) -> R) -> R {
        let taken = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut scratch = taken.unwrap_or_default();
        let result = work(&mut scratch);
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(scratch);
        result
    }
}
