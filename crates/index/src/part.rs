//! Which rows of an index a search looks at.

use std::ops::Range;

/// Rows to be looked at.
#[derive(Debug, Default)]
pub(crate) struct Part {
    /// Rows that lie beside one another.
    pub(crate) ranges: Vec<Range<usize>>,
    /// Rows that lie anywhere.
    pub(crate) scattered: Vec<u32>,
}

impl Part {
    /// All of this many rows.
    pub(crate) fn all(rows: usize) -> Self {
        Self {
            ranges: std::iter::once(0..rows).collect(),
            scattered: Vec::new(),
        }
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = u32> {
        let ranges = self.ranges.iter().cloned().flatten();
        ranges
            .map(|row| row as u32)
            .chain(self.scattered.iter().copied())
    }

    pub(crate) fn len(&self) -> usize {
        self.scattered.len() + self.ranges.iter().map(Range::len).sum::<usize>()
    }
}
