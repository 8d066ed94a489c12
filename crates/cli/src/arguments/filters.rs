//! Filters as flags; the names are those of the API's fields.

use std::path::{Path, PathBuf};

use clap::Args;
use lookalike_catalog::ItemFilter;
use lookalike_engine::parse_day;

/// Repeating a filter means OR, different filters AND.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Filters (repeating one means OR, different ones AND)")]
pub(crate) struct FilterArguments {
    /// Words of number, title, claim, names, description, file name or tags
    #[arg(long, value_name = "WORDS")]
    keyword: Vec<String>,
    /// Beginning of the Locarno class, such as 10 or 10-02
    #[arg(long, value_name = "CLASS")]
    loc_class: Vec<String>,
    /// US class, such as D14 or D14/486
    #[arg(long, value_name = "CLASS")]
    us_class: Vec<String>,
    /// Part of the applicant's name
    #[arg(long, value_name = "NAME")]
    applicant: Vec<String>,
    /// Part of the assignee's name
    #[arg(long, value_name = "NAME")]
    assignee: Vec<String>,
    /// Applicant's country code
    #[arg(long, value_name = "CODE")]
    country: Vec<String>,
    /// Granted on this day or later, such as 2020-01-31
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    pub_date_from: Option<u32>,
    /// Granted on this day or earlier, such as 2020-12-31
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    pub_date_to: Option<u32>,
    /// in_force or expired
    #[arg(long, value_name = "STATUS")]
    status: Vec<String>,
    /// Tag of the item
    #[arg(long, value_name = "TAG")]
    tags: Vec<String>,
    /// Attribute of the item or its patent
    #[arg(long, value_name = "KEY=VALUE")]
    attributes: Vec<String>,
    /// In this folder or archive, at any depth
    #[arg(long, value_name = "PATH")]
    folder: Vec<PathBuf>,
    /// Image format, such as png
    #[arg(long = "image-format", value_name = "NAME")]
    image_format: Vec<String>,
    /// Added on this day (UTC) or later, such as 2026-01-31
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    created_from: Option<u32>,
    /// Added on this day (UTC) or earlier, such as 2026-12-31
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    created_to: Option<u32>,
    /// Only this patent, in any spelling
    #[arg(long, value_name = "ID")]
    patent_id: Vec<String>,
    /// All but this patent, in any spelling
    #[arg(long, value_name = "ID")]
    exclude_patent_id: Vec<String>,
    /// All but this item
    #[arg(long, value_name = "ID")]
    exclude_item_id: Vec<i64>,
}

impl From<FilterArguments> for ItemFilter {
    fn from(arguments: FilterArguments) -> Self {
        Self {
            keyword: arguments.keyword,
            loc_class: arguments.loc_class,
            us_class: arguments.us_class,
            applicant: arguments.applicant,
            assignee: arguments.assignee,
            country: arguments.country,
            pub_date_from: arguments.pub_date_from,
            pub_date_to: arguments.pub_date_to,
            status: arguments.status,
            tags: arguments.tags,
            attributes: arguments.attributes,
            folder: arguments.folder.iter().map(|path| whole(path)).collect(),
            format: arguments.image_format,
            created_from: arguments.created_from,
            created_to: arguments.created_to,
            patent_id: arguments.patent_id,
            exclude_patent_id: arguments.exclude_patent_id,
            exclude_item_id: arguments.exclude_item_id,
            ..Self::default()
        }
    }
}

/// The path as an import notes it: of a folder that is here the real one, of another as it is written,
/// from this folder on.
fn whole(folder: &Path) -> String {
    let real = std::fs::canonicalize(folder).or_else(|_| std::path::absolute(folder));
    let path = real.unwrap_or_else(|_| folder.to_owned());
    path.to_string_lossy().into_owned()
}
