//! The arguments of `lookalike features`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use lookalike_imaging::PreprocessKind;
use lookalike_storage::{IndexKind, Metric};

use super::FormatArgument;
use super::values::from_name;

#[derive(Debug, Subcommand)]
pub(crate) enum FeaturesCommand {
    /// Import vectors with what is known of their images
    Import(FeaturesImportArguments),
    /// Write a collection's vectors for NumPy
    Export(FeaturesExportArguments),
}

/// Where vectors that are made already go, and what they are.
#[derive(Args, Debug)]
pub(crate) struct VectorsArguments {
    /// Collection to import into; made if there is none of that name
    #[arg(short, long, value_name = "NAME", default_value = "default")]
    pub(crate) collection: String,
    /// cosine, ip or l2 [default: what the vectors come with, else cosine]
    #[arg(long, value_name = "NAME", value_parser = from_name::<Metric>)]
    pub(crate) metric: Option<Metric>,
    /// flat, ivf_flat, ivf_sq8, hnsw or auto, for a collection that is made [default: auto]
    #[arg(long, value_name = "KIND", value_parser = from_name::<IndexKind>)]
    pub(crate) index: Option<IndexKind>,
    /// Whether to scale vectors to length 1 [default: what the vectors come with, else false]
    #[arg(long, value_name = "true|false")]
    pub(crate) normalize: Option<bool>,
    /// Encoder that vectors that come without its name were made with, so that pictures and words can be
    /// searched with; nothing but their length can be checked
    #[arg(long, value_name = "NAME|DIR")]
    pub(crate) model: Option<String>,
    /// How that encoder's pictures were prepared [default: the model's own, else letterbox]
    #[arg(long, value_name = "NAME", requires = "model", value_parser = from_name::<PreprocessKind>)]
    pub(crate) preprocess: Option<PreprocessKind>,
    /// Their size in pixels [default: the model's own]
    #[arg(long, value_name = "N", requires = "model",
          value_parser = clap::value_parser!(u32).range(1..=16_384))]
    pub(crate) size: Option<u32>,
}

#[derive(Args, Debug)]
pub(crate) struct FeaturesImportArguments {
    /// A .npz; a .npy with a .jsonl beside it; a folder with a .npy for each image; or
    /// image_index.json with image_embeddings.npy
    #[arg(required = true, value_name = "BANK")]
    pub(crate) banks: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) vectors: VectorsArguments,
    #[command(flatten)]
    pub(crate) format: FormatArgument,
}

#[derive(Args, Debug)]
pub(crate) struct FeaturesExportArguments {
    /// Collection to export
    #[arg(short, long, value_name = "NAME", default_value = "default")]
    pub(crate) collection: String,
    /// File or folder to write
    #[arg(short, long, value_name = "FILE|DIR")]
    pub(crate) output: PathBuf,
    /// Form of the bank [default: by the ending of the output, else files]
    #[arg(long, value_name = "LAYOUT")]
    pub(crate) layout: Option<LayoutChoice>,
    #[command(flatten)]
    pub(crate) format: FormatArgument,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LayoutChoice {
    /// One archive: features, paths, ids, file_names, md5, patent_ids, metadata, collection
    Npz,
    /// One matrix, and a .jsonl beside it with a line for each row
    Npy,
    /// A folder with an array for each item, and features_index.jsonl
    Files,
}
