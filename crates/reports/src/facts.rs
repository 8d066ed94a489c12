//! What a report is made of.

use std::collections::HashMap;

use jiff::Timestamp;
use lookalike_catalog::{Item, PreprocessKind, SearchMarks};
use lookalike_engine::search::{GroupedHits, PageHit, PastSearch};
use lookalike_engine::{Content, Engine, EngineError, Stores, View};
use lookalike_storage::Metric;

/// Pictures of hits in one document: those of a hundred hits, some 9 MB.
const MOST_PICTURES: usize = 700;

/// Pictures of queries in one document.
const MOST_QUERY_PICTURES: usize = 16;

/// Pictures of a hit that stand beside each other on paper.
const PICTURES_IN_A_ROW: usize = 7;

/// Longest side of a query's picture in pixels: 6 cm in print at 200 dpi.
const QUERY_SIDE: u32 = 480;

/// Longest side of a picture beside the query's, in pixels: 8 cm in print at 200 dpi.
const LARGE_SIDE: u32 = 640;

/// Large pictures in one document.
const MOST_LARGE: usize = 50;

/// A search and what it was made with.
pub(crate) struct Facts {
    pub(crate) past: PastSearch,
    /// What whoever searched noted.
    pub(crate) marks: SearchMarks,
    /// Name and version.
    pub(crate) program: String,
    /// When the report is made.
    pub(crate) now: Timestamp,
    pub(crate) collections: Vec<CollectionFacts>,
}

/// A collection that was searched.
pub(crate) struct CollectionFacts {
    pub(crate) name: String,
    pub(crate) metric: Metric,
    /// Model and preprocessing; `None` where vectors were brought along.
    pub(crate) encoder: Option<String>,
    /// Of the model's weights and settings.
    pub(crate) checksum: Option<String>,
    /// Which items it held: the newest, and how often some were taken away.
    pub(crate) revision: String,
    pub(crate) items: u64,
    pub(crate) patents: u64,
    /// Of the patents: the first day of a grant, the last one, and how many days there are.
    pub(crate) granted: Option<(u32, u32, u64)>,
}

/// JPEG files.
pub(crate) struct ReportPictures {
    /// By position of the query; none of vectors, and of what is gone.
    pub(crate) queries: Vec<Option<Vec<u8>>>,
    /// By item.
    pub(crate) items: HashMap<i64, Vec<u8>>,
    /// By item: the best of each hit that was chosen.
    pub(crate) large: HashMap<i64, Vec<u8>>,
}

impl Facts {
    /// What is needed besides pictures, as of now.
    pub(crate) fn of(
        stores: &Stores,
        past: PastSearch,
        marks: SearchMarks,
    ) -> Result<Self, EngineError> {
        let mut collections = Vec::new();
        for name in &past.request.collections {
            let catalog = stores.catalog();
            let collection = catalog.collection(name)?;
            let stats = catalog.stats(&collection)?;
            let revision = catalog.revision(&collection)?;
            let granted = catalog.days_of_grants(&collection)?;
            let spec = collection.spec;
            let encoder = spec.model.map(|model| {
                // Of a path only the folder's name: where it lies is not for the report's readers.
                let model = model.rsplit(['/', '\\']).next().unwrap_or_default();
                let preprocess = spec.preprocess.map_or("", PreprocessKind::name);
                match spec.size {
                    Some(size) => format!("{model}, {preprocess}, {size} px"),
                    None => format!("{model}, {preprocess}"),
                }
            });
            collections.push(CollectionFacts {
                name: name.clone(),
                metric: spec.metric,
                encoder,
                checksum: spec.model_fingerprint,
                revision: format!("{}.{}", revision.last_item, revision.removals),
                items: stats.items,
                patents: stats.patents,
                granted,
            });
        }
        Ok(Self {
            past,
            marks,
            program: format!("lookalike {}", env!("CARGO_PKG_VERSION")),
            now: stores.now(),
            collections,
        })
    }

    pub(crate) fn groups(&self) -> &[GroupedHits] {
        &self.past.answer.results
    }

    /// Whether hits were chosen: then the report is of those alone.
    pub(crate) fn is_selection(&self) -> bool {
        self.groups().iter().any(|group| self.is_chosen(group))
    }

    /// The hits that the report is of, each with its rank among all.
    pub(crate) fn ranked(&self) -> impl Iterator<Item = (usize, &GroupedHits)> {
        let all = !self.is_selection();
        let ranked = (1..).zip(self.groups());
        ranked.filter(move |(_, group)| all || self.is_chosen(group))
    }

    fn is_chosen(&self, group: &GroupedHits) -> bool {
        let mark = self.marks.hits.get(&group.group_id);
        mark.is_some_and(|mark| mark.chosen)
    }

    pub(crate) fn smaller_is_better(&self) -> bool {
        let mut collections = self.collections.iter();
        collections.any(|collection| collection.metric == Metric::L2)
    }

    /// The best page of a hit.
    fn best_page<'a>(&self, group: &'a GroupedHits) -> Option<&'a PageHit> {
        let better = |one: &&PageHit, other: &&PageHit| one.score.total_cmp(&other.score);
        match self.smaller_is_better() {
            true => group.pages.iter().min_by(better),
            false => group.pages.iter().max_by(better),
        }
    }
}

impl ReportPictures {
    /// What there still is of the pictures: a report is made without those that are gone.
    pub(crate) fn of(facts: &Facts, engine: &Engine) -> Result<Self, EngineError> {
        let count = facts.past.request.queries.len().min(MOST_QUERY_PICTURES);
        let queries = (0..count)
            .map(|position| {
                let kept = facts.past.kept_thumbnail(position);
                kept.or_else(|| {
                    engine
                        .query_pictures()
                        .thumbnail(&facts.past, position, QUERY_SIDE)
                        .inspect_err(|error| tracing::debug!("a report lacks a picture: {error}"))
                        .ok()
                        .flatten()
                })
            })
            .collect();
        let shown = facts.ranked().map(|(_, group)| group);
        let pages = shown.flat_map(|group| best_pages(group, facts.smaller_is_better()));
        let ids: Vec<u64> = pages
            .filter_map(|page| u64::try_from(page.id).ok())
            .take(MOST_PICTURES)
            .collect();
        let mut items = HashMap::new();
        for item in engine.stores().catalog().items(&ids)? {
            if let Some(jpeg) = jpeg_of(engine, &item, View::Drawn) {
                items.insert(item.id, jpeg);
            }
        }
        let mut large = HashMap::new();
        if facts.is_selection() {
            let best = facts
                .ranked()
                .filter_map(|(_, group)| facts.best_page(group));
            let ids: Vec<u64> = best
                .map(|page| page.id.unsigned_abs())
                .take(MOST_LARGE)
                .collect();
            for item in engine.stores().catalog().items(&ids)? {
                if let Ok(jpeg) = engine.pictures().within(&item, LARGE_SIDE) {
                    large.insert(item.id, jpeg);
                }
            }
        }
        Ok(Self {
            queries,
            items,
            large,
        })
    }
}

/// The best pages of a hit that fit in a row, in their order.
pub(crate) fn best_pages(group: &GroupedHits, smaller_is_better: bool) -> Vec<&PageHit> {
    let mut pages: Vec<(usize, &PageHit)> = group.pages.iter().enumerate().collect();
    pages.sort_by(|(_, one), (_, other)| match smaller_is_better {
        true => one.score.total_cmp(&other.score),
        false => other.score.total_cmp(&one.score),
    });
    pages.truncate(PICTURES_IN_A_ROW);
    pages.sort_by_key(|(place, _)| *place);
    pages.into_iter().map(|(_, page)| page).collect()
}

/// A picture of an item, if there still is one.
fn jpeg_of(engine: &Engine, item: &Item, view: View) -> Option<Vec<u8>> {
    match engine.pictures().picture(item, view).ok()?.content {
        Content::Bytes(bytes) => Some(bytes),
        Content::Stream(_) => None,
    }
}
