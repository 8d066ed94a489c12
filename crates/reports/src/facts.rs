//! What a report is made of.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use lookalike_catalog::PreprocessKind;
use lookalike_engine::search::{GroupedHits, PastSearch};
use lookalike_engine::{Engine, EngineError, Stores};
use lookalike_storage::Metric;

/// Pictures of hits in one document: some 6 MB.
const MOST_PICTURES: usize = 300;

/// Pictures of queries in one document.
const MOST_QUERY_PICTURES: usize = 16;

/// Longest side of a query's picture in pixels: 6 cm in print at 200 dpi.
const QUERY_SIDE: u32 = 480;

/// A search and what it was made with.
pub(crate) struct Facts {
    pub(crate) past: PastSearch,
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
}

/// JPEG files.
pub(crate) struct ReportPictures {
    /// By position of the query; none of vectors, and of what is gone.
    pub(crate) queries: Vec<Option<Vec<u8>>>,
    /// By item.
    pub(crate) items: HashMap<i64, Arc<Vec<u8>>>,
}

impl Facts {
    /// What is needed besides pictures, as of now.
    pub(crate) fn of(stores: &Stores, past: PastSearch) -> Result<Self, EngineError> {
        let mut collections = Vec::new();
        for name in &past.request.collections {
            let spec = stores.catalog().collection(name)?.spec;
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
            });
        }
        Ok(Self {
            past,
            now: stores.now(),
            collections,
        })
    }

    pub(crate) fn groups(&self) -> &[GroupedHits] {
        &self.past.answer.results
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
        let pages = facts.groups().iter().flat_map(|group| &group.pages);
        let ids: Vec<u64> = pages
            .filter_map(|page| u64::try_from(page.id).ok())
            .take(MOST_PICTURES)
            .collect();
        let mut items = HashMap::new();
        for item in engine.stores().catalog().items(&ids)? {
            if let Ok(jpeg) = engine.pictures().thumbnail_bytes(&item) {
                items.insert(item.id, jpeg);
            }
        }
        Ok(Self { queries, items })
    }
}
