//! Why words found items.

use std::collections::HashMap;

use lookalike_catalog::{WordField, Words};

/// Why a search by words found an item.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FoundBy {
    /// How well the picture fits the words by the model's measure, where that found it.
    pub meaning: Option<f32>,
    /// How probable the model holds it that the picture and the words belong together, if it was
    /// trained to say so.
    pub probability: Option<f32>,
    /// The texts that words were found in.
    pub texts: Vec<WordField>,
}

/// Why words found an item.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(in crate::search) struct Reason {
    /// The model's score.
    pub(in crate::search) meaning: Option<f32>,
    /// What that score means, if the model says so.
    pub(in crate::search) probability: Option<f32>,
    /// Whether words were found in its texts.
    pub(in crate::search) by_texts: bool,
}

/// The same for all items that words found.
#[derive(Clone, Debug, Default)]
pub(in crate::search) struct Reasons {
    pub(in crate::search) words: Words,
    pub(in crate::search) of_items: HashMap<u64, Reason>,
    /// Whether scores are the model's own.
    pub(in crate::search) by_meaning_alone: bool,
}

impl Reasons {
    /// Those of another collection too.
    pub(in crate::search) fn extend(&mut self, other: Self) {
        self.of_items.extend(other.of_items);
        self.by_meaning_alone &= other.by_meaning_alone;
    }
}
