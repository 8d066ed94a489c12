//! The durable truth in SQLite: collections, items, patents, embeddings, jobs, searches made,
//! users.
//!
//! One process at a time opens a data directory for writing ([`Catalog::open_for_writing`]
//! takes a lock); any number read at the same time ([`Catalog::open`]). Everything that an import
//! adds for a picture (content, item, patent, embedding) becomes visible in one
//! transaction, so a process killed at any instant leaves nothing half-written. Indexes
//! are derived from what stands here and can be thrown away.

mod accounts;
mod annotations;
mod blob_work;
mod catalog;
mod changes;
mod collections;
mod connection;
mod contents;
mod corrections;
mod deletions;
mod dropped;
mod duplicates;
mod embeddings;
mod error;
mod examine;
mod facets;
mod figures;
mod file_number;
mod file_pages;
mod filter;
mod grant_details;
mod history;
mod items;
mod jobs;
mod keyword;
mod listing;
mod lock;
mod marks;
mod merging;
mod paged_files;
mod patents;
mod paths;
mod place;
mod placing;
mod private;
mod read;
mod room;
mod saved;
mod schema;
mod sheets;
mod stored;
mod successor;
mod transaction;
mod trash;
mod watcher;
mod word_templates;
mod words;
mod write;

#[cfg(test)]
mod tests;

pub use accounts::{
    ApiToken, FailureKey, Failures, NewApiToken, NewSession, NewUser, PasswordHash, Session,
    TokenHash, User,
};
pub use annotations::Annotations;
pub use blob_work::BlobSweep;
pub use catalog::Catalog;
pub use changes::{Change, StoredItem};
pub use collections::{Collection, CollectionStats, NewCollection, Revision};
pub use contents::Content;
pub use corrections::ItemChanges;
pub use dropped::DroppedCollection;
pub use duplicates::{Candidate, ContentEmbedding};
pub use error::CatalogError;
pub use examine::Depth;
pub use facets::{AttributeValues, PatentFacts};
pub use figures::{Area, Figure, MOST_FIGURES, NewFigure, NewFigures};
pub use file_pages::{FilePage, PageArea};
pub use filter::{Condition, Expression, ItemFilter};
pub use grant_details::{
    Citation, CitedPatent, Examiner, FigureDescription, GrantDetails, HagueRegistration, Priority,
    Relation,
};
pub use history::{
    MOST_SEARCHES, QueryThumbnail, Search, SearchHit, SearchQuery, SearchVector, StoredQuery,
    StoredSearch,
};
pub use items::{Item, PatentPage};
pub use jobs::{Job, JobCounts, JobFailure, JobState};
pub use listing::{Among, Direction, FEW_ITEMS, Passing, SortKey, Window};
pub use lookalike_terms::{IndexKind, Metric, PreprocessKind, Turn};
pub use marks::{HitMark, SearchMarks};
pub use merging::{ForeignItem, ForeignTrash};
pub use patents::Patent;
pub use paths::KnownPath;
pub use placing::{NewItem, Placed};
pub use private::create_private_folder;
pub use saved::{MOST_NEW, MOST_SAVED, SavedSearch, Saving};
pub use sheets::SheetFacts;
pub use transaction::WriteTransaction;
pub use trash::{Trashed, TrashedItem};
pub use words::{WordField, WordHit, Words};
