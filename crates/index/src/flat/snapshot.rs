//! What an index holds at one moment. Writers make the next one, which shares all that stays.

use super::segment::{Rows, Segment, segment_rows};

/// Segments, in no order that matters. An id lives in one row at most.
#[derive(Clone, Debug, Default)]
pub(super) struct Snapshot {
    pub(super) segments: Vec<Segment>,
    pub(super) live: usize,
}

impl Snapshot {
    /// The segment and row of an item. Segments are asked in turn, but ids that were given out
    /// in sequence fall into the range of one or two.
    pub(super) fn find(&self, id: u64) -> Option<(&Segment, usize)> {
        let mut newest_first = self.segments.iter().rev();
        newest_first.find_map(|segment| segment.find(id).map(|row| (segment, row)))
    }

    /// Removes items; returns how many were there.
    pub(super) fn remove(&mut self, sorted_ids: &[u64]) -> usize {
        let segments = self.segments.iter_mut();
        let removed = segments.map(|segment| segment.remove(sorted_ids)).sum();
        self.live -= removed;
        removed
    }

    /// Adds rows whose ids are not there.
    pub(super) fn append(&mut self, blocks: Vec<Rows>) {
        for rows in blocks {
            self.live += rows.ids.len();
            self.segments.push(Segment::new(rows));
        }
    }

    /// Merges neighbours that together fit a segment and are of similar size, and rewrites
    /// segments of which half the rows or more are removed.
    ///
    /// Items added one by one thereby grow through segments of doubling size, like the digits
    /// of a counter; and at most half of the rows held are dead. Either way a row is copied a
    /// bounded number of times for each item added or removed.
    pub(super) fn tidy(&mut self, dim: usize) {
        let full = segment_rows(dim);
        let mut tidied: Vec<Segment> = Vec::with_capacity(self.segments.len());
        for segment in self.segments.drain(..) {
            if segment.live == 0 {
                continue;
            }
            let half_dead = segment.live <= segment.rows.ids.len() / 2;
            tidied.push(if half_dead {
                Segment::merged(&[segment], dim)
            } else {
                segment
            });
            while let [.., a, b] = &tidied[..]
                && a.live + b.live <= full
                && a.live.max(b.live) <= 2 * a.live.min(b.live)
            {
                let merged = Segment::merged(&tidied[tidied.len() - 2..], dim);
                tidied.truncate(tidied.len() - 2);
                tidied.push(merged);
            }
        }
        self.segments = tidied;
    }
}
