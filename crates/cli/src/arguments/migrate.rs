//! The arguments of `lookalike migrate`.

use std::path::PathBuf;

use clap::Args;

use super::{FormatArgument, VectorsArguments};

#[derive(Args, Debug)]
pub(crate) struct MigrateArguments {
    /// milvus://HOST:PORT/COLLECTION, or https:// for an encrypted way; user, password and
    /// certificates as the settings of [milvus] say
    #[arg(value_name = "SOURCE")]
    pub(crate) source: String,
    /// Folder, or s3://BUCKET/PREFIX, in which the images lie, as file_path, PATENT/FILE or FILE
    #[arg(long, value_name = "DIR")]
    pub(crate) images: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) vectors: VectorsArguments,
    #[command(flatten)]
    pub(crate) format: FormatArgument,
}
