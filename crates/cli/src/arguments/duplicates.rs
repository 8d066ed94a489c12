//! `lookalike duplicates`.

use std::str::FromStr;

use clap::Args;

use super::FormatArgument;

#[derive(Args, Debug)]
pub(crate) struct DuplicatesArguments {
    /// Worst score of a duplicate: cosine 0.5 to 1 [default: what the encoder calls near-identical];
    /// to be given for other metrics
    #[arg(long, value_name = "SCORE", allow_negative_numbers = true)]
    pub(crate) threshold: Option<f32>,
    /// The collection
    #[arg(short, long, value_name = "NAME", default_value = "default")]
    pub(crate) collection: String,
    /// Count sheets of the same patent as duplicates of each other too
    #[arg(long)]
    pub(crate) same_patent: bool,
    /// Count sheets of different patents too
    #[arg(long)]
    pub(crate) across_patents: bool,
    /// Keep one image of each group and delete the others, into the trash: best (most pixels, then
    /// most bytes), oldest (the first that came), or path=PREFIX (one from below that folder; groups
    /// without one stay)
    #[arg(long, value_name = "WHICH")]
    pub(crate) keep: Option<Keep>,
    /// With --keep: only say what would be deleted
    #[arg(long, requires = "keep")]
    pub(crate) dry_run: bool,
    /// With --keep: don't ask for confirmation
    #[arg(long, requires = "keep")]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) format: FormatArgument,
}

/// Which image of a group of duplicates stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Keep {
    Best,
    Oldest,
    /// One whose file lies below.
    Path(String),
}

impl FromStr for Keep {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match (text, text.strip_prefix("path=")) {
            ("best", _) => Ok(Self::Best),
            ("oldest", _) => Ok(Self::Oldest),
            (_, Some(prefix)) if !prefix.is_empty() => Ok(Self::Path(prefix.to_owned())),
            _ => Err("it is best, oldest or path=PREFIX"),
        }
    }
}
