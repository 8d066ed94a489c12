//! Searches for pairs in the background, and what they found.
//!
//! One thread makes all of them, one after the other, and ends when none waits. A caller who
//! keeps asking for new thresholds fills a short queue, and is refused from then on.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;

use lookalike_catalog::{CatalogError, Change};

use crate::checked::{Checked, DuplicatesRequest};
use crate::groups::{DuplicateGroup, DuplicatePage, Group, Grouping};
use crate::pairs::{Pairs, SearchProgress, find_pairs};
use lookalike_engine::library::Library;
use lookalike_engine::{Engine, EngineError, ErrorKind, Stores};

/// Results kept: some two hundred megabytes each at the very most.
const MOST_KEPT: usize = 4;

/// Searches that wait or are under way.
const MOST_UNFINISHED: usize = 4;

/// How a search for duplicates stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchState {
    /// It is under way: ask again.
    Running,
    /// It is done.
    Ready,
}

/// How a search stands, and a page of what it found.
#[derive(Clone, Debug)]
pub struct DuplicatesReport {
    /// `running` or `ready`.
    pub status: SearchState,
    /// Items looked at.
    pub processed: u64,
    /// Items there are.
    pub items: u64,
    /// The worst score of a duplicate.
    pub threshold: f32,
    /// Nothing while the search is under way.
    pub found: DuplicatePage,
}

/// Searches for duplicates in collections, one at a time. Cloning is cheap.
#[derive(Clone)]
pub struct Duplicates(Arc<Shared>);

struct Shared {
    stores: Arc<Stores>,
    library: Arc<Library>,
    searches: Mutex<Searches>,
}

/// The searches, the one asked for last at the end.
#[derive(Default)]
struct Searches {
    all: Vec<Search>,
    /// Whether the thread that makes them runs.
    has_worker: bool,
}

impl Drop for Shared {
    fn drop(&mut self) {
        let searches = self.searches.get_mut();
        for search in &searches.unwrap_or_else(PoisonError::into_inner).all {
            search.progress.cancel.cancel();
        }
    }
}

struct Search {
    key: Key,
    /// What is looked for; taken out when that begins.
    request: Option<Checked>,
    progress: Arc<SearchProgress>,
    outcome: Option<Result<Arc<Pairs>, EngineError>>,
    /// Groups of the pairs, as of this version of the catalogue.
    groups: Option<(i64, Arc<Vec<Group>>)>,
}

/// Collection, threshold's bits, `same_patent`, `across_patents`.
type Key = (i64, u32, bool, bool);

impl Duplicates {
    /// Nothing is searched yet. Groups are shown as the engine's library lists items.
    #[must_use]
    pub fn new(engine: &Engine) -> Self {
        Self(Arc::new(Shared {
            stores: Arc::clone(engine.stores()),
            library: Arc::clone(engine.library()),
            searches: Mutex::default(),
        }))
    }

    pub(crate) fn stores(&self) -> &Stores {
        &self.0.stores
    }

    pub(crate) fn library(&self) -> &Library {
        &self.0.library
    }

    fn grouping(&self) -> Grouping<'_> {
        Grouping {
            stores: self.stores(),
            library: self.library(),
        }
    }

    /// Finds the pairs of a collection. Cost: a search for each item, over all of rayon's threads.
    ///
    /// # Errors
    /// There is no such collection, the threshold is out of range, the search was cancelled, or
    /// catalogue or index can't be read.
    pub fn find_pairs(
        &self,
        request: &DuplicatesRequest,
        progress: &SearchProgress,
    ) -> Result<Pairs, EngineError> {
        find_pairs(
            self.stores(),
            Checked::new(self.stores(), request)?,
            progress,
        )
    }

    /// All groups that pairs make, as items and decisions are now.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn groups(&self, pairs: &Pairs) -> Result<Vec<DuplicateGroup>, EngineError> {
        self.grouping().all(pairs)
    }

    /// A page of groups, if they are known; else their search is begun in the background.
    ///
    /// # Errors
    /// There is no such collection, threshold or page is out of range, the search failed or was
    /// cancelled (asking again starts it again), or the catalogue can't be read.
    pub fn report(
        &self,
        request: &DuplicatesRequest,
        page: u64,
        page_size: usize,
    ) -> Result<DuplicatesReport, EngineError> {
        let request = Checked::new(self.stores(), request)?;
        let key = (
            request.collection.id,
            request.threshold.to_bits(),
            request.same_patent,
            request.across_patents,
        );
        let threshold = request.threshold;
        let (progress, pairs) = self.current(key, &request)?;
        let (processed, items) = progress.counts();
        let (status, found) = match &pairs {
            Some(pairs) => {
                let groups = self.known_groups(key, pairs)?;
                let found = self.grouping().page(pairs, &groups, page, page_size)?;
                (SearchState::Ready, found)
            }
            None => (SearchState::Running, DuplicatePage::empty(page, page_size)),
        };
        Ok(DuplicatesReport {
            status,
            processed,
            items,
            threshold,
            found,
        })
    }

    /// Stops searches of a collection that are under way; returns how many there were.
    ///
    /// # Errors
    /// There is no such collection, or the catalogue can't be read.
    pub fn cancel(&self, collection: &str) -> Result<usize, EngineError> {
        let collection = self.stores().catalog().collection(collection)?;
        let searches = self.lock();
        let running = searches
            .all
            .iter()
            .filter(|search| search.key.0 == collection.id && search.outcome.is_none());
        Ok(running
            .map(|search| search.progress.cancel.cancel())
            .count())
    }

    /// The search of that key and what it found, begun if there is none or its time is over.
    fn current(
        &self,
        key: Key,
        request: &Checked,
    ) -> Result<(Arc<SearchProgress>, Option<Arc<Pairs>>), EngineError> {
        let mut searches = self.lock();
        if let Some(place) = searches.all.iter().position(|search| search.key == key) {
            let mut search = searches.all.remove(place);
            match search.outcome.take() {
                None => {
                    let progress = Arc::clone(&search.progress);
                    searches.all.push(search);
                    return Ok((progress, None));
                }
                Some(Err(error)) => return Err(error),
                Some(Ok(pairs)) if still_holds(self.stores(), &pairs)? => {
                    let progress = Arc::clone(&search.progress);
                    search.outcome = Some(Ok(Arc::clone(&pairs)));
                    searches.all.push(search);
                    return Ok((progress, Some(pairs)));
                }
                Some(Ok(_)) => {}
            }
        }
        let is_finished = |search: &Search| search.outcome.is_some();
        let finished = searches.all.iter().filter(|search| is_finished(search));
        let finished = finished.count();
        if searches.all.len() - finished >= MOST_UNFINISHED {
            return Err(EngineError::new(
                ErrorKind::Unavailable,
                "too many searches for duplicates wait already; try again later, or ask with a \
                 threshold that was asked for before",
            ));
        }
        if finished >= MOST_KEPT
            && let Some(oldest) = searches.all.iter().position(is_finished)
        {
            searches.all.remove(oldest);
        }
        if !searches.has_worker {
            self.start_worker()?;
            searches.has_worker = true;
        }
        let progress = Arc::new(SearchProgress::default());
        searches.all.push(Search {
            key,
            request: Some(request.clone()),
            progress: Arc::clone(&progress),
            outcome: None,
            groups: None,
        });
        Ok((progress, None))
    }

    /// Starts the thread that makes the searches; it begins when the list is let go.
    fn start_worker(&self) -> Result<(), EngineError> {
        let shared = Arc::downgrade(&self.0);
        let spawned = thread::Builder::new()
            .name("duplicates".to_owned())
            .spawn(move || while work(&shared).is_some() {});
        spawned.map(drop).map_err(|error| {
            EngineError::new(
                ErrorKind::Unavailable,
                "the search for duplicates could not be started; try again later",
            )
            .because(error)
        })
    }

    fn known_groups(&self, key: Key, pairs: &Pairs) -> Result<Arc<Vec<Group>>, EngineError> {
        // Asked before the items are, so that what is kept is never older than it says.
        let version = self.stores().catalog().version()?;
        let mut searches = self.lock();
        let search = searches.all.iter_mut().find(|search| search.key == key);
        if let Some(Search {
            groups: Some((known, groups)),
            ..
        }) = &search
            && *known == version
        {
            return Ok(Arc::clone(groups));
        }
        drop(searches);
        let groups = Arc::new(self.grouping().groups(pairs)?);
        let mut searches = self.lock();
        if let Some(search) = searches.all.iter_mut().find(|search| search.key == key) {
            search.groups = Some((version, Arc::clone(&groups)));
        }
        Ok(groups)
    }

    fn lock(&self) -> MutexGuard<'_, Searches> {
        self.0.lock()
    }
}

impl Shared {
    /// No operation leaves the list half-changed, so a panic elsewhere does no harm.
    fn lock(&self) -> MutexGuard<'_, Searches> {
        self.searches.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes the search that waits longest; `None` when none does, or nobody is left to ask.
fn work(shared: &Weak<Shared>) -> Option<()> {
    let shared = shared.upgrade()?;
    let mut searches = shared.lock();
    let waiting = searches
        .all
        .iter_mut()
        .find_map(|search| Some((search.request.take()?, Arc::clone(&search.progress))));
    let Some((request, progress)) = waiting else {
        searches.has_worker = false;
        return None;
    };
    drop(searches);
    // Whoever waits for it must be told, and the next one made, whatever happens here.
    let found = catch_unwind(AssertUnwindSafe(|| {
        find_pairs(&shared.stores, request, &progress)
    }));
    let outcome = found.unwrap_or_else(|_| {
        Err(EngineError::new(
            ErrorKind::Internal,
            "the search for duplicates failed",
        ))
    });
    let mut searches = shared.lock();
    let own = |search: &&mut Search| Arc::ptr_eq(&search.progress, &progress);
    if let Some(search) = searches.all.iter_mut().find(own) {
        search.outcome = Some(outcome.map(Arc::new));
    }
    Some(())
}

/// Whether no item came or changed since pairs were looked for; those that went don't matter.
fn still_holds(stores: &Stores, pairs: &Pairs) -> Result<bool, EngineError> {
    let collection = &pairs.request.collection;
    if stores.catalog().revision(collection)? == pairs.revision {
        return Ok(true);
    }
    let mut holds = true;
    let told = stores
        .catalog()
        .changes_since(collection, &pairs.revision, |change| {
            holds &= matches!(change, Change::Removed(_));
        });
    match told {
        Ok(_) => Ok(holds),
        Err(CatalogError::UnknownRevision { .. }) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lookalike_engine::fixture::Fixture;

    #[test]
    fn searches_that_wait_are_bounded_and_those_known_still_answer() {
        let fixture = Fixture::new();
        let spec = lookalike_engine::CollectionSettings::default();
        fixture
            .engine
            .collections()
            .create("default", &spec)
            .unwrap();
        let duplicates = Duplicates::new(&fixture.engine);
        // As if its thread were at a long search: none is begun.
        duplicates.lock().has_worker = true;
        let ask = |threshold: f32| {
            let request = DuplicatesRequest {
                collection: "default".into(),
                threshold: Some(threshold),
                same_patent: false,
                across_patents: true,
            };
            duplicates.report(&request, 1, 20)
        };
        for step in 0..MOST_UNFINISHED {
            let report = ask(0.6 + step as f32 / 100.0).unwrap();
            assert_eq!(report.status, SearchState::Running);
        }
        let refused = ask(0.9).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Unavailable);
        assert_eq!(ask(0.6).unwrap().status, SearchState::Running);
        // One thread makes all of them, begun by the next one that there is room for.
        duplicates.lock().has_worker = false;
        duplicates.lock().all.pop();
        assert_eq!(ask(0.9).unwrap().status, SearchState::Running);
        while ask(0.61).unwrap().status == SearchState::Running {
            thread::yield_now();
        }
    }
}
