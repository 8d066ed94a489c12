//! The arguments of `lookalike embed`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use lookalike_encoders::Precision;
use lookalike_imaging::PreprocessKind;

use super::values::from_name;

#[derive(Args, Debug)]
pub(crate) struct EmbedArguments {
    /// Image files, and folders of them
    #[arg(required_unless_present = "texts", value_name = "IMAGE")]
    pub(crate) images: Vec<PathBuf>,
    /// Embed words instead, with a model that embeds texts; repeat for several
    #[arg(long = "text", value_name = "WORDS", conflicts_with = "images")]
    pub(crate) texts: Vec<String>,
    /// Encoder: a name of `lookalike models list`, hf:owner/name, or a folder or .npz
    #[arg(long, value_name = "NAME|DIR", default_value = lookalike_engine::BUILTIN)]
    pub(crate) model: String,
    /// letterbox, processor, letterbox+processor, short-side, native, stretch or figure [default:
    /// the model's own, else letterbox]
    #[arg(long, value_name = "NAME", value_parser = from_name::<PreprocessKind>)]
    pub(crate) preprocess: Option<PreprocessKind>,
    /// Input size in pixels [default: the model's own]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=16_384))]
    pub(crate) size: Option<u32>,
    /// auto, f32, bf16 or int8 [default: auto]
    #[arg(long, value_name = "NAME", value_parser = from_name::<Precision>)]
    pub(crate) precision: Option<Precision>,
    /// cls: the L2-normalised embedding; patch, all: the last hidden state as it is
    #[arg(long, value_name = "WHICH", default_value = "cls")]
    pub(crate) tokens: TokenChoice,
    /// Write to a file instead of standard output [format by its ending, unless given]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// How to print the result [default: table, or by the ending of the output file]
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<EmbedFormat>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TokenChoice {
    /// The embedding of the image
    Cls,
    /// One vector per patch
    Patch,
    /// CLS, then the patches
    All,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum EmbedFormat {
    /// For people
    Table,
    /// One JSON array
    Json,
    /// One JSON object a line
    Jsonl,
    /// A NumPy array, one row per image or token
    Npy,
    /// A NumPy archive: features, paths
    Npz,
}
