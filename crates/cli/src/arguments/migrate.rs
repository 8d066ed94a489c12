//! The arguments of `lookalike migrate`.

use std::path::PathBuf;

use clap::Args;
use lookalike_storage::{IndexKind, Metric};

use super::FormatArgument;
use super::values::from_name;

#[derive(Args, Debug)]
pub(crate) struct MigrateArguments {
    /// milvus://HOST:PORT/COLLECTION, or https:// for an encrypted way; user, password and
    /// certificates as the settings of [milvus] say
    #[arg(value_name = "SOURCE")]
    pub(crate) source: String,
    /// Folder in which the images lie, as file_path, PATENT/FILE or FILE
    #[arg(long, value_name = "DIR")]
    pub(crate) images: Option<PathBuf>,
    /// Collection to import into; made if there is none of that name
    #[arg(long, value_name = "NAME", default_value = "default")]
    pub(crate) collection: String,
    /// cosine, ip or l2 [default: that of the index in Milvus, else cosine]
    #[arg(long, value_name = "NAME", value_parser = from_name::<Metric>)]
    pub(crate) metric: Option<Metric>,
    /// flat, ivf_flat, ivf_sq8, hnsw or auto, for a collection that is made [default: auto]
    #[arg(long, value_name = "KIND", value_parser = from_name::<IndexKind>)]
    pub(crate) index: Option<IndexKind>,
    /// Whether to scale vectors to length 1 [default: false]
    #[arg(long, value_name = "true|false")]
    pub(crate) normalize: Option<bool>,
    #[command(flatten)]
    pub(crate) format: FormatArgument,
}
