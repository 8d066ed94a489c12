//! The arguments of `lookalike search`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use lookalike_engine::search::{Mode, Poses, Region};

use super::values::{self, top_groups, top_k};
use super::{EffortArguments, FilterArguments};

#[derive(Args, Debug)]
pub(crate) struct SearchArguments {
    /// Pictures to look for; several are fused per patent. `-` is standard input
    #[arg(value_name = "IMAGE", required_unless_present_any = ["text", "vector", "item", "like"],
          conflicts_with_all = ["vector", "item"])]
    pub(crate) images: Vec<PathBuf>,
    /// Look for words: by what they mean where the collection's model embeds texts, and in titles,
    /// descriptions, tags, claims and names. Beside pictures they count as much as one. "shoe + laces -
    /// leather": signs between spaces add words, or say what hits are to be unlike
    #[arg(long, value_name = "WORDS", conflicts_with_all = ["vector", "item"],
          allow_hyphen_values = true)]
    pub(crate) text: Option<String>,
    /// Sentence with {} where the words belong, such as "a photo of {}"; of several the average
    #[arg(long = "template", value_name = "SENTENCE", requires = "text")]
    pub(crate) templates: Vec<String>,
    /// Page of a PDF or TIFF to look for, counted from 1; repeat for several [default: the drawing
    /// sheets of a patent's PDF, else the first page]
    #[arg(long = "page", value_name = "N", requires = "images")]
    pub(crate) pages: Vec<u32>,
    /// Look for a vector: a NumPy array of D or N x D numbers
    #[arg(long, value_name = "FILE.npy", conflicts_with = "item")]
    pub(crate) vector: Option<PathBuf>,
    /// Look for a stored item
    #[arg(long, value_name = "ID")]
    pub(crate) item: Option<u64>,
    /// Collection to search; repeat for several
    #[arg(
        short = 'c',
        long = "collection",
        value_name = "NAME",
        default_value = "default"
    )]
    pub(crate) collections: Vec<String>,
    /// Items wanted, 1 to 1000
    #[arg(short = 'k', long, value_name = "N", default_value = "10", value_parser = top_k)]
    pub(crate) top_k: usize,
    /// Patents wanted instead, 1 to 200, each with its best pages
    #[arg(long, value_name = "N", conflicts_with = "top_k", value_parser = top_groups)]
    pub(crate) top_groups: Option<usize>,
    /// Worst score that counts [default: 0.5 for pictures under the cosine metric]
    #[arg(long, value_name = "SCORE", allow_negative_numbers = true)]
    pub(crate) min_score: Option<f32>,
    /// Largest distance that counts, under the l2 metric
    #[arg(long, value_name = "DISTANCE")]
    pub(crate) max_distance: Option<f32>,
    /// Part of the query pictures that counts: x,y,w,h from 0 to 1. Once for all pictures, or
    /// once for each in their order
    #[arg(long = "region", value_name = "X,Y,W,H")]
    pub(crate) regions: Vec<Region>,
    /// Let front-page copies of sheets take part
    #[arg(long)]
    pub(crate) include_front_page: bool,
    /// How many of the first hits are compared again by what matches where, 0 to 2000, 0 for none
    /// [default: 200]
    #[arg(long, value_name = "N", value_parser = values::rerank)]
    pub(crate) rerank: Option<usize>,
    /// Item that hits are to be more like, beside what is looked for or in its place; repeat for
    /// several
    #[arg(long, value_name = "ID")]
    pub(crate) like: Vec<u64>,
    /// Item that hits are to be less like; repeat for several
    #[arg(long, value_name = "ID")]
    pub(crate) unlike: Vec<u64>,
    /// As what photos are searched for: photo (as they came, and cut out from their ground), drawing
    /// (a line drawing made of them), both, or auto: both, where the collection tells photos from
    /// drawings. For each hit the form that suits it best counts
    #[arg(long, value_name = "AS", default_value = "auto", value_parser = values::mode)]
    pub(crate) mode: Mode,
    /// Poses in which the pictures are searched for, the best of which counts: upright (as they
    /// came), turns (by quarters), all (mirrored too), or auto: drawings known to be upright also
    /// mirrored, other drawings in all poses, anything else as it came
    #[arg(long, value_name = "WHICH", default_value = "auto", value_parser = values::poses)]
    pub(crate) poses: Poses,
    #[command(flatten)]
    pub(crate) effort: EffortArguments,
    #[command(flatten)]
    pub(crate) filters: FilterArguments,
    /// How to print the result
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub(crate) format: HitFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum HitFormat {
    /// For people
    Table,
    /// One JSON document
    Json,
    /// One JSON document a line
    Jsonl,
    /// The file that each hit came from, a line each, for other programs
    Paths,
}
