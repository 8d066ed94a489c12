//! The arguments of `lookalike bench search` and `lookalike compare-metrics`.

use std::path::PathBuf;

use clap::Args;
use lookalike_measure::search::LabelKind;
use lookalike_storage::{IndexKind, Metric};

use super::FormatArgument;
use super::values::{self, from_name, top_k};

#[derive(Args, Debug)]
pub(crate) struct BenchSearchArguments {
    /// Vectors to search: a .npy of N x D numbers, or another feature bank; its rows are the items
    /// 0, 1, 2, ...
    #[arg(long, value_name = "FILE", conflicts_with = "collection")]
    pub(crate) vectors: Option<PathBuf>,
    /// Collection to search, if no --vectors are given
    #[arg(short, long, value_name = "NAME", default_value = "default")]
    pub(crate) collection: String,
    /// What to look for, in the same forms as --vectors
    #[arg(long, value_name = "FILE", conflicts_with = "sample")]
    pub(crate) queries: Option<PathBuf>,
    /// How many of the vectors to look for, if no --queries are given; each is among its own hits
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = values::queries)]
    pub(crate) sample: usize,
    /// cosine, l2 or ip [default: what the collection or the bank says, else cosine]
    #[arg(long, value_name = "NAME", value_parser = from_name::<Metric>)]
    pub(crate) metric: Option<Metric>,
    /// Kinds of index: flat, ivf_flat, ivf_sq8, hnsw, auto
    #[arg(long, value_name = "KIND", value_delimiter = ',',
          default_values = ["flat", "ivf_flat", "ivf_sq8", "hnsw"],
          value_parser = from_name::<IndexKind>)]
    pub(crate) index: Vec<IndexKind>,
    /// Hits wanted for each query, 1 to 1000
    #[arg(long, value_name = "N", default_value = "10", value_parser = top_k)]
    pub(crate) top_k: usize,
    /// Lists that a search looks at, for ivf_flat and ivf_sq8
    #[arg(long, value_name = "N", value_delimiter = ',', default_values = ["8", "16", "32"],
          value_parser = values::nprobe)]
    pub(crate) nprobe: Vec<usize>,
    /// Candidates that a search keeps, for hnsw
    #[arg(long, value_name = "N", value_delimiter = ',', default_values = ["64", "128", "256"],
          value_parser = values::ef_search)]
    pub(crate) ef_search: Vec<usize>,
    /// Lists to build, for ivf_flat and ivf_sq8 [default: by the number of vectors]
    #[arg(long, value_name = "N")]
    pub(crate) nlist: Option<usize>,
    /// Neighbours of a row, for hnsw [default: 16]
    #[arg(long, value_name = "N")]
    pub(crate) m: Option<usize>,
    /// Candidates for the neighbours of a new row, for hnsw [default: 200]
    #[arg(long, value_name = "N")]
    pub(crate) ef_construction: Option<usize>,
    /// Queries in one call
    #[arg(long, value_name = "N", value_delimiter = ',', default_values = ["1", "64"],
          value_parser = values::batch_size)]
    pub(crate) batch: Vec<usize>,
    /// Shares of the vectors that a filter keeps, above 0; 1 is no filter
    #[arg(long, value_name = "SHARE", value_delimiter = ',',
          default_values = ["1", "0.5", "0.01", "0.0001"], value_parser = values::share)]
    pub(crate) keep: Vec<f64>,
    /// How long the queries of each row are repeated; each runs at least once
    #[arg(long, value_name = "SECONDS", default_value = "3", value_parser = values::seconds)]
    pub(crate) seconds: f64,
    /// Keep indexes and exact answers in this folder, and open those kept there
    #[arg(long, value_name = "DIR")]
    pub(crate) cache: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) format: FormatArgument,
}

#[derive(Args, Debug)]
pub(crate) struct CompareMetricsArguments {
    /// Collection to search, if no --vectors are given
    #[arg(short, long, value_name = "NAME", default_value = "default")]
    pub(crate) collection: String,
    /// Vectors to search: a feature bank, such as a .npz or .npy; its rows are the items 0, 1, ...
    #[arg(long, value_name = "FILE", conflicts_with = "collection")]
    pub(crate) vectors: Option<PathBuf>,
    /// Metrics: cosine, l2, ip
    #[arg(long, value_name = "NAME", value_delimiter = ',',
          default_values = ["cosine", "l2", "ip"], value_parser = from_name::<Metric>)]
    pub(crate) metrics: Vec<Metric>,
    /// Kind of index: flat (exact), ivf_flat, ivf_sq8, hnsw or auto
    #[arg(long, value_name = "KIND", default_value = "flat",
          value_parser = from_name::<IndexKind>)]
    pub(crate) index: IndexKind,
    /// How many of the vectors to look for; each is left out of its own hits
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = values::queries)]
    pub(crate) sample: usize,
    /// What to look for instead: a feature bank
    #[arg(long, value_name = "FILE", conflicts_with_all = ["sample", "seed"])]
    pub(crate) queries: Option<PathBuf>,
    /// Hits wanted for each query, 1 to 1000
    #[arg(long, value_name = "N", default_value = "10", value_parser = top_k)]
    pub(crate) top_k: usize,
    /// Seed of the sample: same seed, same queries
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Count hits that have the patent of their query, or the same value of an attribute
    #[arg(long, value_name = "patent|ATTRIBUTE", value_parser = from_name::<LabelKind>)]
    pub(crate) by: Option<LabelKind>,
    /// Number of queries to show with their hits
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub(crate) show: usize,
    #[command(flatten)]
    pub(crate) format: FormatArgument,
}
