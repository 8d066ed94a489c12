//! Which way a search takes: through a graph, some lists, the rows that a filter lets through, or
//! all rows.
//!
//! A filter, like removed rows, does not steer the walk through a graph or the choice of lists:
//! both take in what is near, as much more of it as there is less that matches, and what does not
//! match is dropped. The nearest that match are thereby found as surely as the nearest without a
//! filter. Where that takes longer than looking at all that match, these are looked at.

use crate::graph::{Graph, Scratch, nearest};
use crate::lists::Lists;
use crate::part::Part;
use crate::rebuild::usual_nprobe;
use crate::scan::{self, best_of, scored};
use crate::snapshot::{Snapshot, Structure};
use crate::{Hit, IndexKind, IndexOptions, SearchParams};

/// Rows that a search of lists looks at for each hit wanted, where it is not told how many lists:
/// 0.97 of 1,000 true neighbours among 12,000 vectors of 300 clusters (16 lists of 128 find 0.57).
const ROWS_PER_HIT: usize = 8;

/// Matching rows up to which all are scored from their vectors at once.
const FEW_ROWS: usize = 256;

/// Rows that lie beside one another, looked at in the time of one that lies anywhere.
const RUN_ROWS: usize = 4;

/// Scattered rows that a scan looks at in the time that a walk takes for one candidate: 1.1 us
/// against 95 ns a row, for 200,000 vectors of 384 and a tenth of them on a Sapphire Rapids.
const ROWS_PER_CANDIDATE: usize = 12;

/// Candidates that a walk keeps where their number is not given: as many as find 99 of 100
/// neighbours of hard vectors (`docs/evaluation.md`), at 60,000, 200,000 and a million items.
pub(crate) fn usual_candidates(items: usize) -> usize {
    match items {
        ..50_001 => 128,
        50_001..400_001 => 256,
        _ => 512,
    }
}

/// What is done for each query.
pub(crate) struct Way<'a> {
    snapshot: &'a Snapshot,
    params: &'a SearchParams<'a>,
    kind: Kind<'a>,
    /// All that match, exactly: what is done, or what is fallen back to.
    matching: Matching,
}

enum Kind<'a> {
    Nothing,
    All,
    Walk {
        graph: &'a Graph,
        candidates: usize,
    },
    Probe {
        lists: &'a Lists,
        nprobe: usize,
        /// Whether rows are ranked by their codes before a few are compared exactly.
        by_codes: bool,
    },
}

/// The rows that match.
enum Matching {
    /// To be told when they are looked at.
    Filtered,
    /// Told apart before.
    Rows(Vec<u32>),
}

impl<'a> Way<'a> {
    pub(crate) fn of(
        snapshot: &'a Snapshot,
        options: &IndexOptions,
        params: &'a SearchParams<'a>,
    ) -> Self {
        let (live, rows) = (snapshot.live, snapshot.rows.len());
        let matching = params.filter.map_or(live, |filter| filter.len().min(live));
        let few = || match params.filter {
            Some(filter) if matching.saturating_mul(RUN_ROWS) < rows => {
                Matching::Rows(snapshot.matching_rows(filter))
            }
            _ => Matching::Filtered,
        };
        let way = |kind, matching| Self {
            snapshot,
            params,
            kind,
            matching,
        };
        if matching == 0 || params.k == 0 {
            return way(Kind::Nothing, Matching::Filtered);
        }
        // Rows that a scan takes as long for as for these that lie anywhere.
        let scanned = matching.min(rows.div_ceil(RUN_ROWS));
        // As many more as there are fewer that match. All are below 2^31.
        let more = |count: usize| (count as u64 * rows as u64 / matching as u64) as usize;
        match &snapshot.structure {
            Structure::Graph(graph) if !params.effort.exact => {
                let candidates = params.effort.ef_search;
                let candidates = candidates.unwrap_or_else(|| usual_candidates(live));
                let candidates = more(candidates.max(params.k.min(matching)));
                if candidates.saturating_mul(ROWS_PER_CANDIDATE) < scanned {
                    return way(Kind::Walk { graph, candidates }, Matching::Filtered);
                }
            }
            Structure::Lists(lists) if !params.effort.exact => {
                // Many hits lie in many lists.
                let wanted = (params.k.min(matching) * ROWS_PER_HIT) as u64;
                let for_hits = (wanted * lists.len() as u64).div_ceil(live as u64) as usize;
                let usual = || usual_nprobe(lists.len()).max(for_hits);
                let nprobe = more(params.effort.nprobe.unwrap_or_else(usual));
                let nprobe = nprobe.min(lists.len());
                let probed = rows as u64 * nprobe as u64 / lists.len() as u64;
                if nprobe < lists.len() && probed < (scanned * RUN_ROWS) as u64 {
                    let by_codes = options.kind == IndexKind::IvfSq8;
                    let kind = Kind::Probe {
                        lists,
                        nprobe,
                        by_codes,
                    };
                    return way(kind, Matching::Filtered);
                }
            }
            _ => {}
        }
        way(Kind::All, few())
    }

    /// Whether many queries are best searched together.
    pub(crate) fn takes_all_at_once(&self) -> bool {
        matches!(self.kind, Kind::Nothing | Kind::All)
    }

    /// The best for each of `queries`, `[count][dim]`.
    pub(crate) fn search_all(&self, queries: &[f32]) -> Vec<Vec<Hit>> {
        let each = queries.chunks_exact(self.snapshot.rows.dim);
        match (&self.kind, &self.matching) {
            (Kind::Nothing, _) => each.map(|_| Vec::new()).collect(),
            (_, Matching::Rows(rows)) if rows.len() <= FEW_ROWS => each
                .map(|query| best_of(self.snapshot, query, self.params, rows))
                .collect(),
            (_, Matching::Rows(rows)) => {
                let part = Part {
                    ranges: Vec::new(),
                    scattered: rows.clone(),
                };
                scan::exact(self.snapshot, queries, self.params, &part)
            }
            (_, Matching::Filtered) => {
                let part = Part::all(self.snapshot.rows.len());
                scan::exact(self.snapshot, queries, self.params, &part)
            }
        }
    }

    /// The best for one query.
    pub(crate) fn search(&self, query: &[f32], scratch: &mut Scratch) -> Vec<Hit> {
        let found = match &self.kind {
            Kind::Nothing | Kind::All => None,
            Kind::Walk { graph, candidates } => self.walk(graph, query, *candidates, scratch),
            Kind::Probe {
                lists,
                nprobe,
                by_codes,
            } => self.probe(lists, query, *nprobe, *by_codes),
        };
        // Fewer than asked for: there may be more, elsewhere.
        found.unwrap_or_else(|| self.search_all(query).pop().unwrap_or_default())
    }

    /// `None` if fewer than `k` that match were met.
    fn walk(
        &self,
        graph: &Graph,
        query: &[f32],
        candidates: usize,
        scratch: &mut Scratch,
    ) -> Option<Vec<Hit>> {
        let (snapshot, params) = (self.snapshot, self.params);
        let mut matching = snapshot.matching(params.filter);
        let found: Vec<u32> = nearest(&snapshot.rows, graph, query, candidates, scratch)
            .filter(|&row| matching.contains(row))
            .take(scored(params.k))
            .collect();
        (found.len() >= params.k).then(|| best_of(snapshot, query, params, &found))
    }

    /// `None` if fewer than `k` that match lie in the lists.
    fn probe(
        &self,
        lists: &Lists,
        query: &[f32],
        nprobe: usize,
        by_codes: bool,
    ) -> Option<Vec<Hit>> {
        let (snapshot, params) = (self.snapshot, self.params);
        let rows = &snapshot.rows;
        let part = lists.probe(rows.isa, rows.metric, query, nprobe);
        let hits = if by_codes {
            scan::by_codes(snapshot, query, params, &part)
        } else {
            scan::exact(snapshot, query, params, &part).pop()?
        };
        if hits.len() < params.k {
            // Others may not have passed the threshold, or there are no others.
            let mut matching = snapshot.matching(params.filter);
            let met = part
                .rows()
                .filter(|&row| matching.contains(row))
                .take(params.k);
            if met.count() < params.k {
                return None;
            }
        }
        Some(hits)
    }
}
