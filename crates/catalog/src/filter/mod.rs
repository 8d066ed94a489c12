//! Filters over items: as requests give them ([`ItemFilter`]), as a tree of conditions
//! ([`Expression`]), and as SQL.

mod expression;
mod find;
mod sql;

use serde::{Deserialize, Serialize};

pub use expression::{Condition, Expression};
pub(crate) use find::matching;

/// Which items take part in a search. Repeated values of one field mean OR, different
/// fields AND; everything empty lets every item through.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ItemFilter {
    /// Words of number (in any spelling), title, claim, names, description, file name or tags: every
    /// word of one entry, each as a word's beginning.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keyword: Vec<String>,
    /// Beginnings of the Locarno class, such as `10` or `10-02`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub loc_class: Vec<String>,
    /// Beginnings of the US class, such as `D14/` or `D14/486`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub us_class: Vec<String>,
    /// Part of the applicant's name, any case.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub applicant: Vec<String>,
    /// Part of the assignee's name, any case.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub assignee: Vec<String>,
    /// Applicant's country code.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub country: Vec<String>,
    /// Granted on this day (YYYYMMDD) or later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pub_date_from: Option<u32>,
    /// Granted on this day (YYYYMMDD) or earlier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pub_date_to: Option<u32>,
    /// `in_force` or `expired`, on the day of the search.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub status: Vec<String>,
    /// Tags of the item.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// `key=value` pairs of the item's attributes, or of its patent's; of a list, any value.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<String>,
    /// Folders, or archives, that the file lies in at any depth, as paths from the root.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub folder: Vec<String>,
    /// Names of image formats, such as `png`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub format: Vec<String>,
    /// Added on this day (YYYYMMDD, UTC) or later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_from: Option<u32>,
    /// Added on this day (YYYYMMDD, UTC) or earlier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_to: Option<u32>,
    /// Canonical patent ids to keep.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub patent_id: Vec<String>,
    /// Canonical patent ids to leave out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exclude_patent_id: Vec<String>,
    /// Part of the file's name, any case.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub file_name: Vec<String>,
    /// MD5 sums of the files, in hexadecimal.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub md5: Vec<String>,
    /// The callers' own ids.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub external_id: Vec<String>,
    /// Items to leave out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exclude_item_id: Vec<i64>,
    /// Added after this item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after_item: Option<i64>,
}

impl ItemFilter {
    /// Whether every item passes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The filter as an expression; `today` is YYYYMMDD, by which patents are in force or
    /// expired.
    #[must_use]
    pub fn expression(&self, today: u32) -> Expression {
        expression::of(self, today)
    }
}
