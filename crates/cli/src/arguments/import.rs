//! The arguments of `lookalike import`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use lookalike_engine::import::Shard;

use super::values;
use super::{CollectionArguments, FormatArgument};

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
    #[arg(short, long, value_name = "NAME", default_value = "default")]
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
