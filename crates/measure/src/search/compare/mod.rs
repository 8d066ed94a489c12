//! What searches under several metrics return for the same queries, and how much they agree.

mod about;
mod run;
mod score;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::str::FromStr;

use lookalike_index::{IndexKind, Metric};
use serde::Serialize;

use super::{QuerySource, VectorSource};

pub use run::compare_metrics;

/// What is compared.
#[derive(Clone)]
pub struct MetricComparison<'a> {
    /// What is searched.
    pub vectors: VectorSource<'a>,
    /// What is looked for. A vector of those searched is left out of its own answer.
    pub queries: QuerySource<'a>,
    /// The metrics, at least one.
    pub metrics: Vec<Metric>,
    /// Kind of the index that is built for each.
    pub kind: IndexKind,
    /// Hits wanted for each query.
    pub top_k: usize,
    /// What a good hit has in common with its query.
    pub by: Option<LabelKind>,
    /// So many queries are reported with their hits.
    pub show: usize,
    /// Threads that build and search; 0 for one a core.
    pub threads: usize,
}

/// Something that items have a value of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LabelKind {
    /// The patent.
    Patent,
    /// The attribute of this name.
    Attribute(String),
}

impl FromStr for LabelKind {
    type Err = Infallible;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Ok(match name {
            "patent" => Self::Patent,
            name => Self::Attribute(name.to_owned()),
        })
    }
}

/// The result.
#[derive(Clone, Debug, Serialize)]
pub struct MetricsReport {
    /// Number of vectors.
    pub vectors: usize,
    /// Values in one.
    pub dim: usize,
    /// Number of queries.
    pub queries: usize,
    /// Kind of the indexes.
    pub index: String,
    /// Hits wanted for each query.
    pub top_k: usize,
    /// Threads.
    pub threads: usize,
    /// By metric, in the order asked for.
    pub metrics: Vec<MetricReport>,
    /// By pair of metrics.
    pub overlaps: Vec<Overlap>,
    /// The first queries with their hits.
    pub shown: Vec<ComparedQuery>,
}

/// One metric.
#[derive(Clone, Debug, Serialize)]
pub struct MetricReport {
    /// Its name.
    pub metric: String,
    /// What building its index took.
    pub build_seconds: f64,
    /// Half of the searches, one query each, took no longer.
    pub p50_ms: f64,
    /// 99 of 100 searches took no longer.
    pub p99_ms: f64,
    /// Queries a second, one after the other.
    pub qps: f64,
    /// How often hits are like their query; `None` if it was not asked.
    pub hit_rate: Option<HitRate>,
    /// Whether the scores are right.
    pub scores: ScoreCheck,
}

/// How often hits have their query's label.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct HitRate {
    /// Queries that have a label; only these count.
    pub queries: usize,
    /// Share of all their hits that have it too.
    pub hits: f64,
    /// Share of them whose first hit has it.
    pub first_hit: f64,
}

/// Returned scores beside those computed directly from the vectors in f64.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ScoreCheck {
    /// Scores checked.
    pub compared: usize,
    /// Largest difference.
    pub largest_difference: f64,
    /// For l2: whether all scores are distances, not their squares.
    pub is_root: Option<bool>,
}

/// How far two metrics agree.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Overlap {
    /// Their names.
    pub metrics: [String; 2],
    /// Mean over the queries of the share of hits that both return.
    pub mean: f64,
}

/// A query with what each metric returned.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ComparedQuery {
    /// The item, if it is one of those searched.
    pub id: Option<u64>,
    /// Name of its file.
    pub name: String,
    /// Its patent or attribute.
    pub label: Option<String>,
    /// Hits by name of the metric, best first.
    pub hits: BTreeMap<String, Vec<ComparedHit>>,
}

/// One hit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ComparedHit {
    /// The item.
    pub id: u64,
    /// Name of its file.
    pub name: String,
    /// Its patent or attribute.
    pub label: Option<String>,
    /// By the metric.
    pub score: f32,
}
