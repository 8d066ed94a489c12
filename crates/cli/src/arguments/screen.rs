//! The arguments of `lookalike screen`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use lookalike_engine::search::{Limit, Mode, Poses, SearchRequest};

use super::{FilterArguments, values};

#[derive(Args, Debug)]
pub(crate) struct ScreenArguments {
    /// Folder of products: each folder below it is one, and pictures in itself whose names differ only
    /// by a number at the end are
    #[arg(value_name = "PRODUCTS")]
    pub(crate) products: PathBuf,
    /// Collection to screen against; repeat for several
    #[arg(
        short = 'c',
        long = "collection",
        value_name = "NAME",
        default_value = "default"
    )]
    pub(crate) collections: Vec<String>,
    /// Patents wanted for each product, 1 to 200
    #[arg(short = 'k', long, value_name = "N", default_value = "5", value_parser = values::top_groups)]
    pub(crate) top_groups: usize,
    /// Worst score that counts [default: 0.5 under the cosine metric]
    #[arg(long, value_name = "SCORE", allow_negative_numbers = true)]
    pub(crate) min_score: Option<f32>,
    /// Largest distance that counts, under the l2 metric
    #[arg(long, value_name = "DISTANCE")]
    pub(crate) max_distance: Option<f32>,
    /// How many of the first hits are compared again by what matches where, 0 to 2000, 0 for none
    /// [default: 200]
    #[arg(long, value_name = "N", value_parser = values::rerank)]
    pub(crate) rerank: Option<usize>,
    /// As what photos are searched for, as for `lookalike search`
    #[arg(long, value_name = "AS", default_value = "auto", value_parser = values::mode)]
    pub(crate) mode: Mode,
    /// Poses in which pictures are searched for, as for `lookalike search`
    #[arg(long, value_name = "WHICH", default_value = "auto", value_parser = values::poses)]
    pub(crate) poses: Poses,
    #[command(flatten)]
    pub(crate) filters: FilterArguments,
    /// Write to a file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// How to print the result
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub(crate) format: ScreenFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ScreenFormat {
    /// For people
    Table,
    /// One JSON document
    Json,
    /// One JSON document a product
    Jsonl,
    /// A row for each match, for spreadsheets
    Csv,
    /// A document with pictures
    Html,
}

impl ScreenArguments {
    /// The search that each picture is put into.
    pub(crate) fn search(&self) -> SearchRequest {
        SearchRequest {
            collections: self.collections.clone(),
            limit: Limit::Groups(self.top_groups),
            min_score: self.min_score,
            max_distance: self.max_distance,
            rerank: self.rerank,
            mode: self.mode,
            poses: self.poses,
            filter: self.filters.clone().into(),
            ..SearchRequest::default()
        }
    }
}
