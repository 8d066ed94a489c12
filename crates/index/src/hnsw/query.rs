//! One search: by a walk through the graph or by a scan, then exact scores of what is left.
//!
//! A filter, like removed rows, does not steer the walk: it goes through whatever is near, with
//! as many more candidates as there are fewer that match, and what does not match is dropped at
//! the end. The nearest that match are thereby found as surely as the nearest without a filter.
//! Where few match, that takes longer than looking at all of them, and so they are scanned.

use lookalike_kernels::distance::Rows as KernelRows;
use lookalike_kernels::distance::codes::prefetch;
use rayon::prelude::*;

use super::rows::TILE;
use super::scratch::Scratch;
use super::snapshot::Snapshot;
use super::walk::{descend, walk};
use crate::best::Best;
use crate::score::Scorer;
use crate::{Filter, Hit, SearchParams};

/// Matching rows up to which all are compared exactly.
const FEW_ROWS: usize = 1024;

/// Rows that a scan looks at in the time that a walk takes for one candidate: 1.1 us against
/// 95 ns a row, for 200,000 vectors of 384 and a tenth of them on a Sapphire Rapids.
const ROWS_PER_CANDIDATE: usize = 12;

/// Rows compared exactly for each hit asked for: codes tell close neighbours apart only roughly.
/// Recall at 10 of 200,000 vectors was the same with all 256 candidates and with 64.
const SCORED_PER_HIT: usize = 4;

/// Rows compared exactly, at least.
const LEAST_SCORED: usize = 64;

/// Rows scored at a time.
const SCORE_TILE: usize = 64;

/// Rows that a thread compares exactly at a time.
const SCAN_ROWS: usize = 4096;

/// The best of the rows that match.
pub(super) fn search(
    snapshot: &Snapshot,
    query: &[f32],
    params: &SearchParams<'_>,
    candidates: usize,
    scratch: &mut Scratch,
) -> Vec<Hit> {
    let live = snapshot.live;
    let matching = params.filter.map_or(live, |filter| filter.len().min(live));
    let candidates = candidates.max(params.k.min(matching));
    if matching == 0 || params.k == 0 {
        return Vec::new();
    }
    let rows = snapshot.rows.len();
    // Both are below 2^31.
    let walked = (candidates as u64 * rows as u64 / matching as u64) as usize;
    if matching > FEW_ROWS
        && walked.saturating_mul(ROWS_PER_CANDIDATE) < matching
        && let Some(hits) = by_walk(snapshot, query, params, walked, scratch)
    {
        return hits;
    }
    by_scan(snapshot, query, params, scratch)
}

/// The best of the rows that match, for certain.
pub(super) fn exact(snapshot: &Snapshot, query: &[f32], params: &SearchParams<'_>) -> Vec<Hit> {
    let rows = matching_rows(snapshot, params.filter);
    let scorer = scorer(snapshot, query);
    let best = || Best::new(snapshot.rows.metric, params);
    let offer = |mut best: Best, rows: &[u32]| {
        score(snapshot, &scorer, rows, &mut best);
        best
    };
    let merge = |mut a: Best, b: Best| {
        a.merge(b);
        a
    };
    let parts = rows.par_chunks(SCAN_ROWS);
    parts.fold(best, offer).reduce(best, merge).finish()
}

/// `None` if fewer than `k` were found: there may be more.
pub(super) fn by_walk(
    snapshot: &Snapshot,
    query: &[f32],
    params: &SearchParams<'_>,
    walked: usize,
    scratch: &mut Scratch,
) -> Option<Vec<Hit>> {
    let Snapshot { rows, graph, .. } = snapshot;
    let (mut values, mut code) = (
        std::mem::take(&mut scratch.values),
        std::mem::take(&mut scratch.code),
    );
    let probe = rows.query(query, &mut values, &mut code);
    descend(rows, graph, &probe, graph.entry?, 0, scratch);
    walk(rows, graph, &probe, 0, walked, scratch);
    (scratch.values, scratch.code) = (values, code);

    let mut lookup = params.filter.map(Filter::lookup);
    let found: Vec<u32> = (scratch.pool.iter())
        .map(|(_, row)| row)
        .filter(|&row| {
            let matches = lookup
                .as_mut()
                .is_none_or(|lookup| lookup.contains(rows.ids.row(row)[0]));
            matches && snapshot.is_live(row)
        })
        .take(scored(params.k))
        .collect();
    if found.len() < params.k {
        return None;
    }
    let mut best = Best::new(rows.metric, params);
    score(snapshot, &scorer(snapshot, query), &found, &mut best);
    Some(best.finish())
}

/// Looks at the codes of all rows that match, and compares the nearest exactly.
fn by_scan(
    snapshot: &Snapshot,
    query: &[f32],
    params: &SearchParams<'_>,
    scratch: &mut Scratch,
) -> Vec<Hit> {
    let mut found = matching_rows(snapshot, params.filter);
    let kept = scored(params.k);
    if found.len() > FEW_ROWS.max(kept) {
        let rows = &snapshot.rows;
        let probe = rows.query(query, &mut scratch.values, &mut scratch.code);
        let mut near: Vec<u64> = Vec::with_capacity(found.len());
        for (index, tile) in found.chunks(TILE).enumerate() {
            // The next ones are on their way while these are compared.
            for &row in found.iter().skip((index + 1) * TILE).take(TILE) {
                prefetch(rows.code(row));
            }
            let mut codes: [&[_]; TILE] = [&[]; TILE];
            let mut keys = [0; TILE];
            for (code, &row) in codes.iter_mut().zip(tile) {
                *code = rows.code(row);
            }
            rows.keys(&probe, tile, &codes[..tile.len()], &mut keys);
            let tile = keys.iter().zip(tile);
            near.extend(tile.map(|(&key, &row)| u64::from(key) << 32 | u64::from(row)));
        }
        near.select_nth_unstable(kept);
        found.clear();
        found.extend(near[..kept].iter().map(|&entry| entry as u32));
    }
    let mut best = Best::new(snapshot.rows.metric, params);
    score(snapshot, &scorer(snapshot, query), &found, &mut best);
    best.finish()
}

/// How many of the rows that seem nearest are compared exactly.
fn scored(k: usize) -> usize {
    k.saturating_mul(SCORED_PER_HIT).max(LEAST_SCORED)
}

/// All rows that live and that the filter lets through.
fn matching_rows(snapshot: &Snapshot, filter: Option<&Filter>) -> Vec<u32> {
    let rows = 0..snapshot.rows.len() as u32;
    let live = rows.filter(|&row| snapshot.is_live(row));
    match filter {
        None => live.collect(),
        // Finding the row of an id takes several times as long as looking at a row.
        Some(filter) if filter.len() < snapshot.live / 4 => {
            snapshot.ids.rows_of(filter.iter()).collect()
        }
        Some(filter) => {
            let mut lookup = filter.lookup();
            let ids = &snapshot.rows.ids;
            live.filter(|&row| lookup.contains(ids.row(row)[0]))
                .collect()
        }
    }
}

pub(super) fn scorer<'a>(snapshot: &Snapshot, query: &'a [f32]) -> Scorer<'a> {
    let rows = &snapshot.rows;
    Scorer::new(rows.isa, rows.metric, rows.dim, query)
}

/// Offers rows with the scores that an exact index gives them, to the bit.
fn score(snapshot: &Snapshot, scorer: &Scorer<'_>, found: &[u32], best: &mut Best) {
    let rows = &snapshot.rows;
    let mut scores = Vec::new();
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
        scorer.score(vectors, &inverse_lengths, &mut scores);
        best.offer(tile.iter().zip(&scores).map(|(&row, &score)| Hit {
            id: rows.ids.row(row)[0],
            score,
        }));
    }
}

/// The score of one row.
pub(super) fn score_of(snapshot: &Snapshot, scorer: &Scorer<'_>, row: u32) -> Option<f32> {
    let rows = &snapshot.rows;
    let inverse_length = (rows.inverse_lengths.len() > 0).then(|| rows.inverse_lengths.row(row)[0]);
    let mut scores = Vec::new();
    let vector = KernelRows::All(rows.vectors.row(row));
    scorer.score(vector, &inverse_length.into_iter(), &mut scores);
    scores.first().copied()
}
