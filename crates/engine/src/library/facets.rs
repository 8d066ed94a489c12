//! Counts of items by what they have in common, under filters.
//!
//! Each facet is counted without the filter of its own field: a user who has chosen one class still
//! sees how many items the others have. Counts are kept until anything is committed, as filters are.

use std::sync::Arc;

use lookalike_catalog::{Collection, ItemFilter, PatentFacts};
use lookalike_patents::status;
use lookalike_storage::Filter;

use super::Library;
use super::facet_answer::Facets;
use super::facet_counts::Counts;
use crate::EngineError;
use crate::filters::canonical;

/// Most values of a facet.
pub const TOP_MAX: usize = 100;

/// What is to be counted.
#[derive(Clone, Debug)]
pub struct FacetRequest {
    /// The collection.
    pub collection: String,
    /// Which of its items count.
    pub filter: ItemFilter,
    /// Values of each facet, the most frequent ones; 1 to [`TOP_MAX`].
    pub top: usize,
}

/// The items that count for a facet; `None` for all.
pub(super) type Passing = Option<Arc<Filter>>;

pub(super) fn passes(passing: &Passing, id: u64) -> bool {
    passing.as_ref().is_none_or(|filter| filter.contains(id))
}

impl Library {
    /// Counts a collection's items by what they have in common.
    ///
    /// # Errors
    /// There is no such collection, the filter or `top` is out of range, or the catalogue can't
    /// be read.
    pub fn facets(&self, request: &FacetRequest) -> Result<Arc<Facets>, EngineError> {
        if !(1..=TOP_MAX).contains(&request.top) {
            return Err(EngineError::invalid(format!(
                "top is {}; give 1 to {TOP_MAX}",
                request.top
            )));
        }
        let filter = canonical(&request.filter)?;
        let collection = self.stores.catalog().collection(&request.collection)?;
        // Asked before anything is counted, so that what is kept is never older than it says.
        let state = self.filters.state()?;
        let key = (collection.id, filter, request.top);
        if let Some(facets) = self.facet_cache.get(state, &key) {
            return Ok(facets);
        }
        let facets = Arc::new(self.count(&collection, &key.1, request.top)?);
        self.facet_cache.put(state, key, &facets);
        Ok(facets)
    }

    fn count(
        &self,
        collection: &Collection,
        filter: &ItemFilter,
        top: usize,
    ) -> Result<Facets, EngineError> {
        let without = |clear: fn(&mut ItemFilter)| {
            let mut others = filter.clone();
            clear(&mut others);
            self.filters.passing(collection, &others)
        };
        let all = self.filters.passing(collection, filter)?;
        let mut facets = Facets {
            total: match &all {
                Some(passing) => passing.len() as u64,
                None => self.stores.catalog().count_items(collection)?,
            },
            ..Facets::default()
        };
        let mut of_patents = OfPatents::new([
            without(|filter| filter.loc_class.clear())?,
            without(|filter| filter.us_class.clear())?,
            without(|filter| filter.applicant.clear())?,
            without(|filter| filter.country.clear())?,
            without(|filter| (filter.pub_date_from, filter.pub_date_to) = (None, None))?,
            without(|filter| filter.status.clear())?,
        ]);
        let today = self.stores.today();
        self.stores
            .catalog()
            .patents_with_items(collection, |facts, ids| of_patents.add(facts, ids, today))?;
        let [loc_class, us_class, applicant, country, pub_year, status] = of_patents.counts;
        facets.loc_class = loc_class.top(top);
        facets.us_class = us_class.top(top);
        facets.applicant = applicant.top(top);
        facets.country = country.top(top);
        facets.pub_year = pub_year.top(top);
        facets.status = status.top(top);

        let (tagged, mut tags) = (without(|filter| filter.tags.clear())?, Counts::default());
        self.stores
            .catalog()
            .items_with_tags(collection, |id, own| {
                if passes(&tagged, id) {
                    own.iter().for_each(|tag| tags.add(tag, 1));
                }
            })?;
        facets.tags = tags.top(top);
        let of_format = without(|filter| filter.format.clear())?;
        facets.format = self.formats(collection, &of_format)?.top(top);
        let of_folder = without(|filter| filter.folder.clear())?;
        facets.folder = self.folders(collection, &of_folder)?.top(top);
        facets.attributes = self.attributes(collection, filter, top)?;
        Ok(facets)
    }
}

/// Counts of what patents tell: class, applicant, country, year, status.
struct OfPatents {
    /// Which items count, each set once.
    sets: Vec<Passing>,
    /// The set of each facet.
    set_of: [usize; 6],
    counts: [Counts; 6],
}

impl OfPatents {
    fn new(passing: [Passing; 6]) -> Self {
        let mut sets: Vec<Passing> = Vec::new();
        let set_of = passing.map(|passing| {
            let known = sets.iter().position(|set| match (set, &passing) {
                (None, None) => true,
                (Some(set), Some(passing)) => Arc::ptr_eq(set, passing),
                _ => false,
            });
            known.unwrap_or_else(|| {
                sets.push(passing);
                sets.len() - 1
            })
        });
        Self {
            sets,
            set_of,
            counts: Default::default(),
        }
    }

    fn add(&mut self, facts: &PatentFacts, ids: &[u64], today: u32) {
        let counted: Vec<u64> = self
            .sets
            .iter()
            .map(|set| match set {
                None => ids.len() as u64,
                Some(filter) => ids.iter().filter(|&&id| filter.contains(id)).count() as u64,
            })
            .collect();
        let year = facts.pub_date.map(|date| (date / 10_000).to_string());
        let values = [
            facts.loc_class.as_deref(),
            facts.us_class.as_deref(),
            facts.applicant_name.as_deref(),
            facts.applicant_country.as_deref(),
            year.as_deref(),
            facts
                .expiry_date
                .map(|expiry| status(expiry, today).as_str()),
        ];
        for ((value, set), counts) in values.into_iter().zip(self.set_of).zip(&mut self.counts) {
            if let Some(value) = value {
                counts.add(value, counted[set]);
            }
        }
    }
}
