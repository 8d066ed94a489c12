//! Runs a bench of searches.

use std::collections::BTreeMap;
use std::time::Duration;

use lookalike_engine::EngineError;
use lookalike_index::{Effort, Filter, Index, IndexKind, IndexOptions, Metric, SearchParams};

use super::super::timing::timed;
use super::super::vectors::{QuerySet, VectorSet};
use super::super::with_threads;
use super::cache::{Cache, Ready};
use super::exact::{self, Answers, Quality};
use super::filter::keep;
use super::memory::Growth;
use super::{BenchRow, SearchBench};

/// A filter of some share, and what it should let through.
struct Share {
    keep: f64,
    filter: Option<Filter>,
    exact: Answers,
}

/// What all rows have in common.
struct Bench<'a> {
    request: &'a SearchBench<'a>,
    set: VectorSet,
    queries: QuerySet,
    metric: Metric,
    cache: Option<Cache>,
}

/// Measures one kind after another; `each` gets every row as soon as it is there.
///
/// Memory is measured best when one kind is measured alone: what the system's allocator keeps of
/// an index that is done with is not counted for the next.
///
/// # Errors
/// Vectors or queries can't be read, an option is out of its range, or the folder of kept indexes
/// can't be written.
pub fn bench_search(
    request: &SearchBench<'_>,
    mut each: impl FnMut(&BenchRow) + Send,
) -> Result<Vec<BenchRow>, EngineError> {
    let set = VectorSet::load(request.vectors)?;
    let queries = set.queries(request.queries)?;
    let cache = request.cache.as_deref();
    let bench = Bench {
        cache: cache
            .map(|folder| Cache::open(folder, &set, &queries))
            .transpose()?,
        metric: request.metric.or(set.metric).unwrap_or(Metric::Cosine),
        request,
        set,
        queries,
    };
    with_threads(request.threads, || {
        let mut rows = Vec::new();
        let mut shares = None;
        for &kind in &request.kinds {
            bench.kind(kind, &mut shares, &mut |row| {
                each(&row);
                rows.push(row);
            })?;
        }
        Ok(rows)
    })
}

impl Bench<'_> {
    /// The filters with their exact answers, of which only those that are not kept are computed.
    fn shares(&self) -> Result<Vec<Share>, EngineError> {
        let k = self.request.top_k;
        let cache = self.cache.as_ref();
        let mut flat = None;
        let mut shares = Vec::new();
        for &share in &self.request.keep {
            let filter = keep(&self.set.ids, share);
            let kept = cache.and_then(|cache| cache.exact(self.metric, k, share));
            let exact = match kept {
                Some(exact) => exact,
                None => {
                    let flat = match &flat {
                        Some(flat) => flat,
                        None => flat.insert(exact::index(&self.set, self.metric)?),
                    };
                    let exact = exact::answers(flat, &self.queries, k, filter.as_ref())?;
                    if let Some(cache) = cache {
                        cache.keep_exact(self.metric, k, share, &exact)?;
                    }
                    exact
                }
            };
            shares.push(Share {
                keep: share,
                filter,
                exact,
            });
        }
        Ok(shares)
    }

    /// Fills `shares` if nobody has.
    fn kind(
        &self,
        kind: IndexKind,
        shares: &mut Option<Vec<Share>>,
        each: &mut impl FnMut(BenchRow),
    ) -> Result<(), EngineError> {
        let options = IndexOptions {
            kind,
            m: self.request.m,
            ef_construction: self.request.ef_construction,
            nlist: self.request.nlist,
            part_bits: 0,
        };
        let mut growth = Growth::new();
        let ready =
            growth.during(|| Ready::new(&self.set, self.metric, options, self.cache.as_ref()))?;
        // Only now: the memory that exact answers are computed in would serve the index too, and
        // what it takes would look like less.
        let shares = match shares {
            Some(shares) => shares,
            None => shares.insert(self.shares()?),
        };
        for effort in self.efforts(ready.index.stats().kind) {
            for &batch in &self.request.batches {
                for share in &*shares {
                    let row = growth.during(|| self.row(&ready, effort, batch, share))?;
                    each(BenchRow {
                        anonymous_bytes: growth.bytes(),
                        ..row
                    });
                }
            }
        }
        Ok(())
    }

    /// The settings that change what a search of that kind does.
    fn efforts(&self, kind: IndexKind) -> Vec<Effort> {
        let usual = Effort::default();
        match kind {
            IndexKind::Hnsw => {
                let settings = self.request.ef_search.iter().map(|&ef_search| Effort {
                    ef_search: Some(ef_search),
                    ..usual
                });
                settings.collect()
            }
            IndexKind::IvfFlat | IndexKind::IvfSq8 => {
                let settings = self.request.nprobe.iter().map(|&nprobe| Effort {
                    nprobe: Some(nprobe),
                    ..usual
                });
                settings.collect()
            }
            IndexKind::Flat | IndexKind::Auto => vec![usual],
        }
    }

    fn row(
        &self,
        ready: &Ready,
        effort: Effort,
        batch: usize,
        share: &Share,
    ) -> Result<BenchRow, EngineError> {
        let index = &ready.index;
        let params = SearchParams {
            filter: share.filter.as_ref(),
            effort,
            ..SearchParams::top(self.request.top_k)
        };
        let (dim, count) = (self.set.dim, self.queries.values.len() / self.set.dim);
        let calls = count.div_ceil(batch);
        // From the start again where they end, so that every call has as many.
        let values: Vec<f32> = self
            .queries
            .values
            .iter()
            .copied()
            .cycle()
            .take(calls * batch * dim)
            .collect();
        let least = Duration::from_secs_f64(self.request.seconds);
        let timed = timed(calls, least, |call| {
            let queries = &values[call * batch * dim..][..batch * dim];
            match batch {
                1 => Ok(vec![index.search(queries, &params)?]),
                _ => index.search_batch(queries, &params),
            }
        })?;
        let answers: Vec<_> = timed.answers.into_iter().flatten().take(count).collect();
        let quality = Quality::of(&answers, &share.exact);
        let latencies = timed.latencies;
        let stats = index.stats();
        Ok(BenchRow {
            index: stats.kind.to_string(),
            metric: self.metric.to_string(),
            vectors: self.set.len(),
            dim,
            queries: count,
            params: built_with(index),
            setting: setting(effort),
            keep: share.keep,
            batch,
            threads: self.request.threads,
            top_k: self.request.top_k,
            recall_at_k: quality.recall,
            hits_missing: quality.short,
            p50_ms: latencies.percentile_ms(50.0),
            p90_ms: latencies.percentile_ms(90.0),
            p99_ms: latencies.percentile_ms(99.0),
            mean_ms: latencies.mean_ms(),
            qps: batch as f64 * 1e3 / latencies.mean_ms(),
            rounds: latencies.rounds,
            build_seconds: ready.build_seconds,
            open_seconds: ready.open_seconds,
            file_bytes: ready.file_bytes,
            memory_bytes: stats.bytes,
            anonymous_bytes: None,
        })
    }
}

/// Parameters of the index, but for those that a search may choose.
fn built_with(index: &Index) -> BTreeMap<&'static str, u64> {
    let params = index.stats().params.into_iter();
    params
        .filter(|(name, _)| !["ef_search", "nprobe"].contains(name))
        .collect()
}

fn setting(effort: Effort) -> BTreeMap<&'static str, u64> {
    let settings = [("ef_search", effort.ef_search), ("nprobe", effort.nprobe)];
    let given = settings
        .into_iter()
        .filter_map(|(name, value)| Some((name, value? as u64)));
    given.collect()
}
