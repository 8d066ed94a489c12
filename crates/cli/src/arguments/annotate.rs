//! The arguments of `lookalike annotate`.

use std::path::PathBuf;

use clap::Args;

use super::FormatArgument;

#[derive(Args, Debug)]
pub(crate) struct AnnotateArguments {
    /// CSV file in UTF-8 with a header line; commas, semicolons or tabs
    #[arg(value_name = "FILE.csv")]
    pub(crate) table: PathBuf,
    /// Column with the patents' numbers, in any spelling; the others are joined to the patents
    #[arg(long, value_name = "NAME", default_value = "patent_id")]
    pub(crate) column: String,
    /// Say what would change, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) format: FormatArgument,
}
