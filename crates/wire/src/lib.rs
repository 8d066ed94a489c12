//! The shapes of requests and answers, as the HTTP API and `--format json` show them.
//!
//! They mirror what the engine, the catalogue and the accounts return, field by field, and are made
//! of it: those crates then know neither OpenAPI nor addresses, and what is shown changes only when
//! somebody changes it here. What a mirror costs is a list of its fields, which is checked: a field
//! that is new on one side alone does not compile (`convert.rs`).

mod accounts;
mod addresses;
mod changes;
mod collections;
mod convert;
mod duplicates;
mod explain;
mod facets;
mod figures;
mod filter;
mod history;
mod items;
mod jobs;
mod marks;
mod pages;
mod patents;
mod screening;
mod search;
mod trash;

pub use accounts::{Account, Role, TokenReport};
pub use addresses::thumbnail_url;
pub use changes::{Decision, Deleted, ItemEdit, Restored, Tagged};
pub use collections::{CollectionReport, IndexReport, ModelReport};
pub use duplicates::{DuplicateGroup, DuplicatePage, DuplicatesReport, GroupMember, SearchState};
pub use explain::{Change, Correspondence, ExplainTiming};
pub use facets::{AttributeFacet, FacetCount, Facets};
pub use figures::{FigureVector, PictureFigure, PictureFigures};
pub use filter::ItemFilter;
pub use history::{FramedPicture, HistoryEntry, HistoryPage, PastHit, SavedSearch, SearchHit};
pub use items::{Item, ItemPage, ItemVector, ListedItem, UploadedItems};
pub use jobs::{FileProblem, JobReport, JobStatus};
pub use marks::{HitMark, SearchMarks};
pub use pages::{PageChoice, PageOffer};
pub use patents::{
    Citation, CitedPatent, Examiner, FigureDescription, GrantDetails, HagueRegistration, Patent,
    PatentReport, Priority, Relation,
};
pub use screening::{ScreenMatch, ScreenReport, ScreenStatus, ScreenedProduct};
pub use search::{
    FoundBy, GroupedHits, PageHit, QueryDescription, QueryInfo, QueryKind, RankedItem,
    SearchAnswer, Term, Timing,
};
pub use trash::{TrashPage, TrashedItem};
