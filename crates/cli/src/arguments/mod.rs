//! The arguments of the command line. Parsing them has no effects.

mod annotate;
mod collections;
#[cfg(test)]
mod documented;
mod download;
mod duplicates;
mod effort;
mod embed;
mod features;
mod filters;
mod format_first;
mod images;
mod import;
mod measure;
mod migrate;
mod screen;
mod search;
mod users;
mod values;

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use lookalike_encoders::Precision;
use lookalike_imaging::PreprocessKind;
use lookalike_measure::evaluate::{Baseline, TaskKinds};
use lookalike_synth::Layout;

use crate::settings::{DeviceChoice, ListenAddress};
pub(crate) use annotate::AnnotateArguments;
pub(crate) use collections::{CollectionArguments, CollectionsCommand, ReEmbedArguments};
pub(crate) use download::{DEFAULT_COLUMN, DownloadArguments};
pub(crate) use duplicates::{DuplicatesArguments, Keep};
pub(crate) use effort::EffortArguments;
pub(crate) use embed::{EmbedArguments, EmbedFormat, TokenChoice};
pub(crate) use features::{
    FeaturesCommand, FeaturesExportArguments, LayoutChoice, VectorsArguments,
};
pub(crate) use filters::FilterArguments;
pub(crate) use format_first::format_behind;
pub(crate) use images::{
    ImagesCommand, ImagesDeleteArguments, ImagesEditArguments, ImagesListArguments,
    ImagesRestoreArguments, ImagesTagArguments, ImagesTrashArguments, SelectionArguments,
};
pub(crate) use import::{ImportArguments, Originals};
pub(crate) use measure::{BenchSearchArguments, CompareMetricsArguments};
pub(crate) use migrate::MigrateArguments;
pub(crate) use screen::{ScreenArguments, ScreenFormat};
pub(crate) use search::{HitFormat, SearchArguments};
pub(crate) use users::{TokenArguments, UsersCommand};
use values::from_name;

/// Finds images that look alike: registered designs, products, pictures.
#[derive(Debug, Parser)]
#[command(name = "lookalike", version, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: GlobalArguments,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Args, Debug)]
pub(crate) struct GlobalArguments {
    /// Directory that holds the catalogue, thumbnails and models [default: ./lookalike-data]
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "LOOKALIKE_DATA",
        help_heading = "Global options"
    )]
    pub(crate) data: Option<PathBuf>,
    /// File with settings (TOML)
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "LOOKALIKE_CONFIG",
        help_heading = "Global options"
    )]
    pub(crate) config: Option<PathBuf>,
    /// Threads that compute [default: one per core]
    #[arg(
        long,
        global = true,
        value_name = "N",
        env = "LOOKALIKE_THREADS",
        value_parser = values::threads,
        help_heading = "Global options"
    )]
    pub(crate) threads: Option<usize>,
    /// What models run on: auto, cpu, gpu or gpu:N (auto is a graphics card where it is faster)
    #[arg(
        long,
        global = true,
        value_name = "DEVICE",
        env = "LOOKALIKE_DEVICE",
        help_heading = "Global options"
    )]
    pub(crate) device: Option<DeviceChoice>,
    /// Log more; twice for every detail
    #[arg(short, long, global = true, action = ArgAction::Count, help_heading = "Global options")]
    pub(crate) verbose: u8,
    /// Print only errors
    #[arg(
        long,
        global = true,
        conflicts_with = "verbose",
        help_heading = "Global options"
    )]
    pub(crate) quiet: bool,
    /// When to use colours
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        help_heading = "Global options"
    )]
    pub(crate) color: ColorChoice,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorChoice {
    Auto,
    Always,
    Never,
}

#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct FormatArgument {
    /// How to print the result
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Table,
    /// One JSON document
    Json,
    /// One JSON document a line
    Jsonl,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the web page and the HTTP API
    Serve(ServeArguments),
    /// Import images and design patents from folders, archives and tables of addresses
    Import(ImportArguments),
    /// Download pictures from a table of addresses
    Download(DownloadArguments),
    /// Join legal status, family and columns of your own to patents by number
    Annotate(AnnotateArguments),
    /// Find what looks like a picture, a stored item or a vector
    Search(Box<SearchArguments>),
    /// Search with every picture of a folder of products, and list the closest designs of each
    Screen(Box<ScreenArguments>),
    /// Print embeddings of images
    Embed(EmbedArguments),
    /// List, create, drop and count collections
    #[command(subcommand)]
    Collections(CollectionsCommand),
    /// List, show, edit and delete the images of collections
    #[command(subcommand)]
    Images(Box<ImagesCommand>),
    /// Find near duplicates of a collection
    Duplicates(DuplicatesArguments),
    /// List, inspect and download encoders
    #[command(subcommand)]
    Models(ModelsCommand),
    /// Import and export banks of vectors, for NumPy and other programs
    #[command(subcommand)]
    Features(FeaturesCommand),
    /// Take over a collection of vectors that an earlier system keeps in Milvus
    Migrate(MigrateArguments),
    /// Measure how well encoders and plain baselines find what they should
    Eval(EvalArguments),
    /// Show what searches under several metrics return, and how far they agree
    CompareMetrics(CompareMetricsArguments),
    /// Time the program on this machine
    #[command(subcommand)]
    Bench(BenchCommand),
    /// Make synthetic design patents to try the program with
    Synth(SynthArguments),
    /// Take the collections of other data directories in, such as those of an import in parts
    Merge(MergeArguments),
    /// Copy the data directory into a new folder, also while it is served and written
    Backup(BackupArguments),
    /// Add, list and remove users, and make tokens for scripts
    #[command(subcommand)]
    Users(UsersCommand),
    /// Check this machine, the data directory and the models
    Doctor(DoctorArguments),
    /// Print a script with which a shell completes this program's commands
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Write manual pages, one a command
    Man {
        /// Folder to write them to; made where it is missing
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
}

#[derive(Args, Debug)]
pub(crate) struct DoctorArguments {
    /// Look at every byte: pages of the catalogue, copies, thumbnails and originals
    #[arg(long)]
    pub(crate) deep: bool,
    /// Make again what can be: thumbnails and indexes. Nobody else may write meanwhile
    #[arg(long)]
    pub(crate) repair: bool,
    /// Remove what lies in the bucket and no image refers to. Nobody else may use its prefix, and
    /// nobody may write meanwhile
    #[arg(long)]
    pub(crate) sweep: bool,
    #[command(flatten)]
    pub(crate) format: FormatArgument,
}

#[derive(Args, Debug)]
pub(crate) struct MergeArguments {
    /// Data directories; nobody may write to them meanwhile. Each stays as it is
    #[arg(value_name = "OTHER", required = true)]
    pub(crate) others: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) format: FormatArgument,
}

#[derive(Args, Debug)]
pub(crate) struct BackupArguments {
    /// Folder to make; it is a data directory too, so `--data FOLDER` restores it
    #[arg(value_name = "FOLDER")]
    pub(crate) folder: PathBuf,
    #[command(flatten)]
    pub(crate) format: FormatArgument,
}

#[derive(Args, Debug)]
pub(crate) struct ServeArguments {
    /// Address and port to listen on; port 0 takes a free one [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS", env = "LOOKALIKE_LISTEN")]
    pub(crate) listen: Option<ListenAddress>,
    /// Import new and changed files of a folder into the default collection, and mark missing
    /// ones; repeat for several
    #[arg(long, value_name = "DIR")]
    pub(crate) watch: Vec<PathBuf>,
    /// Open the page in the browser
    #[arg(long)]
    pub(crate) open: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ModelsCommand {
    /// List known encoders and where they are
    List(FormatArgument),
    /// What an encoder is made of
    Info {
        /// A name, hf:owner/name, or a folder or .npz
        #[arg(default_value = lookalike_engine::BUILTIN)]
        model: String,
        #[command(flatten)]
        format: FormatArgument,
    },
    /// Download an encoder into the data directory
    Pull {
        /// A name or hf:owner/name
        model: String,
    },
}

#[derive(Args, Debug)]
pub(crate) struct EvalArguments {
    /// Folders that `lookalike synth` wrote, with grants as the office publishes them, with patents as
    /// PDF, or with a folder of pictures per class; with --queries and --gallery, the folder that their paths
    /// start from
    #[arg(value_name = "DATASET", required = true)]
    pub(crate) datasets: Vec<PathBuf>,
    /// Queries: a path and a label on every line, as in DeepPatent's lists
    #[arg(long, value_name = "FILE", requires = "gallery")]
    pub(crate) queries: Option<PathBuf>,
    /// Pictures to search, in the same form
    #[arg(long, value_name = "FILE", requires = "queries")]
    pub(crate) gallery: Option<PathBuf>,
    /// Encoders to measure: names, hf:owner/name, folders or .npz; repeat or separate by commas
    #[arg(long = "model", value_name = "NAME|DIR", value_delimiter = ',',
          default_value = lookalike_engine::BUILTIN)]
    pub(crate) models: Vec<String>,
    /// Encoders also with a second look at the first N answers, by what matches where; those whose
    /// models are made for it
    #[arg(long, value_name = "N", value_parser = values::rerank)]
    pub(crate) rerank: Option<usize>,
    /// Baselines to measure beside them: perceptual-hash, hog, colour-histogram
    #[arg(long = "baseline", value_name = "NAME", value_delimiter = ',',
          value_parser = from_name::<Baseline>)]
    pub(crate) baselines: Vec<Baseline>,
    /// How methods see pictures, each way in turn: letterbox, processor, letterbox+processor,
    /// short-side, native, stretch or figure [default: each model's own, else letterbox]. Baselines
    /// see squares only, letterbox where no way to squares is named
    #[arg(long, value_name = "NAME", value_delimiter = ',',
          value_parser = from_name::<PreprocessKind>)]
    pub(crate) preprocess: Vec<PreprocessKind>,
    /// Each encoder that sees figures once more as imports and searches use it: sheets turned
    /// upright, with a vector for the whole and for each figure
    #[arg(long)]
    pub(crate) figures: bool,
    /// Input size in pixels [default: each model's own]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=16_384))]
    pub(crate) size: Option<u32>,
    /// Questions to ask: views (a drawing: other sheets of its patent), near (a drawing: near designs),
    /// photos (a photo: drawings of its patent), citations (a drawing: drawings of patents that an
    /// examiner cited with it), damaged (views, asked with damaged drawings)
    #[arg(long = "task", value_name = "NAME", value_delimiter = ',',
          default_values = ["views", "near", "photos"], value_parser = from_name::<TaskKinds>)]
    pub(crate) tasks: Vec<TaskKinds>,
    /// Families that were left out of training: reported apart
    #[arg(long, value_name = "FAMILY", value_delimiter = ',')]
    pub(crate) held_out: Vec<String>,
    /// A row for every family too
    #[arg(long)]
    pub(crate) per_family: bool,
    #[command(flatten)]
    pub(crate) format: FormatArgument,
}

#[derive(Debug, Subcommand)]
pub(crate) enum BenchCommand {
    /// Time embedding, decoding left out
    Embed(BenchEmbedArguments),
    /// Time searches by kind of index, and count what they find
    Search(Box<BenchSearchArguments>),
}

#[derive(Args, Debug)]
pub(crate) struct BenchEmbedArguments {
    /// Encoders: names, hf:owner/name, folders or .npz; repeat or separate by commas
    #[arg(long = "model", value_name = "NAME|DIR", value_delimiter = ',',
          default_value = lookalike_engine::BUILTIN)]
    pub(crate) models: Vec<String>,
    /// Time texts of the models' full length, in place of pictures
    #[arg(long, conflicts_with = "sizes")]
    pub(crate) texts: bool,
    /// Input sizes in pixels [default: each model's own]
    #[arg(long = "size", value_name = "N", value_delimiter = ',',
          value_parser = clap::value_parser!(u32).range(1..=16_384))]
    pub(crate) sizes: Vec<u32>,
    /// Images in one forward pass
    #[arg(long = "batch", value_name = "N", value_delimiter = ',', default_values = ["1", "8"],
          value_parser = values::batch_size)]
    pub(crate) batches: Vec<usize>,
    /// auto, f32, bf16 or int8 [default: auto]
    #[arg(long, value_name = "NAME", value_parser = from_name::<Precision>)]
    pub(crate) precision: Option<Precision>,
    /// Timed runs of each, in turns; the median counts
    #[arg(long, value_name = "N", default_value_t = 15,
          value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) runs: u32,
    #[command(flatten)]
    pub(crate) format: FormatArgument,
}

#[derive(Args, Debug)]
pub(crate) struct SynthArguments {
    /// New or empty directory to write to
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Designs to make
    #[arg(long, value_name = "N")]
    pub(crate) patents: u32,
    /// Same seed, same bytes
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Product photos of each design
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub(crate) photos: u32,
    /// Near designs made of every design, patents of their own
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) near: u32,
    /// folders, zip, tar, or pdf: a PDF of scanned pages per patent
    #[arg(long, value_name = "LAYOUT", default_value = "folders", value_parser = from_name::<Layout>)]
    pub(crate) format: Layout,
}
