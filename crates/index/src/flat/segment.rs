//! Rows of vectors that never change once they are searched; only marks of removal do, and
//! those are replaced, not written.

use std::sync::Arc;

use crate::Metric;
use crate::score::inverse_length;

/// Bytes of vectors in a full segment. Adding one item at a time copies each vector about
/// log2(rows in a segment) times, and every write copies the list of segments: 2 MiB gives 11 and, for
/// a million vectors of 384, a list of 730.
const SEGMENT_BYTES: usize = 2 << 20;

/// Rows of a full segment; `dim` is not 0.
pub(super) fn segment_rows(dim: usize) -> usize {
    (SEGMENT_BYTES / (size_of::<f32>() * dim)).clamp(64, 4096)
}

/// Ids and vectors, row by row. An id occurs once.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) ids: Vec<u64>,
    /// `[rows][dim]`, as they were added.
    pub(super) vectors: Vec<f32>,
    /// For cosine: one over the length of each vector, as [`inverse_length`] gives it; else empty.
    pub(super) inverse_lengths: Vec<f32>,
    /// Rows by rising id.
    by_id: Vec<u32>,
}

impl Rows {
    /// Rows of `ids` and their vectors.
    pub(super) fn new(metric: Metric, dim: usize, ids: Vec<u64>, vectors: Vec<f32>) -> Self {
        let inverse_lengths = match metric {
            Metric::Cosine => vectors.chunks_exact(dim).map(inverse_length).collect(),
            Metric::InnerProduct | Metric::L2 => Vec::new(),
        };
        Self {
            by_id: rows_by_id(&ids),
            ids,
            vectors,
            inverse_lengths,
        }
    }

    pub(super) fn vector(&self, row: usize, dim: usize) -> &[f32] {
        &self.vectors[row * dim..][..dim]
    }
}

fn rows_by_id(ids: &[u64]) -> Vec<u32> {
    let mut rows: Vec<u32> = (0..).take(ids.len()).collect();
    rows.sort_unstable_by_key(|&row| ids[row as usize]);
    rows
}

/// Rows and which of them were removed since they were written.
#[derive(Clone, Debug)]
pub(super) struct Segment {
    pub(super) rows: Arc<Rows>,
    /// A bit a row, set where the row was removed; `None` where all live.
    dead: Option<Arc<[u64]>>,
    pub(super) live: usize,
    pub(super) lowest_id: u64,
    pub(super) highest_id: u64,
}

impl Segment {
    pub(super) fn new(rows: Rows) -> Self {
        let id_at = |row: Option<&u32>| row.map_or(0, |&row| rows.ids[row as usize]);
        Self {
            live: rows.ids.len(),
            lowest_id: id_at(rows.by_id.first()),
            highest_id: id_at(rows.by_id.last()),
            dead: None,
            rows: Arc::new(rows),
        }
    }

    /// The live rows of several segments, in order, as one.
    pub(super) fn merged(segments: &[Self], dim: usize) -> Self {
        let mut merged = Rows::default();
        let live = segments.iter().map(|segment| segment.live).sum();
        merged.ids.reserve_exact(live);
        merged.vectors.reserve_exact(live * dim);
        for segment in segments {
            let rows = &*segment.rows;
            for row in (0..rows.ids.len()).filter(|&row| segment.is_live(row)) {
                merged.ids.push(rows.ids[row]);
                merged.vectors.extend_from_slice(rows.vector(row, dim));
                merged.inverse_lengths.extend(rows.inverse_lengths.get(row));
            }
        }
        merged.by_id = rows_by_id(&merged.ids);
        Self::new(merged)
    }

    pub(super) fn all_live(&self) -> bool {
        self.dead.is_none()
    }

    pub(super) fn is_live(&self, row: usize) -> bool {
        match &self.dead {
            None => true,
            Some(dead) => dead[row / 64] & (1 << (row % 64)) == 0,
        }
    }

    /// The live row of `id`.
    pub(super) fn find(&self, id: u64) -> Option<usize> {
        if !(self.lowest_id..=self.highest_id).contains(&id) {
            return None;
        }
        let Rows { ids, by_id, .. } = &*self.rows;
        let found = by_id.binary_search_by_key(&id, |&row| ids[row as usize]);
        let row = by_id[found.ok()?] as usize;
        self.is_live(row).then_some(row)
    }

    /// Marks the rows of `sorted_ids` as removed; returns how many lived.
    pub(super) fn remove(&mut self, sorted_ids: &[u64]) -> usize {
        let first = sorted_ids.partition_point(|&id| id < self.lowest_id);
        let end = sorted_ids.partition_point(|&id| id <= self.highest_id);
        let sorted_ids = &sorted_ids[first..end];
        let row_ids = &self.rows.ids;
        // The shorter list is walked and the longer one searched.
        let rows: Vec<usize> = if sorted_ids.len() <= row_ids.len() {
            sorted_ids.iter().filter_map(|&id| self.find(id)).collect()
        } else {
            (0..row_ids.len())
                .filter(|&row| self.is_live(row) && sorted_ids.binary_search(&row_ids[row]).is_ok())
                .collect()
        };
        if !rows.is_empty() {
            let mut dead = match &self.dead {
                Some(dead) => dead.to_vec(),
                None => vec![0; row_ids.len().div_ceil(64)],
            };
            for row in &rows {
                dead[row / 64] |= 1 << (row % 64);
            }
            self.dead = Some(dead.into());
            self.live -= rows.len();
        }
        rows.len()
    }

    /// Memory held, in bytes.
    pub(super) fn bytes(&self) -> usize {
        let rows = &*self.rows;
        let dead = self.dead.as_ref().map_or(0, |dead| size_of_val(&dead[..]));
        size_of::<Self>()
            + size_of_val(&rows.ids[..])
            + size_of_val(&rows.vectors[..])
            + size_of_val(&rows.inverse_lengths[..])
            + size_of_val(&rows.by_id[..])
            + dead
    }
}
