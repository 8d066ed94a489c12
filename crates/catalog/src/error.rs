//! What can go wrong with a catalogue.

use std::path::PathBuf;

/// An error of the catalogue. Messages are for users; `source` holds SQLite's own words.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogError {
    /// There is no catalogue in the directory.
    #[error("no catalogue in {}", .directory.display())]
    Missing {
        /// The data directory.
        directory: PathBuf,
    },
    /// Another process owns the directory for writing.
    #[error(
        "{} is being written by another process{}; wait for it to end or stop it, then try again",
        .directory.display(),
        .owner.as_ref().map(|owner| format!(" ({owner})")).unwrap_or_default()
    )]
    Locked {
        /// The data directory.
        directory: PathBuf,
        /// What the owner wrote about itself, such as `process 4711`.
        owner: Option<String>,
    },
    /// The file was made by a newer program.
    #[error(
        "{} was made by a newer version of lookalike (schema {found}, this program knows up to \
         {known}); use that version",
        .file.display()
    )]
    Newer {
        /// The catalogue file.
        file: PathBuf,
        /// Its schema version.
        found: u32,
        /// The newest version that this program reads.
        known: u32,
    },
    /// No collection of that name.
    #[error("no collection named `{name}`")]
    NoCollection {
        /// The name asked for.
        name: String,
    },
    /// A collection of that name exists.
    #[error("a collection named `{name}` exists already")]
    CollectionExists {
        /// The name asked for.
        name: String,
    },
    /// A name that a collection can't have.
    #[error(
        "`{name}` can't name a collection; use 1 to 64 letters of any script, digits, `-`, `_` or `.`, beginning \
         with a letter or digit"
    )]
    BadCollectionName {
        /// The name asked for.
        name: String,
    },
    /// A user of that name exists.
    #[error("a user named `{name}` exists already; choose another name")]
    UserExists {
        /// The name asked for.
        name: String,
    },
    /// A vector of the wrong length was to be stored.
    #[error("collection `{collection}` holds vectors of {expected} numbers, this one has {found}")]
    WrongDimension {
        /// The collection's name.
        collection: String,
        /// Its dimension.
        expected: usize,
        /// The vector's length.
        found: usize,
    },
    /// An item was to be stored with no figure, or with too many.
    #[error("an item has 1 to 256 figures, this one has {found}")]
    FigureCount {
        /// How many.
        found: usize,
    },
    /// The directory or the lock file can't be used.
    #[error("can't use the data directory {}", .directory.display())]
    Directory {
        /// The data directory.
        directory: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// What happened since a revision is not known: it is not one of the collection's, or is too old.
    #[error(
        "what changed in collection `{collection}` since a revision is not known; load it again"
    )]
    UnknownRevision {
        /// The collection's name.
        collection: String,
    },
    /// A stored value is not what this program writes.
    #[error("the catalogue holds a damaged {what}; restore it from a backup or import again")]
    Damaged {
        /// What was read.
        what: String,
    },
    /// SQLite refused.
    #[error("the catalogue could not be read or written")]
    Sqlite(#[from] rusqlite::Error),
}

impl CatalogError {
    /// Whether the disk of the data directory is full.
    #[must_use]
    pub fn is_out_of_room(&self) -> bool {
        let code = match self {
            Self::Sqlite(error) => error.sqlite_error_code(),
            _ => None,
        };
        code == Some(rusqlite::ErrorCode::DiskFull)
    }
}
