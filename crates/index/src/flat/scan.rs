//! Comparing queries with all rows of a snapshot, in units that threads share.

use std::ops::Range;

use lookalike_kernels::distance::Rows as KernelRows;
use rayon::prelude::*;

use super::FlatIndex;
use super::segment::Segment;
use super::snapshot::Snapshot;
use crate::best::Best;
use crate::score::Scorer;
use crate::{Filter, Hit, SearchParams};

/// Bytes of vectors in one unit of work: some ten microseconds, so that threads finish together.
const UNIT_BYTES: usize = 256 << 10;

/// Queries that share one pass over the vectors: as many of 384 values as stay in the nearest
/// cache.
const QUERY_GROUP: usize = 16;

/// Products of values below which one thread does it: 1400 vectors of 384. Measured there on two
/// threads of a Sapphire Rapids: 0.13 ms alone, 0.10 with a pool just used, 0.14 with an idle one.
const PARALLEL_PRODUCTS: usize = 1 << 19;

/// Some rows of one segment.
struct Unit<'a> {
    segment: &'a Segment,
    rows: Range<usize>,
}

/// What a thread has found, and buffers that it uses again.
struct Found {
    /// One for each query.
    best: Vec<Best>,
    candidates: Vec<u32>,
    scores: Vec<f32>,
}

impl FlatIndex {
    /// Hits for each query of `queries`, `[count][dim]`.
    pub(super) fn scan(
        &self,
        snapshot: &Snapshot,
        queries: &[f32],
        params: &SearchParams<'_>,
    ) -> Vec<Vec<Hit>> {
        let units = self.units(snapshot, params.filter);
        let row_count: usize = units.iter().map(|unit| unit.rows.len()).sum();
        let mut hits = Vec::with_capacity(queries.len() / self.dim);
        for group in queries.chunks(QUERY_GROUP * self.dim) {
            let scorer = Scorer::new(self.isa, self.metric, self.dim, group);
            let found = || Found {
                best: (group.chunks_exact(self.dim))
                    .map(|_| Best::new(self.metric, params))
                    .collect(),
                candidates: Vec::new(),
                scores: Vec::new(),
            };
            let visit =
                |found: Found, unit: &Unit<'_>| self.visit(found, unit, &scorer, params.filter);
            let is_large = row_count.saturating_mul(group.len()) >= PARALLEL_PRODUCTS;
            let found = if is_large && rayon::current_num_threads() > 1 {
                units
                    .par_iter()
                    .fold(found, visit)
                    .reduce(found, Found::merge)
            } else {
                units.iter().fold(found(), visit)
            };
            hits.extend(found.best.into_iter().map(Best::finish));
        }
        hits
    }

    /// The work: all segments in which the filter may have items, cut into pieces.
    fn units<'a>(&self, snapshot: &'a Snapshot, filter: Option<&Filter>) -> Vec<Unit<'a>> {
        let unit_rows = (UNIT_BYTES / (size_of::<f32>() * self.dim)).clamp(16, 4096);
        let meets = |segment: &&Segment| {
            filter.is_none_or(|filter| filter.may_meet(segment.lowest_id, segment.highest_id))
        };
        let cut = |segment: &'a Segment| {
            let row_count = segment.rows.ids.len();
            (0..row_count).step_by(unit_rows).map(move |first| Unit {
                segment,
                rows: first..row_count.min(first + unit_rows),
            })
        };
        snapshot
            .segments
            .iter()
            .filter(meets)
            .flat_map(cut)
            .collect()
    }

    fn visit(
        &self,
        mut found: Found,
        unit: &Unit<'_>,
        scorer: &Scorer<'_>,
        filter: Option<&Filter>,
    ) -> Found {
        let Found {
            best,
            candidates,
            scores,
        } = &mut found;
        let rows = &*unit.segment.rows;
        if unit.segment.all_live() && filter.is_none() {
            let range = unit.rows.clone();
            let vectors = &rows.vectors[range.start * self.dim..range.end * self.dim];
            let inverse_lengths = rows.inverse_lengths.get(range.clone()).unwrap_or_default();
            scorer.score(
                KernelRows::All(vectors),
                &inverse_lengths.iter().copied(),
                scores,
            );
            offer(best, scores, &rows.ids[range].iter().copied());
        } else {
            unit.candidates(filter, candidates);
            let kernel_rows = KernelRows::At {
                matrix: &rows.vectors,
                indices: candidates,
            };
            let at = candidates.iter().map(|&row| row as usize);
            let inverse_lengths = at
                .clone()
                .filter_map(|row| rows.inverse_lengths.get(row).copied());
            scorer.score(kernel_rows, &inverse_lengths, scores);
            offer(best, scores, &at.map(|row| rows.ids[row]));
        }
        found
    }
}

impl Unit<'_> {
    /// The rows that live and that the filter lets through, into `candidates`.
    fn candidates(&self, filter: Option<&Filter>, candidates: &mut Vec<u32>) {
        let mut lookup = filter.map(Filter::lookup);
        let ids = &self.segment.rows.ids;
        let wanted = self.rows.clone().filter(|&row| {
            self.segment.is_live(row)
                && lookup
                    .as_mut()
                    .is_none_or(|lookup| lookup.contains(ids[row]))
        });
        candidates.clear();
        // A segment has at most 4096 rows.
        candidates.extend(wanted.map(|row| row as u32));
    }
}

impl Found {
    fn merge(mut self, other: Self) -> Self {
        for (best, other) in self.best.iter_mut().zip(other.best) {
            best.merge(other);
        }
        self
    }
}

/// Offers `scores`, `[queries][ids]`, to the best of each query.
fn offer(best: &mut [Best], scores: &[f32], ids: &(impl ExactSizeIterator<Item = u64> + Clone)) {
    if ids.len() == 0 {
        return;
    }
    for (best, scores) in best.iter_mut().zip(scores.chunks_exact(ids.len())) {
        let hits = ids
            .clone()
            .zip(scores)
            .map(|(id, &score)| Hit { id, score });
        best.offer(hits);
    }
}
