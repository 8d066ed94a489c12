//! Advice that comes with errors.
//!
//! It is data: only the front ends know what things are called for users (options of a command,
//! fields of a request), and they word it so. The enums are matched whole there, so that no advice
//! goes unsaid.

use std::path::PathBuf;

/// What can be done about an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hint {
    /// Don't ask for this setting, which the collection has otherwise, or import into another
    /// collection.
    LeaveAway {
        /// The setting.
        setting: Setting,
        /// What was asked for.
        asked: String,
    },
    /// Import into another collection.
    AnotherCollection,
    /// Have originals copied at the next import.
    KeepCopies,
    /// Name a bucket for originals in the settings.
    NameBucket,
    /// Examine the data directory.
    Examine,
    /// Search again: the new answer has a token that is known.
    SearchAgain,
    /// Send pictures, grants or archives.
    SendFiles,
    /// See which collections there are.
    ListCollections,
    /// Bring a model here, by the hub or by hand.
    BringModel {
        /// The hub's address.
        endpoint: String,
        /// `owner/name` on the hub.
        repository: String,
        /// The folder where its files belong.
        folder: PathBuf,
    },
    /// Import with a model that embeds texts, or give items titles, descriptions or tags.
    GiveTexts,
}

/// A setting of a collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// The encoder.
    Model,
    /// The preprocessing.
    Preprocess,
    /// The size in pixels.
    Size,
    /// The metric.
    Metric,
    /// The kind of the index.
    Index,
}

impl Setting {
    /// Such as `model`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Preprocess => "preprocess",
            Self::Size => "size",
            Self::Metric => "metric",
            Self::Index => "index",
        }
    }
}
