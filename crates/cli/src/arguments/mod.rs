//! The arguments of the command line. Parsing them has no effects.

#[cfg(test)]
mod documented;
mod download;
mod duplicates;
mod effort;
mod features;
mod filters;
mod images;
mod measure;
mod migrate;
mod screen;
mod users;
mod values;

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use lookalike_encoders::Precision;
use lookalike_engine::import::Shard;
use lookalike_engine::search::{Mode, Poses, Region};
use lookalike_imaging::PreprocessKind;
use lookalike_measure::evaluate::{Baseline, TaskKinds};
use lookalike_storage::{IndexKind, Metric};
use lookalike_synth::Layout;

use crate::settings::ListenAddress;
pub(crate) use download::{DEFAULT_COLUMN, DownloadArguments};
pub(crate) use duplicates::DuplicatesArguments;
pub(crate) use effort::EffortArguments;
pub(crate) use features::{
    FeaturesCommand, FeaturesExportArguments, FeaturesImportArguments, LayoutChoice,
};
pub(crate) use filters::FilterArguments;
pub(crate) use images::{
    ImagesCommand, ImagesDeleteArguments, ImagesEditArguments, ImagesListArguments,
};
pub(crate) use measure::{BenchSearchArguments, CompareMetricsArguments};
pub(crate) use migrate::MigrateArguments;
pub(crate) use screen::{ScreenArguments, ScreenFormat};
pub(crate) use users::{TokenArguments, UsersCommand};
use values::{from_name, top_groups, top_k};

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

#[derive(Args, Debug)]
pub(crate) struct CollectionArguments {
    /// Encoder: a name of `lookalike models list`, hf:owner/name, or a folder or .npz
    #[arg(long, value_name = "NAME|DIR")]
    pub(crate) model: Option<String>,
    /// letterbox, processor, letterbox+processor, short-side, native, stretch or figure [default:
    /// the model's own, else letterbox]
    #[arg(long, value_name = "NAME", value_parser = from_name::<PreprocessKind>)]
    pub(crate) preprocess: Option<PreprocessKind>,
    /// Input size of the encoder in pixels [default: the model's own]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=16_384))]
    pub(crate) size: Option<u32>,
    /// cosine, ip or l2 [default: cosine]
    #[arg(long, value_name = "NAME", value_parser = from_name::<Metric>)]
    pub(crate) metric: Option<Metric>,
    /// Index kind: auto, flat (exact), or the approximate ivf_flat, ivf_sq8 and hnsw [default: auto,
    /// which is flat up to some 250,000 items, then hnsw]
    #[arg(long, value_name = "NAME", value_parser = from_name::<IndexKind>)]
    pub(crate) index: Option<IndexKind>,
}

#[derive(Args, Debug)]
pub(crate) struct ImportArguments {
    /// Folders, archives (TAR, ZIP), files, tables of addresses (CSV), logs of downloads, or
    /// feature banks; grant XML beside the drawings is read too
    #[arg(required_unless_present = "retry_failed", value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Try again the files that failed in the last import in which any did
    #[arg(long, conflicts_with = "paths")]
    pub(crate) retry_failed: bool,
    /// Bring back what was deleted from the collection before; an import leaves it out otherwise
    #[arg(long, conflicts_with = "retry_failed")]
    pub(crate) again: bool,
    /// Watch the folders until Ctrl-C: import new and changed files, mark missing ones
    #[arg(long, conflicts_with = "retry_failed")]
    pub(crate) watch: bool,
    /// Collection to import into; made if there is none of that name
    #[arg(long, value_name = "NAME", default_value = "default")]
    pub(crate) collection: String,
    #[command(flatten)]
    pub(crate) settings: CollectionArguments,
    /// Images embedded in one forward pass [default: what suits the encoder]
    #[arg(long, value_name = "N", value_parser = values::batch_size)]
    pub(crate) batch_size: Option<usize>,
    /// Import only this part of all, such as 1/4, on one of four machines; `lookalike merge` puts
    /// the parts together
    #[arg(long, value_name = "I/N", conflicts_with_all = ["watch", "retry_failed"])]
    pub(crate) shard: Option<Shard>,
    /// What happens to the originals
    #[arg(long, value_name = "WHAT", default_value = "reference")]
    pub(crate) originals: Originals,
    #[command(flatten)]
    pub(crate) format: FormatArgument,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Originals {
    /// They stay where they are
    Reference,
    /// They are copied into the data directory
    Copy,
    /// They are copied into the bucket that the settings name (see docs/scale.md)
    S3,
}

#[derive(Args, Debug)]
pub(crate) struct SearchArguments {
    /// Pictures to look for; several are fused per patent
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
    #[arg(long = "collection", value_name = "NAME", default_value = "default")]
    pub(crate) collections: Vec<String>,
    /// Items wanted, 1 to 1000
    #[arg(long, value_name = "N", default_value = "10", value_parser = top_k)]
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
    #[command(flatten)]
    pub(crate) format: FormatArgument,
}

#[derive(Args, Debug)]
pub(crate) struct EmbedArguments {
    /// Image files
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

#[derive(Debug, Subcommand)]
pub(crate) enum CollectionsCommand {
    /// List collections
    List(FormatArgument),
    /// Make an empty collection
    Create {
        /// Its name
        name: String,
        #[command(flatten)]
        settings: CollectionArguments,
        #[command(flatten)]
        format: FormatArgument,
    },
    /// Set the sentences that words are put into where a search names none, such as "a photo of {}";
    /// without any, words are taken as they are again
    Templates {
        /// The collection's name
        name: String,
        /// Sentence with {} where the words belong; repeat for several, which are averaged
        #[arg(long = "template", value_name = "SENTENCE")]
        templates: Vec<String>,
        #[command(flatten)]
        format: FormatArgument,
    },
    /// Drop a collection with all its items (originals in place are never touched)
    Drop {
        /// Its name
        name: String,
        /// Don't ask for confirmation
        #[arg(long)]
        yes: bool,
    },
    /// Re-embed all items with another encoder, preprocessing or size; searches find the old
    /// embeddings until the new ones are complete, and a run that was stopped goes on
    ReEmbed(ReEmbedArguments),
    /// Rebuild a collection's index from the stored embeddings. Never needed for right answers:
    /// indexes follow what is added and removed, and are rebuilt by themselves when it pays
    RebuildIndex {
        /// Its name
        #[arg(default_value = "default")]
        name: String,
        #[command(flatten)]
        format: FormatArgument,
    },
    /// Numbers and settings of a collection
    Stats {
        /// Its name
        #[arg(default_value = "default")]
        name: String,
        #[command(flatten)]
        format: FormatArgument,
    },
}

#[derive(Args, Debug)]
pub(crate) struct ReEmbedArguments {
    /// The collection's name
    #[arg(default_value = "default")]
    pub(crate) name: String,
    /// Encoder: a name of `lookalike models list`, hf:owner/name, or a folder or .npz [default:
    /// the collection's]
    #[arg(long, value_name = "NAME|DIR")]
    pub(crate) model: Option<String>,
    /// letterbox, processor, letterbox+processor, short-side, native, stretch or figure [default:
    /// the collection's]
    #[arg(long, value_name = "NAME", value_parser = from_name::<PreprocessKind>)]
    pub(crate) preprocess: Option<PreprocessKind>,
    /// Take sheets apart into their figures, each with an embedding of its own: the preprocessing
    /// `figure`, also where the collection has it from before there were figures
    #[arg(long, conflicts_with = "preprocess")]
    pub(crate) figures: bool,
    /// Input size in pixels [default: the collection's, or another encoder's own]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=16_384))]
    pub(crate) size: Option<u32>,
    /// Make a collection of this name beside the old one instead of replacing it
    #[arg(long, value_name = "NEW")]
    pub(crate) into: Option<String>,
    /// Go on without the items whose originals are gone or can't be read
    #[arg(long)]
    pub(crate) leave_out_missing: bool,
    #[command(flatten)]
    pub(crate) format: FormatArgument,
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
    /// folders, zip or tar
    #[arg(long, value_name = "LAYOUT", default_value = "folders", value_parser = from_name::<Layout>)]
    pub(crate) format: Layout,
}
