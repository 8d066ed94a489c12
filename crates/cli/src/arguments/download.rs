//! The arguments of `lookalike download`.

use std::path::PathBuf;

use clap::{Args, value_parser};

use super::FormatArgument;

/// Column of a table that has the addresses, by default.
pub(crate) const DEFAULT_COLUMN: &str = "image_url";

#[derive(Args, Debug)]
pub(crate) struct DownloadArguments {
    /// CSV file in UTF-8 with a header line; commas, semicolons or tabs
    #[arg(value_name = "FILE.csv")]
    pub(crate) table: PathBuf,
    /// Folder for the pictures and the log, one for each table [default: downloads/<name of the
    /// file> in the data directory]
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Column with the addresses; the others become attributes of the picture
    #[arg(long, value_name = "NAME", default_value = DEFAULT_COLUMN)]
    pub(crate) column: String,
    /// Requests at a time, at most 4 of them to one host
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = value_parser!(u16).range(1..=256))]
    pub(crate) parallel: u16,
    /// Least time between two requests to a host, in milliseconds
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = value_parser!(u64).range(..=600_000))]
    pub(crate) delay_ms: u64,
    /// Also ask machines of private networks, and use the proxy of the environment
    #[arg(long)]
    pub(crate) allow_private: bool,
    #[command(flatten)]
    pub(crate) format: FormatArgument,
}
