//! Runs a comparison of metrics.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use lookalike_engine::EngineError;
use lookalike_index::{Hit, IndexKind, IndexOptions, Metric, SearchParams};

use super::super::build::build;
use super::super::timing::timed;
use super::super::vectors::{QuerySet, VectorSet};
use super::super::{QuerySource, VectorSource, with_threads};
use super::about::Items;
use super::score::direct;
use super::{
    ComparedHit, ComparedQuery, HitRate, MetricComparison, MetricReport, MetricsReport, Overlap,
    ScoreCheck,
};

/// How long the queries of a metric are repeated: enough calls for a steady percentile, and
/// short beside building an index of any size.
const LEAST: Duration = Duration::from_millis(300);

/// What one metric returned.
struct Outcome {
    metric: Metric,
    build_seconds: f64,
    p50_ms: f64,
    p99_ms: f64,
    qps: f64,
    scores: ScoreCheck,
    /// By query, best first.
    hits: Vec<Vec<Hit>>,
}

/// Queries and hits by what is known of them.
struct Known {
    /// By number of the query, or by item where queries are items.
    queries: Items,
    query_ids: Vec<u64>,
    /// Whether queries are items of those searched.
    are_items: bool,
    hits: Items,
}

/// Compares metrics over the same vectors and queries.
///
/// # Errors
/// Vectors or queries can't be read, no query has the label asked for, or this version has no
/// index of that kind.
pub fn compare_metrics(request: &MetricComparison<'_>) -> Result<MetricsReport, EngineError> {
    let set = VectorSet::load(request.vectors)?;
    let queries = set.queries(request.queries)?;
    let mut metrics = request.metrics.clone();
    let mut seen = BTreeSet::new();
    metrics.retain(|metric| seen.insert(metric.to_string()));
    // Before anything is built, as the name of an attribute may be wrong.
    let mut known = Known::of_queries(request, &queries, set.dim)?;
    let (outcomes, kind) = with_threads(request.threads, || {
        let mut outcomes = Vec::new();
        let mut kind = request.kind;
        for &metric in &metrics {
            let (outcome, used) = search(request, &set, &queries, metric)?;
            outcomes.push(outcome);
            kind = used;
        }
        Ok((outcomes, kind))
    })?;
    known.add_hits(request, &outcomes)?;
    let first = outcomes.iter().enumerate();
    let pairs = first.flat_map(|(index, a)| outcomes[index + 1..].iter().map(move |b| (a, b)));
    Ok(MetricsReport {
        vectors: set.len(),
        dim: set.dim,
        queries: known.query_ids.len(),
        index: kind.to_string(),
        top_k: request.top_k,
        threads: request.threads,
        overlaps: pairs.map(|(a, b)| Overlap::of(a, b)).collect(),
        shown: known.shown(request.show, &outcomes),
        metrics: outcomes
            .into_iter()
            .map(|outcome| MetricReport {
                metric: outcome.metric.to_string(),
                build_seconds: outcome.build_seconds,
                p50_ms: outcome.p50_ms,
                p99_ms: outcome.p99_ms,
                qps: outcome.qps,
                hit_rate: request.by.as_ref().map(|_| known.hit_rate(&outcome.hits)),
                scores: outcome.scores,
            })
            .collect(),
    })
}

/// Builds and searches an index of one metric; also tells the kind that it has become.
fn search(
    request: &MetricComparison<'_>,
    set: &VectorSet,
    queries: &QuerySet,
    metric: Metric,
) -> Result<(Outcome, IndexKind), EngineError> {
    let built = build(set, metric, IndexOptions::of(request.kind))?;
    let index = built.index;
    let own = queries.items.as_deref();
    // One more, as a query that is an item may be among its hits.
    let params = SearchParams::top(request.top_k + usize::from(own.is_some()));
    let query = |number: usize| &queries.values[number * set.dim..][..set.dim];
    let count = queries.values.len() / set.dim;
    let timed = timed(count, LEAST, |number| index.search(query(number), &params))?;
    let mut hits = timed.answers;
    let mut scores = ScoreCheck::new(metric);
    for (number, hits) in hits.iter_mut().enumerate() {
        if let Some(own) = own {
            hits.retain(|hit| hit.id != own[number]);
        }
        hits.truncate(request.top_k);
        for hit in hits {
            if let Some(vector) = set.vector(hit.id) {
                scores.add(hit.score, direct(metric, query(number), vector));
            }
        }
    }
    let outcome = Outcome {
        metric,
        build_seconds: built.seconds,
        p50_ms: timed.latencies.percentile_ms(50.0),
        p99_ms: timed.latencies.percentile_ms(99.0),
        qps: 1e3 / timed.latencies.mean_ms(),
        scores,
        hits,
    };
    Ok((outcome, index.stats().kind))
}

impl Overlap {
    fn of(a: &Outcome, b: &Outcome) -> Self {
        let shares = a.hits.iter().zip(&b.hits).map(|(a, b)| {
            let others: BTreeSet<u64> = b.iter().map(|hit| hit.id).collect();
            let common = a.iter().filter(|hit| others.contains(&hit.id)).count();
            match a.len().max(b.len()) {
                0 => 1.0,
                most => common as f64 / most as f64,
            }
        });
        Self {
            metrics: [a.metric, b.metric].map(|metric| metric.to_string()),
            mean: shares.sum::<f64>() / a.hits.len() as f64,
        }
    }
}

impl Known {
    fn of_queries(
        request: &MetricComparison<'_>,
        queries: &QuerySet,
        dim: usize,
    ) -> Result<Self, EngineError> {
        let source = match request.queries {
            QuerySource::Sample { .. } => request.vectors,
            QuerySource::Bank(path) => VectorSource::Bank(path),
        };
        let query_ids = match &queries.items {
            Some(items) => items.clone(),
            None => (0..(queries.values.len() / dim) as u64).collect(),
        };
        let by = request.by.as_ref();
        let about = Items::load(source, &query_ids.iter().copied().collect(), by)?;
        if let Some(by) = by {
            about.check(by)?;
        }
        Ok(Self {
            queries: about,
            query_ids,
            are_items: queries.items.is_some(),
            hits: Items::default(),
        })
    }

    fn add_hits(
        &mut self,
        request: &MetricComparison<'_>,
        outcomes: &[Outcome],
    ) -> Result<(), EngineError> {
        let hits = outcomes
            .iter()
            .flat_map(|outcome| outcome.hits.iter().flatten());
        let ids = hits.map(|hit| hit.id).collect();
        self.hits = Items::load(request.vectors, &ids, request.by.as_ref())?;
        Ok(())
    }

    fn hit_rate(&self, hits: &[Vec<Hit>]) -> HitRate {
        let (mut queries, mut all, mut right, mut right_first) = (0, 0, 0, 0);
        for (&query, hits) in self.query_ids.iter().zip(hits) {
            let Some(label) = self.queries.label(query) else {
                continue;
            };
            let is_right = |hit: &&Hit| self.hits.label(hit.id) == Some(label);
            queries += 1;
            all += hits.len();
            right += hits.iter().filter(is_right).count();
            right_first += usize::from(hits.first().as_ref().is_some_and(is_right));
        }
        let share = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
        HitRate {
            queries,
            hits: share(right, all),
            first_hit: share(right_first, queries),
        }
    }

    fn shown(&self, most: usize, outcomes: &[Outcome]) -> Vec<ComparedQuery> {
        let numbered = self.query_ids.iter().enumerate().take(most);
        numbered
            .map(|(number, &id)| {
                let about = self.queries.about(id);
                let by_metric = outcomes.iter().map(|outcome| {
                    let hits = outcome.hits[number].iter().map(|hit| self.hit(hit));
                    (outcome.metric.to_string(), hits.collect())
                });
                ComparedQuery {
                    id: self.are_items.then_some(id),
                    name: about.name,
                    label: about.label,
                    hits: by_metric.collect::<BTreeMap<_, _>>(),
                }
            })
            .collect()
    }

    fn hit(&self, hit: &Hit) -> ComparedHit {
        let about = self.hits.about(hit.id);
        ComparedHit {
            id: hit.id,
            name: about.name,
            label: about.label,
            score: hit.score,
        }
    }
}
