//! `lookalike images`.

use clap::{Args, Subcommand, ValueEnum};
use lookalike_engine::library::{Direction, SortKey};
use serde_json::{Map, Value};

use super::{FilterArguments, FormatArgument};

#[derive(Debug, Subcommand)]
pub(crate) enum ImagesCommand {
    /// List images, a page at a time
    List(ImagesListArguments),
    /// Show everything that is known about an image
    Show {
        /// Its id
        id: u64,
        #[command(flatten)]
        format: FormatArgument,
    },
    /// Change what is said about an image; an empty value takes away what is there
    Edit(ImagesEditArguments),
    /// Give images tags and take tags away, by id, by filters, or all of a collection
    Tag(ImagesTagArguments),
    /// Delete images, by id, by filters, or all of a collection: into the trash, from where they
    /// can be restored (originals in place are never touched)
    Delete(ImagesDeleteArguments),
    /// Restore deleted images from the trash
    Restore(ImagesRestoreArguments),
    /// List the trash, or empty it
    Trash(ImagesTrashArguments),
}

#[derive(Args, Debug)]
pub(crate) struct ImagesListArguments {
    /// The collection
    #[arg(short, long, value_name = "NAME", default_value = "default")]
    pub(crate) collection: String,
    /// What to sort by
    #[arg(long, value_name = "KEY", default_value = "id")]
    pub(crate) sort: SortChoice,
    /// The largest or latest first
    #[arg(long)]
    pub(crate) descending: bool,
    /// Page, from 1
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) page: u64,
    /// Images of a page, 1 to 500
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub(crate) page_size: usize,
    /// Part of the file's name
    #[arg(long, value_name = "TEXT")]
    pub(crate) file_name: Vec<String>,
    /// MD5 sum of the file
    #[arg(long, value_name = "HEX")]
    pub(crate) md5: Vec<String>,
    /// Id that the caller gave it
    #[arg(long, value_name = "ID")]
    pub(crate) external_id: Vec<String>,
    #[command(flatten)]
    pub(crate) filters: FilterArguments,
    #[command(flatten)]
    pub(crate) format: FormatArgument,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum SortChoice {
    Id,
    CreatedAt,
    FileName,
    PatentId,
    PubDate,
    FileSize,
}

#[derive(Args, Debug)]
pub(crate) struct ImagesEditArguments {
    /// The image's id
    pub(crate) id: u64,
    /// Free text
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<String>,
    /// Tag, instead of those it has; repeat for several
    #[arg(long = "tag", value_name = "TAG")]
    pub(crate) tags: Option<Vec<String>>,
    /// Attributes as a JSON object, instead of those it has
    #[arg(long, value_name = "JSON", value_parser = object)]
    pub(crate) attributes: Option<Map<String, Value>>,
    /// Your own identifier
    #[arg(long, value_name = "ID")]
    pub(crate) external_id: Option<String>,
    /// perspective, front, ...
    #[arg(long, value_name = "VIEW")]
    pub(crate) view: Option<String>,
    /// Patent, in any spelling
    #[arg(long, value_name = "ID")]
    pub(crate) patent_id: Option<String>,
    /// Page, such as D00001
    #[arg(long, value_name = "PAGE")]
    pub(crate) page_num: Option<String>,
    #[command(flatten)]
    pub(crate) format: FormatArgument,
}

/// Which images of a collection: some by id, those that pass filters, or all.
#[derive(Args, Debug)]
pub(crate) struct SelectionArguments {
    /// Ids of images
    #[arg(conflicts_with = "all")]
    pub(crate) ids: Vec<u64>,
    /// The collection
    #[arg(short, long, value_name = "NAME", default_value = "default")]
    pub(crate) collection: String,
    /// Everything in the collection
    #[arg(long)]
    pub(crate) all: bool,
    /// Part of the file's name
    #[arg(long, value_name = "TEXT")]
    pub(crate) file_name: Vec<String>,
    /// MD5 sum of the file
    #[arg(long, value_name = "HEX")]
    pub(crate) md5: Vec<String>,
    /// Id that the caller gave it
    #[arg(long, value_name = "ID")]
    pub(crate) external_id: Vec<String>,
    #[command(flatten)]
    pub(crate) filters: FilterArguments,
}

#[derive(Args, Debug)]
pub(crate) struct ImagesTagArguments {
    #[command(flatten)]
    pub(crate) which: SelectionArguments,
    /// Tag to add; repeat for several
    #[arg(long, value_name = "TAG", required_unless_present = "remove")]
    pub(crate) add: Vec<String>,
    /// Tag to take away; repeat for several
    #[arg(long, value_name = "TAG")]
    pub(crate) remove: Vec<String>,
    #[command(flatten)]
    pub(crate) format: FormatArgument,
}

#[derive(Args, Debug)]
pub(crate) struct ImagesDeleteArguments {
    #[command(flatten)]
    pub(crate) which: SelectionArguments,
    /// Don't ask for confirmation
    #[arg(long)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) format: FormatArgument,
}

#[derive(Args, Debug)]
pub(crate) struct ImagesRestoreArguments {
    /// Ids of deleted images
    #[arg(required_unless_present_any = ["all", "deletion"])]
    pub(crate) ids: Vec<u64>,
    /// Those of one deletion, by its number
    #[arg(long, value_name = "N", conflicts_with = "ids")]
    pub(crate) deletion: Option<i64>,
    /// Everything that was deleted from the collection
    #[arg(long, conflicts_with_all = ["ids", "deletion"])]
    pub(crate) all: bool,
    /// The collection
    #[arg(short, long, value_name = "NAME", default_value = "default")]
    pub(crate) collection: String,
    #[command(flatten)]
    pub(crate) format: FormatArgument,
}

#[derive(Args, Debug)]
pub(crate) struct ImagesTrashArguments {
    /// The collection
    #[arg(short, long, value_name = "NAME", default_value = "default")]
    pub(crate) collection: String,
    /// Delete everything in it for good
    #[arg(long)]
    pub(crate) empty: bool,
    /// Don't ask for confirmation
    #[arg(long, requires = "empty")]
    pub(crate) yes: bool,
    /// Page, from 1
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) page: u64,
    /// Images of a page, 1 to 500
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub(crate) page_size: usize,
    #[command(flatten)]
    pub(crate) format: FormatArgument,
}

impl From<SortChoice> for SortKey {
    fn from(choice: SortChoice) -> Self {
        match choice {
            SortChoice::Id => Self::Id,
            SortChoice::CreatedAt => Self::CreatedAt,
            SortChoice::FileName => Self::FileName,
            SortChoice::PatentId => Self::PatentId,
            SortChoice::PubDate => Self::PubDate,
            SortChoice::FileSize => Self::FileSize,
        }
    }
}

impl ImagesListArguments {
    pub(crate) fn direction(&self) -> Direction {
        if self.descending {
            Direction::Desc
        } else {
            Direction::Asc
        }
    }
}

fn object(text: &str) -> Result<Map<String, Value>, String> {
    match text.trim() {
        "" => Ok(Map::new()),
        json => serde_json::from_str(json).map_err(|error| format!("no JSON object: {error}")),
    }
}
