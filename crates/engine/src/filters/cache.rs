//! Filters that were used lately: whoever pages through answers or types a query letter by
//! letter repeats them, and finding what passes takes longer than the search itself.
//!
//! What passes depends on items and on patents, which change without a trace in a collection's
//! revision. So every commit to the catalogue forgets all: that can't be missed by a new kind of
//! change, and during an import, when it happens all the time, filters cost what they cost before.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lookalike_catalog::ItemFilter;
use lookalike_storage::Filter;

/// Bytes of all filters together: five hundred that keep half of a million items.
const MOST_BYTES: usize = 64 << 20;

/// Filters that are compared with the one asked for.
const MOST_FILTERS: usize = 256;

/// What the answer to a filter depends on, besides the filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct State {
    /// [`lookalike_catalog::Catalog::version`].
    pub(crate) version: i64,
    /// YYYYMMDD, by which patents are in force or expired.
    pub(crate) today: u32,
}

/// The items that pass the filters used last.
#[derive(Debug, Default)]
pub(crate) struct FilterCache(Mutex<Remembered>);

#[derive(Debug, Default)]
struct Remembered {
    /// Of all entries.
    state: Option<State>,
    /// The one used last is the last.
    entries: VecDeque<Entry>,
}

#[derive(Debug)]
struct Entry {
    collection_id: i64,
    filter: ItemFilter,
    passing: Arc<Filter>,
}

impl FilterCache {
    /// What passes `filter` in `state`: remembered, or else found by `find`, beside which other
    /// threads go on.
    pub(crate) fn get<E>(
        &self,
        state: State,
        collection_id: i64,
        filter: &ItemFilter,
        find: impl FnOnce() -> Result<Filter, E>,
    ) -> Result<Arc<Filter>, E> {
        if let Some(passing) = self.lock(state).find(collection_id, filter) {
            return Ok(passing);
        }
        let passing = Arc::new(find()?);
        self.lock(state).insert(Entry {
            collection_id,
            filter: filter.clone(),
            passing: Arc::clone(&passing),
        });
        Ok(passing)
    }

    /// The entries, none of them of another state.
    fn lock(&self, state: State) -> MutexGuard<'_, Remembered> {
        let mut remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if remembered.state != Some(state) {
            remembered.entries.clear();
            remembered.state = Some(state);
        }
        remembered
    }
}

impl Remembered {
    fn find(&mut self, collection_id: i64, filter: &ItemFilter) -> Option<Arc<Filter>> {
        let place = self
            .entries
            .iter()
            .position(|entry| entry.collection_id == collection_id && entry.filter == *filter)?;
        let entry = self.entries.remove(place)?;
        let passing = Arc::clone(&entry.passing);
        self.entries.push_back(entry);
        Some(passing)
    }

    fn insert(&mut self, entry: Entry) {
        // Another thread may have looked for the same.
        if self.find(entry.collection_id, &entry.filter).is_none() {
            self.entries.push_back(entry);
        }
        while self.entries.len() > MOST_FILTERS || self.bytes() > MOST_BYTES {
            self.entries.pop_front();
        }
    }

    fn bytes(&self) -> usize {
        self.entries.iter().map(|entry| entry.passing.bytes()).sum()
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    const STATE: State = State {
        version: 1,
        today: 20_261_121,
    };

    /// Ids so far apart take some 34 bytes each.
    const APART: u64 = 4096;

    fn tagged(tag: usize) -> ItemFilter {
        ItemFilter {
            tags: vec![tag.to_string()],
            ..ItemFilter::default()
        }
    }

    /// Whether the answer was remembered.
    fn knows(cache: &FilterCache, state: State, collection: i64, tag: usize, ids: u64) -> bool {
        let mut known = true;
        let find = || {
            known = false;
            Ok::<_, Infallible>(Filter::from_ids((0..ids).map(|id| id * APART)))
        };
        let passing = cache.get(state, collection, &tagged(tag), find).unwrap();
        assert_eq!(passing.len() as u64, ids);
        known
    }

    #[test]
    fn the_same_filter_of_the_same_state_is_remembered() {
        let cache = FilterCache::default();
        assert!(!knows(&cache, STATE, 1, 0, 10));
        assert!(knows(&cache, STATE, 1, 0, 10));
        assert!(!knows(&cache, STATE, 2, 0, 20), "another collection");
        assert!(!knows(&cache, STATE, 1, 1, 30), "another filter");
        assert!(knows(&cache, STATE, 2, 0, 20));
        let later = [
            State {
                version: 2,
                ..STATE
            },
            State {
                today: 20_261_122,
                ..STATE
            },
        ];
        for state in later {
            assert!(!knows(&cache, state, 1, 0, 40), "{state:?}");
        }
        assert!(!knows(&cache, STATE, 1, 0, 10), "nothing old comes back");
    }

    #[test]
    fn a_failed_search_is_not_remembered() {
        let cache = FilterCache::default();
        let failed = cache.get(STATE, 1, &tagged(0), || Err("unreadable"));
        assert_eq!(failed.unwrap_err(), "unreadable");
        assert!(!knows(&cache, STATE, 1, 0, 10));
    }

    #[test]
    fn those_not_used_for_long_go_first() {
        let cache = FilterCache::default();
        for tag in 0..MOST_FILTERS {
            knows(&cache, STATE, 1, tag, 10);
        }
        assert!(knows(&cache, STATE, 1, 0, 10));
        assert!(!knows(&cache, STATE, 1, MOST_FILTERS, 10));
        assert!(knows(&cache, STATE, 1, 0, 10), "used again");
        assert!(!knows(&cache, STATE, 1, 1, 10));
    }

    #[test]
    fn large_ones_do_not_take_more_than_their_bytes() {
        let cache = FilterCache::default();
        let ids = 400_000;
        for tag in 0..6 {
            knows(&cache, STATE, 1, tag, ids);
        }
        assert!(cache.lock(STATE).bytes() <= MOST_BYTES);
        assert!(knows(&cache, STATE, 1, 5, ids));
        assert!(!knows(&cache, STATE, 1, 0, ids));
    }
}
