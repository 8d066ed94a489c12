//! The arguments of `lookalike collections`.

use clap::{Args, Subcommand};
use lookalike_imaging::PreprocessKind;
use lookalike_storage::{IndexKind, Metric};

use super::FormatArgument;
use super::values::from_name;

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
