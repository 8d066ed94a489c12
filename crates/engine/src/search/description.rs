//! Queries in words: what answers and the history say of them.

use serde::{Deserialize, Serialize};

use super::words::terms::Term;

/// What a query is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueryKind {
    /// A picture that came with the search.
    Picture,
    /// A stored item.
    Item,
    /// A vector.
    Vector,
    /// Words.
    Text,
}

/// A query in words: what the answer and the history say of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QueryDescription {
    /// What it is.
    pub kind: QueryKind,
    /// The item's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<u64>,
    /// The name of the file that the picture came as, or of the item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_name: Option<String>,
    /// The page of that file, counted from 1, if it holds several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// The part of the picture that counted: x, y, width and height in fractions of its sides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<[f64; 4]>,
    /// The words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// What they are composed of, if of several parts or of what hits are to be unlike.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub terms: Vec<Term>,
    /// The sentences that they were put into.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub templates: Vec<String>,
}
