//! Counts of items by what they have in common, under filters.
//!
//! Each facet is counted without the filter of its own field: who has chosen one class still sees
//! how many items the others have. Counts are kept until anything is committed, as filters are.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use lookalike_catalog::{Collection, ItemFilter, PatentFacts};
use lookalike_patents::status;
use lookalike_storage::Filter;
use serde::Serialize;
use utoipa::ToSchema;

use crate::search::{State, canonical};
use crate::{Engine, EngineError};

/// Most values of a facet.
pub const TOP_MAX: usize = 100;

/// Answers that are kept; each has some hundred values.
const MOST_KEPT: usize = 64;

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

/// How many items share a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FacetCount {
    /// The value, as the filter of the field takes it.
    pub value: String,
    /// Items.
    pub count: u64,
}

/// Counts by field, the most frequent value first, ties by value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Facets {
    /// Items that pass all filters.
    pub total: u64,
    /// Locarno classes.
    pub loc_class: Vec<FacetCount>,
    /// Applicants.
    pub applicant: Vec<FacetCount>,
    /// Applicants' countries.
    pub country: Vec<FacetCount>,
    /// Years of the grant; counted without `pub_date_from` and `pub_date_to`.
    pub pub_year: Vec<FacetCount>,
    /// `in_force` and `expired`, today.
    pub status: Vec<FacetCount>,
    /// Tags.
    pub tags: Vec<FacetCount>,
    /// Image formats.
    pub format: Vec<FacetCount>,
}

/// Answers of the present state of the catalogue.
#[derive(Debug, Default)]
pub(crate) struct FacetCache(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    state: Option<State>,
    answers: VecDeque<(Key, Arc<Facets>)>,
}

/// Collection, filter, values of each facet.
type Key = (i64, ItemFilter, usize);

impl FacetCache {
    fn get(&self, state: State, key: &Key) -> Option<Arc<Facets>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut answers = kept.answers.iter().filter(|_| kept.state == Some(state));
        let (_, facets) = answers.find(|(other, _)| other == key)?;
        Some(Arc::clone(facets))
    }

    fn put(&self, state: State, key: Key, facets: &Arc<Facets>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.state != Some(state) {
            kept.answers.clear();
            kept.state = Some(state);
        }
        kept.answers.push_back((key, Arc::clone(facets)));
        if kept.answers.len() > MOST_KEPT {
            kept.answers.pop_front();
        }
    }
}

/// Items by value.
#[derive(Default)]
struct Counts(HashMap<String, u64>);

impl Counts {
    fn add(&mut self, value: &str, items: u64) {
        if items == 0 {
            return;
        }
        match self.0.get_mut(value) {
            Some(count) => *count += items,
            None => {
                self.0.insert(value.to_owned(), items);
            }
        }
    }

    fn top(self, most: usize) -> Vec<FacetCount> {
        let counts = self.0.into_iter();
        let mut counts: Vec<FacetCount> = counts
            .map(|(value, count)| FacetCount { value, count })
            .collect();
        counts.sort_unstable_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
        counts.truncate(most);
        counts
    }
}

/// The items that count for a facet; `None` for all.
type Passing = Option<Arc<Filter>>;

fn passes(passing: &Passing, id: u64) -> bool {
    passing.as_ref().is_none_or(|filter| filter.contains(id))
}

impl Engine {
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
        let collection = self.catalog().collection(&request.collection)?;
        // Asked before anything is counted, so that what is kept is never older than it says.
        let state = State {
            version: self.catalog().version()?,
            today: self.today(),
        };
        let key = (collection.id, filter, request.top);
        if let Some(facets) = self.facet_cache().get(state, &key) {
            return Ok(facets);
        }
        let facets = Arc::new(self.count(&collection, &key.1, request.top)?);
        self.facet_cache().put(state, key, &facets);
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
            self.passing(collection, &others)
        };
        let all = self.passing(collection, filter)?;
        let mut facets = Facets {
            total: match &all {
                Some(passing) => passing.len() as u64,
                None => self.item_count(collection)?,
            },
            ..Facets::default()
        };
        let mut of_patents = OfPatents::new([
            without(|filter| filter.loc_class.clear())?,
            without(|filter| filter.applicant.clear())?,
            without(|filter| filter.country.clear())?,
            without(|filter| (filter.pub_date_from, filter.pub_date_to) = (None, None))?,
            without(|filter| filter.status.clear())?,
        ]);
        let today = self.today();
        self.catalog()
            .patents_with_items(collection, |facts, ids| of_patents.add(facts, ids, today))?;
        let [loc_class, applicant, country, pub_year, status] = of_patents.counts;
        facets.loc_class = loc_class.top(top);
        facets.applicant = applicant.top(top);
        facets.country = country.top(top);
        facets.pub_year = pub_year.top(top);
        facets.status = status.top(top);

        let (tagged, mut tags) = (without(|filter| filter.tags.clear())?, Counts::default());
        self.catalog().items_with_tags(collection, |id, own| {
            if passes(&tagged, id) {
                own.iter().for_each(|tag| tags.add(tag, 1));
            }
        })?;
        facets.tags = tags.top(top);
        let mut formats = Counts::default();
        self.catalog()
            .items_with_formats(collection, |id, format| {
                formats.add(format, u64::from(passes(&all, id)));
            })?;
        facets.format = formats.top(top);
        Ok(facets)
    }
}

/// Counts of what patents tell: class, applicant, country, year, status.
struct OfPatents {
    /// Which items count, each set once.
    sets: Vec<Passing>,
    /// The set of each facet.
    set_of: [usize; 5],
    counts: [Counts; 5],
}

impl OfPatents {
    fn new(passing: [Passing; 5]) -> Self {
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
