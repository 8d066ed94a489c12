//! What is searched for.

use std::sync::Arc;

use lookalike_catalog::{FilePage, ItemFilter};
use lookalike_storage::Effort;

use super::description::{QueryDescription, QueryKind};
use super::kept::KeptQuery;
use super::mode::Mode;
use super::poses::Poses;
use super::region::Region;
use super::words::query::WordsQuery;
use super::words::terms::Term;
use crate::file_name::clean_name;

/// Largest `top_k`.
pub const TOP_K_MAX: usize = 1000;

/// Largest `top_groups`.
pub const TOP_GROUPS_MAX: usize = 200;

/// One thing to look for.
#[derive(Clone, Debug)]
pub enum Query {
    /// An image file.
    Image(QueryFile),
    /// A stored item.
    Item(u64),
    /// An embedding.
    Vector(Vec<f32>),
    /// Words.
    Words(WordsQuery),
    /// A query of an earlier search.
    Kept(KeptQuery),
}

/// An image file to look for, or a page of a file that holds several.
#[derive(Clone, Debug)]
pub struct QueryFile {
    /// What its sender calls it, made harmless.
    name: Option<String>,
    /// Shared by the pages of a file.
    pub(super) bytes: Arc<Vec<u8>>,
    /// The page; `None` is the file itself.
    pub(super) page: Option<FilePage>,
}

impl QueryFile {
    /// A file called `name`, of which only the last part of a path is kept.
    #[must_use]
    pub fn new(name: Option<&str>, bytes: Vec<u8>) -> Self {
        let name = name.filter(|name| !name.is_empty()).map(clean_name);
        Self {
            name,
            bytes: Arc::new(bytes),
            page: None,
        }
    }

    pub(super) fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The same file's page.
    pub(super) fn with_page(&self, page: Option<FilePage>) -> Self {
        Self {
            page,
            ..self.clone()
        }
    }
}

/// How much is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// This many items, 1 to [`TOP_K_MAX`].
    Items(usize),
    /// This many groups, 1 to [`TOP_GROUPS_MAX`], each with its best pages.
    Groups(usize),
}

/// A search.
#[derive(Clone, Debug)]
pub struct SearchRequest {
    /// Several are fused per group; none where `like` says what to look for.
    pub queries: Vec<Query>,
    /// At least one.
    pub collections: Vec<String>,
    /// How much is wanted.
    pub limit: Limit,
    /// Worst score for `cosine` and `ip`.
    pub min_score: Option<f32>,
    /// Largest distance for `l2`.
    pub max_distance: Option<f32>,
    /// Which items take part.
    pub filter: ItemFilter,
    /// Whether front-page copies take part.
    pub include_front_page: bool,
    /// The parts of the query pictures that count: none, one for all, or one for each query.
    pub regions: Vec<Region>,
    /// How many of the first hits are compared again by what matches where, 0 to
    /// [`RERANK_MAX`](super::RERANK_MAX), 0 for none; `None` for
    /// [`RERANK_DEFAULT`](super::RERANK_DEFAULT).
    pub rerank: Option<usize>,
    /// Items that hits are to be more like, at most [`EXAMPLES_MAX`](super::EXAMPLES_MAX).
    pub like: Vec<u64>,
    /// Items that hits are to be less like, as many.
    pub unlike: Vec<u64>,
    /// As what query pictures are searched for.
    pub mode: Mode,
    /// The poses in which query pictures are searched for.
    pub poses: Poses,
    /// How hard approximate indexes try, where it is not to be as usual.
    pub effort: Effort,
    /// Whose search it is; `None` for the local user, and for those who did not log in.
    pub owner: Option<i64>,
}

impl Default for SearchRequest {
    fn default() -> Self {
        Self {
            queries: Vec::new(),
            collections: vec!["default".to_owned()],
            limit: Limit::Items(10),
            min_score: None,
            max_distance: None,
            filter: ItemFilter::default(),
            include_front_page: false,
            regions: Vec::new(),
            rerank: None,
            like: Vec::new(),
            unlike: Vec::new(),
            mode: Mode::default(),
            poses: Poses::default(),
            effort: Effort::default(),
            owner: None,
        }
    }
}

impl Query {
    /// What it is.
    #[must_use]
    pub fn kind(&self) -> QueryKind {
        match self {
            Self::Image(_) => QueryKind::Picture,
            Self::Item(_) => QueryKind::Item,
            Self::Vector(_) => QueryKind::Vector,
            Self::Words(_) => QueryKind::Text,
            Self::Kept(kept) => kept.kind,
        }
    }

    pub(super) fn item_id(&self) -> Option<u64> {
        match self {
            Self::Item(id) => Some(*id),
            Self::Kept(kept) => kept.id,
            Self::Image(_) | Self::Vector(_) | Self::Words(_) => None,
        }
    }

    pub(super) fn file_name(&self) -> Option<&str> {
        match self {
            Self::Image(file) => file.name(),
            Self::Kept(kept) => kept.file_name.as_deref(),
            Self::Item(_) | Self::Vector(_) | Self::Words(_) => None,
        }
    }

    /// The words, if it is such.
    pub(super) fn words(&self) -> Option<&WordsQuery> {
        match self {
            Self::Words(words) => Some(words),
            _ => None,
        }
    }

    /// The page of the file, counted from 1, if that holds several.
    pub(super) fn page(&self) -> Option<u32> {
        match self {
            Self::Image(file) => file.page.as_ref().map(|page| page.number),
            Self::Kept(kept) => kept.page,
            Self::Item(_) | Self::Vector(_) | Self::Words(_) => None,
        }
    }
}

impl SearchRequest {
    /// The part that counts of the query at that position.
    #[must_use]
    pub fn region(&self, position: usize) -> Option<Region> {
        match self.regions[..] {
            [region] => Some(region),
            _ => self.regions.get(position).copied(),
        }
    }

    /// What is searched for, in words, in order.
    #[must_use]
    pub fn descriptions(&self) -> Vec<QueryDescription> {
        let describe = |(position, query): (usize, &Query)| {
            let kind = query.kind();
            let has_picture = matches!(kind, QueryKind::Picture | QueryKind::Item);
            let region = self.region(position).filter(|_| has_picture);
            let words = query.words();
            QueryDescription {
                kind,
                id: query.item_id(),
                file_name: query.file_name().map(str::to_owned),
                page: query.page(),
                region: region.map(Region::numbers),
                text: words.map(|words| words.text.clone()),
                terms: words.map_or_else(Vec::new, composed_of),
                templates: words.map_or_else(Vec::new, |words| words.templates.clone()),
            }
        };
        self.queries.iter().enumerate().map(describe).collect()
    }
}

/// The terms of words that are composed.
fn composed_of(words: &WordsQuery) -> Vec<Term> {
    let terms = words.terms();
    match &terms[..] {
        [only] if only.weight > 0.0 => Vec::new(),
        _ => terms,
    }
}
