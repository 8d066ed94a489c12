//! What kinds of index cost and find, under several settings, batches and filters.

mod cache;
mod exact;
mod filter;
mod memory;
mod run;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::PathBuf;

use lookalike_index::{IndexKind, Metric};
use serde::Serialize;

use super::{QuerySource, VectorSource};

pub use run::bench_search;

/// What is measured: every kind under every setting, batch and share kept by a filter.
#[derive(Clone)]
pub struct SearchBench<'a> {
    /// What is searched.
    pub vectors: VectorSource<'a>,
    /// What is looked for.
    pub queries: QuerySource<'a>,
    /// How vectors are compared; if not given, as the collection or the bank says, else cosine.
    pub metric: Option<Metric>,
    /// The kinds of index.
    pub kinds: Vec<IndexKind>,
    /// Hits wanted for each query.
    pub top_k: usize,
    /// For kinds with lists: numbers of lists looked at.
    pub nprobe: Vec<usize>,
    /// For graphs: numbers of candidates kept.
    pub ef_search: Vec<usize>,
    /// For kinds with lists: their number; by the number of vectors if not given.
    pub nlist: Option<usize>,
    /// For graphs: neighbours of a row.
    pub m: Option<usize>,
    /// For graphs: candidates when they are built.
    pub ef_construction: Option<usize>,
    /// Queries in one call, each at least 1.
    pub batches: Vec<usize>,
    /// Shares of the vectors that a filter keeps, above 0, 1 meaning no filter.
    pub keep: Vec<f64>,
    /// How long the queries of a row are repeated.
    pub seconds: f64,
    /// Folder that keeps indexes and exact answers for the next time.
    pub cache: Option<PathBuf>,
    /// Threads that build and search; 0 for one a core.
    pub threads: usize,
}

/// What one kind of index costs and finds under one setting, batch and filter.
///
/// Times are per call with `batch` queries; `qps` counts queries.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BenchRow {
    /// Kind of the index.
    pub index: String,
    /// How vectors are compared.
    pub metric: String,
    /// Number of vectors.
    pub vectors: usize,
    /// Values in one.
    pub dim: usize,
    /// Number of different queries.
    pub queries: usize,
    /// How the index was built.
    pub params: BTreeMap<&'static str, u64>,
    /// How hard the searches tried.
    pub setting: BTreeMap<&'static str, u64>,
    /// Share of the vectors that the filter keeps; 1 without filter.
    pub keep: f64,
    /// Queries in one call.
    pub batch: usize,
    /// Threads.
    pub threads: usize,
    /// Hits wanted for each query.
    pub top_k: usize,
    /// Share of the exact hits that were found, over all queries; 1 where nothing matches.
    pub recall_at_k: f64,
    /// Queries that got fewer hits than `top_k` though that many match.
    pub hits_missing: usize,
    /// Half of the calls took no longer.
    pub p50_ms: f64,
    /// Nine of ten calls took no longer.
    pub p90_ms: f64,
    /// 99 of 100 calls took no longer.
    pub p99_ms: f64,
    /// Mean over the calls.
    pub mean_ms: f64,
    /// Queries a second, one call after the other.
    pub qps: f64,
    /// How often all queries were timed.
    pub rounds: usize,
    /// What building took; `None` for an index that was kept.
    pub build_seconds: Option<f64>,
    /// What opening took; `None` for an index that was built.
    pub open_seconds: Option<f64>,
    /// Size of the file; `None` without one.
    pub file_bytes: Option<u64>,
    /// Memory that the index itself counts.
    pub memory_bytes: usize,
    /// By how much the process's memory that no file backs is above what it was before the
    /// index; `None` where the system does not tell (only Linux does).
    pub anonymous_bytes: Option<u64>,
}
