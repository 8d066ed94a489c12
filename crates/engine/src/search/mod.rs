//! Search: by pictures, by stored items, by vectors, by words; over one or several collections; grouped
//! by patent.

mod answer;
mod checked;
mod compose;
mod description;
mod embedding;
mod embedding_cache;
mod embedding_kind;
mod examples;
mod found;
mod fuse;
mod kept;
mod mode;
mod parameters;
mod past;
mod poses;
mod query_pages;
mod query_pictures;
mod query_vectors;
mod rank;
mod region;
mod request;
mod searcher;
mod second_look;
#[cfg(test)]
mod tests;
mod token;
mod words;

pub use answer::{GroupedHits, PageHit, QueryInfo, RankedItem, SearchAnswer, Timing};
pub use description::{QueryDescription, QueryKind};
pub use examples::EXAMPLES_MAX;
pub use kept::KeptQuery;
pub use lookalike_imaging::Pose;
pub use lookalike_imaging::photo::Form;
pub use lookalike_storage::Effort;
pub use mode::Mode;
pub use past::{PastSearch, unknown_token};
pub use poses::Poses;
pub use query_pages::{MAX_QUERY_PAGES, PageChoice, PageOffer};
pub use query_pictures::QueryPictures;
pub use region::Region;
pub use request::{Limit, Query, QueryFile, SearchRequest, TOP_GROUPS_MAX, TOP_K_MAX};
pub use searcher::{Counters, Searcher};
pub use second_look::{RERANK_DEFAULT, RERANK_MAX};
pub use words::query::WordsQuery;
pub(crate) use words::query::check_templates;
pub use words::reasons::FoundBy;
pub use words::terms::Term;
