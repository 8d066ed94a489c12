//! `lookalike duplicates`.

use clap::Args;

use super::FormatArgument;

#[derive(Args, Debug)]
pub(crate) struct DuplicatesArguments {
    /// Worst score of a duplicate: cosine 0.5 to 1 [default: what the encoder calls near-identical];
    /// to be given for other metrics
    #[arg(long, value_name = "SCORE", allow_negative_numbers = true)]
    pub(crate) threshold: Option<f32>,
    /// The collection
    #[arg(long, value_name = "NAME", default_value = "default")]
    pub(crate) collection: String,
    /// Count sheets of the same patent as duplicates of each other too
    #[arg(long)]
    pub(crate) same_patent: bool,
    /// Count sheets of different patents too
    #[arg(long)]
    pub(crate) across_patents: bool,
    #[command(flatten)]
    pub(crate) format: FormatArgument,
}
