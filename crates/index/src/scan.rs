//! Comparing queries with many rows: by their codes, and exactly where these leave it open.
//!
//! For each query, rows whose key (see [`crate::bound`]) cannot reach the k best found so far are
//! left out; the rest, a few in thousands, are scored from their vectors. The answer is that of
//! a scan of all vectors, to the bit, for a quarter of the bytes read.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use lookalike_kernels::distance::Rows as KernelRows;
use lookalike_kernels::distance::codes::{Bound, Line, Selected, inner_products, prefetch, select};
use rayon::prelude::*;

use crate::best::Best;
use crate::bound::BoundedQuery;
use crate::part::Part;
use crate::rows::TILE;
use crate::score::Scorer;
use crate::snapshot::Snapshot;
use crate::{Hit, SearchParams};

/// Queries that share one pass over the codes.
const QUERY_GROUP: usize = 64;

/// Rows, times queries, below which one thread does it: a tenth of a millisecond, against some
/// hundredths for a pool to wake up.
const PARALLEL_ROWS: usize = 1 << 12;

/// Queries from which on threads share them instead of the rows, so that none looks for a bound
/// that another has found.
const LEAST_SHARE: usize = 8;

/// Codes that every thread may read for itself without waiting for memory: about what a core's
/// cache or its share of a common one holds.
const NEAR_BYTES: usize = 4 << 20;

/// Rows that may be among the best of a query, scored together: each time costs as much as scoring
/// some ten.
const PENDING: usize = 16;

/// Queries that are coded by one thread.
const CODED_ALONE: usize = 8;

/// Rows that lie anywhere, taken by one thread at a time.
const SCATTERED_UNIT: usize = 1024;

/// Rows scored at a time.
const SCORE_TILE: usize = 64;

/// Rows compared exactly for each hit, where codes are trusted to rank: recall at 10 of 200,000
/// vectors was the same with all of 256 candidates and with 64.
const SCORED_PER_HIT: usize = 4;

/// Rows compared exactly there, at least.
const LEAST_SCORED: usize = 64;

/// The best rows of `part` for each query of `queries`, `[count][dim]`. The answer does not depend
/// on the number of threads: those of the current rayon pool share the work where there is enough.
pub(crate) fn exact(
    snapshot: &Snapshot,
    queries: &[f32],
    params: &SearchParams<'_>,
    part: &Part,
) -> Vec<Vec<Hit>> {
    let rows = &snapshot.rows;
    let (dim, units) = (rows.dim, units(snapshot, part));
    let count = queries.len() / dim;
    let threads = if part.len().saturating_mul(count) >= PARALLEL_ROWS {
        rayon::current_num_threads()
    } else {
        1
    };
    let share = count.div_ceil(threads).min(QUERY_GROUP);
    let code_bytes = part.len() * rows.codes.row_len() * size_of::<Line>();
    if threads > 1 && share >= LEAST_SHARE && code_bytes <= NEAR_BYTES {
        let groups = queries.par_chunks(share * dim).with_max_len(1);
        return groups
            .flat_map_iter(|group| GroupSearch::new(snapshot, group, params).run(&units, 1))
            .collect();
    }
    let groups = queries.chunks(QUERY_GROUP * dim);
    groups
        .flat_map(|group| GroupSearch::new(snapshot, group, params).run(&units, threads))
        .collect()
}

/// The rows of `part` that are nearest by their codes, compared exactly.
pub(crate) fn by_codes(
    snapshot: &Snapshot,
    query: &[f32],
    params: &SearchParams<'_>,
    part: &Part,
) -> Vec<Hit> {
    let bounded = BoundedQuery::new(&snapshot.rows, query);
    let kept = scored(params.k);
    let mut nearest: Vec<(f32, u32)> = Vec::new();
    let mut least = f32::NEG_INFINITY;
    let mut matching = snapshot.matching(params.filter);
    let mut selected = [Vec::new()];
    // Rows that codes say nothing of, as those without length: all are compared exactly.
    let mut rows: Vec<u32> = Vec::new();
    for unit in units(snapshot, part) {
        let bound = Bound {
            least,
            ..bounded.ranking()
        };
        selected[0].clear();
        unit.select(snapshot, &bounded.code, &[bound], &mut selected, &[0]);
        for found in &selected[0] {
            if !matching.contains(found.row) {
                continue;
            }
            if found.key.is_nan() {
                rows.push(found.row);
            } else {
                nearest.push((found.key, found.row));
            }
        }
        if nearest.len() >= 2 * kept {
            nearest.select_nth_unstable_by(kept - 1, |a, b| b.0.total_cmp(&a.0));
            nearest.truncate(kept);
            least = nearest[kept - 1].0;
        }
    }
    nearest.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    nearest.truncate(kept);
    rows.extend(nearest.into_iter().map(|(_, row)| row));
    best_of(snapshot, query, params, &rows)
}

/// How many of the rows that seem nearest are compared exactly.
pub(crate) fn scored(k: usize) -> usize {
    k.saturating_mul(SCORED_PER_HIT)
        .clamp(LEAST_SCORED, usize::MAX / 4)
}

/// The best of some rows, each compared exactly.
pub(crate) fn best_of(
    snapshot: &Snapshot,
    query: &[f32],
    params: &SearchParams<'_>,
    rows: &[u32],
) -> Vec<Hit> {
    let mut best = Best::new(snapshot.rows.metric, params);
    score(
        snapshot,
        &scorer(snapshot, query),
        rows,
        &mut Vec::new(),
        &mut best,
    );
    best.finish()
}

pub(crate) fn scorer<'a>(snapshot: &Snapshot, query: &'a [f32]) -> Scorer<'a> {
    let rows = &snapshot.rows;
    Scorer::new(rows.isa, rows.metric, rows.dim, query)
}

/// The score of one row.
pub(crate) fn score_of(snapshot: &Snapshot, scorer: &Scorer<'_>, row: u32) -> Option<f32> {
    let rows = &snapshot.rows;
    let inverse_length = (rows.inverse_lengths.len() > 0).then(|| rows.inverse_lengths.row(row)[0]);
    let mut scores = Vec::new();
    let vector = KernelRows::All(rows.vectors.row(row));
    scorer.score(vector, &inverse_length.into_iter(), &mut scores);
    scores.first().copied()
}

/// Offers rows with the scores that every kind of index gives them, to the bit.
fn score(
    snapshot: &Snapshot,
    scorer: &Scorer<'_>,
    found: &[u32],
    scores: &mut Vec<f32>,
    best: &mut Best,
) {
    let rows = &snapshot.rows;
    for tile in found.chunks(SCORE_TILE) {
        let mut vectors: [&[f32]; SCORE_TILE] = [&[]; SCORE_TILE];
        for (vector, &row) in vectors.iter_mut().zip(tile) {
            *vector = rows.vectors.row(row);
        }
        let has_lengths = rows.inverse_lengths.len() > 0;
        let inverse_lengths = tile
            .iter()
            .filter(|_| has_lengths)
            .map(|&row| rows.inverse_lengths.row(row)[0]);
        let vectors = KernelRows::Each(&vectors[..tile.len()]);
        scorer.score(vectors, &inverse_lengths, scores);
        best.offer(tile.iter().zip(&*scores).map(|(&row, &score)| Hit {
            id: rows.ids.row(row)[0],
            score,
        }));
    }
}

/// Some of the rows of a part: for one query some microseconds of work, so that threads finish
/// together, and bounds soon follow from what was found.
#[derive(Debug)]
enum Unit<'a> {
    /// Within a chunk of codes.
    Range(Range<usize>),
    Scattered(&'a [u32]),
}

fn units<'a>(snapshot: &Snapshot, part: &'a Part) -> Vec<Unit<'a>> {
    let unit_rows = snapshot.rows.codes.chunk_rows();
    let cut = |range: &Range<usize>| {
        let end = range.end;
        let mut first = range.start;
        std::iter::from_fn(move || {
            let next = ((first / unit_rows + 1) * unit_rows).min(end);
            let unit = (first < next).then_some(Unit::Range(first..next));
            first = next;
            unit
        })
    };
    let scattered = part.scattered.chunks(SCATTERED_UNIT).map(Unit::Scattered);
    part.ranges.iter().flat_map(cut).chain(scattered).collect()
}

impl Unit<'_> {
    /// Appends the rows that `bounds` do not leave out for each of the queries with these codes to
    /// its list, which has this many of `before`.
    fn select(
        &self,
        snapshot: &Snapshot,
        codes: &[Line],
        bounds: &[Bound],
        selected: &mut [Vec<Selected>],
        before: &[usize],
    ) {
        let rows = &snapshot.rows;
        let lines = rows.codes.row_len();
        match self {
            Self::Range(range) => {
                let Range { start, end } = *range;
                let run = rows.codes.run(start, end);
                // Chunks of lengths have at least as many rows as those of codes.
                let lengths = rows.lengths.run(start, end);
                let margins = rows.margins.run(start, end);
                select(
                    rows.isa, codes, bounds, run, lines, lengths, margins, selected,
                );
                for (selected, &before) in selected.iter_mut().zip(before) {
                    for found in &mut selected[before..] {
                        found.row += start as u32;
                    }
                }
            }
            Self::Scattered(scattered) => {
                for (query, (code, bound)) in codes.chunks_exact(lines).zip(bounds).enumerate() {
                    select_scattered(snapshot, code, bound, scattered, &mut selected[query]);
                }
            }
        }
    }
}

fn select_scattered(
    snapshot: &Snapshot,
    code: &[Line],
    bound: &Bound,
    scattered: &[u32],
    selected: &mut Vec<Selected>,
) {
    let rows = &snapshot.rows;
    for (index, tile) in scattered.chunks(TILE).enumerate() {
        // The next ones are on their way while these are compared.
        for &row in scattered.iter().skip((index + 1) * TILE).take(TILE) {
            prefetch(rows.codes.row(row));
            prefetch(rows.lengths.row(row));
            prefetch(rows.margins.row(row));
        }
        let mut codes: [&[Line]; TILE] = [&[]; TILE];
        for (code, &row) in codes.iter_mut().zip(tile) {
            *code = rows.codes.row(row);
        }
        let mut sums = [0; TILE];
        inner_products(
            rows.isa,
            code,
            &codes[..tile.len()],
            &mut sums[..tile.len()],
        );
        for (&row, &sum) in tile.iter().zip(&sums) {
            let key = bound.key(sum, rows.lengths.row(row)[0], rows.margins.row(row)[0]);
            let is_left_out = key < bound.least;
            if !is_left_out {
                selected.push(Selected { row, key });
            }
        }
    }
}

/// Some queries on their way through the rows.
struct GroupSearch<'a> {
    snapshot: &'a Snapshot,
    params: &'a SearchParams<'a>,
    bounded: Vec<BoundedQuery>,
    codes: Vec<Line>,
    scorers: Vec<Scorer<'a>>,
}

/// What a thread has found, and buffers that it uses again.
struct Found {
    /// One for each query, as of the next three.
    best: Vec<Best>,
    bounds: Vec<Bound>,
    /// Rows still to be scored.
    selected: Vec<Vec<Selected>>,
    before: Vec<usize>,
    rows: Vec<u32>,
    scores: Vec<f32>,
}

impl<'a> GroupSearch<'a> {
    fn new(snapshot: &'a Snapshot, group: &'a [f32], params: &'a SearchParams<'a>) -> Self {
        let queries: Vec<&[f32]> = group.chunks_exact(snapshot.rows.dim).collect();
        let code = |query: &&[f32]| BoundedQuery::new(&snapshot.rows, query);
        let bounded: Vec<BoundedQuery> = if queries.len() <= CODED_ALONE {
            queries.iter().map(code).collect()
        } else {
            queries.par_iter().map(code).collect()
        };
        Self {
            snapshot,
            params,
            codes: bounded
                .iter()
                .flat_map(|query| query.code.iter().copied())
                .collect(),
            bounded,
            scorers: (queries.into_iter())
                .map(|query| scorer(snapshot, query))
                .collect(),
        }
    }

    /// The best rows of `units` for each query.
    fn run(&self, units: &[Unit<'_>], threads: usize) -> Vec<Vec<Hit>> {
        // Each thread takes the next unit that is left; one state a thread, as a new one has to
        // find its bounds from nothing.
        let next = AtomicUsize::new(0);
        let run = || {
            let mut found = self.found();
            while let Some(unit) = units.get(next.fetch_add(1, Ordering::Relaxed)) {
                self.visit(&mut found, unit);
            }
            (0..self.bounded.len()).for_each(|query| self.settle(&mut found, query));
            found
        };
        let found = match threads.min(units.len()) {
            ..=1 => run(),
            threads => {
                let runs = (0..threads).into_par_iter().with_max_len(1);
                runs.map(|_| run()).reduce(|| self.found(), Found::merge)
            }
        };
        found.best.into_iter().map(Best::finish).collect()
    }

    fn found(&self) -> Found {
        let best = || Best::new(self.snapshot.rows.metric, self.params);
        let best: Vec<Best> = self.bounded.iter().map(|_| best()).collect();
        Found {
            bounds: (self.bounded.iter().zip(&best))
                .map(|(query, best)| query.bound(best.worst()))
                .collect(),
            selected: best.iter().map(|_| Vec::new()).collect(),
            before: vec![0; best.len()],
            best,
            rows: Vec::new(),
            scores: Vec::new(),
        }
    }

    fn visit(&self, found: &mut Found, unit: &Unit<'_>) {
        let Found {
            bounds,
            selected,
            before,
            ..
        } = found;
        for (before, selected) in before.iter_mut().zip(&*selected) {
            *before = selected.len();
        }
        unit.select(self.snapshot, &self.codes, bounds, selected, before);
        for query in 0..self.bounded.len() {
            let is_bounded = found.bounds[query].least > f32::NEG_INFINITY;
            let most = if is_bounded { PENDING } else { 1 };
            if found.selected[query].len() >= most {
                self.settle(found, query);
            }
        }
    }

    /// Scores the rows that were selected for a query, and draws the bound that follows.
    fn settle(&self, found: &mut Found, query: usize) {
        let (best, bounded) = (&mut found.best[query], &self.bounded[query]);
        let selected = &mut found.selected[query];
        let mut matching = self.snapshot.matching(self.params.filter);
        // The bound may have become narrower since.
        let least = found.bounds[query].least;
        let may_be_best = |found: &Selected, least| found.key >= least || found.key.is_nan();
        selected.retain(|found| may_be_best(found, least) && matching.contains(found.row));
        let mut score_all = |selected: &[Selected], best: &mut Best| {
            found.rows.clear();
            found.rows.extend(selected.iter().map(|found| found.row));
            let (rows, scores) = (&found.rows, &mut found.scores);
            score(self.snapshot, &self.scorers[query], rows, scores, best);
            best.tighten();
        };
        // Where there are many, those that seem best leave out most of the others.
        let (k, count) = (self.params.k, selected.len());
        if k > 0 && k < count / 2 {
            selected.select_nth_unstable_by(k - 1, |a, b| b.key.total_cmp(&a.key));
            score_all(&selected[..k], best);
            let least = bounded.bound(best.worst()).least;
            selected.drain(..k);
            selected.retain(|found| may_be_best(found, least));
        }
        score_all(selected, best);
        found.bounds[query] = bounded.bound(best.worst());
        selected.clear();
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
