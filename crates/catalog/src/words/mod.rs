//! Items found by words: titles, descriptions, tags, claims, names and what figures show, in one
//! full-text index, ranked by BM25 (Robertson and Zaragoza, 2009).
//!
//! The index holds what [`terms`] makes of the texts, so that Chinese is found too. SQL can't call
//! that: triggers note which items have changed, so that no way of writing forgets any, and every
//! transaction brings the index up to date before it ends.

mod find;
mod index;
mod terms;

pub(crate) use index::refresh;
pub use terms::Words;
pub(crate) use terms::beginnings;

/// A kind of text that words are found in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WordField {
    /// The patent's title.
    Title,
    /// The item's description.
    Description,
    /// The item's tags.
    Tags,
    /// The patent's claim.
    Claim,
    /// Applicant, inventors, assignee, and the name of the file.
    Names,
    /// What a grant says of figures, and captions.
    Figures,
    /// The patent's number, which is in no column of the index.
    Number,
}

impl WordField {
    /// In the order of the index's columns.
    pub(super) const INDEXED: [Self; 6] = [
        Self::Title,
        Self::Description,
        Self::Tags,
        Self::Claim,
        Self::Names,
        Self::Figures,
    ];

    /// The name of the column, and in answers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Description => "description",
            Self::Tags => "tags",
            Self::Claim => "claim",
            Self::Names => "names",
            Self::Figures => "figures",
            Self::Number => "number",
        }
    }
}

/// An item that words were found in.
#[derive(Clone, Debug, PartialEq)]
pub struct WordHit {
    /// The item.
    pub item_id: u64,
    /// BM25, above 0, larger is better; comparable between hits of one search only.
    pub relevance: f64,
    /// Whether every word was found, and not only some.
    pub has_all: bool,
}
