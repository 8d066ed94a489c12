//! Searches for pairs in the background, and what they found.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use lookalike_catalog::{CatalogError, Change};

use super::checked::{Checked, DuplicatesRequest};
use super::groups::{DuplicateGroup, DuplicatePage, Group, Grouping};
use super::pairs::{Pairs, SearchProgress, find_pairs};
use crate::library::Library;
use crate::{EngineError, ErrorKind, Stores};

/// Results kept: some two hundred megabytes each at the very most.
const MOST_KEPT: usize = 4;

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
    searches: Mutex<Vec<Search>>,
    /// Held by the search under way.
    turn: Mutex<()>,
}

impl Drop for Shared {
    fn drop(&mut self) {
        let searches = self.searches.get_mut();
        for search in searches.unwrap_or_else(PoisonError::into_inner) {
            search.progress.cancel.cancel();
        }
    }
}

/// One search, the one asked for last at the end.
struct Search {
    key: Key,
    progress: Arc<SearchProgress>,
    outcome: Option<Result<Arc<Pairs>, EngineError>>,
    /// Groups of the pairs, as of this version of the catalogue.
    groups: Option<(i64, Arc<Vec<Group>>)>,
}

/// Collection, threshold's bits, `same_patent`.
type Key = (i64, u32, bool);

impl Duplicates {
    /// Nothing is searched yet. Groups are shown as `library` lists items.
    #[must_use]
    pub fn new(stores: Arc<Stores>, library: Arc<Library>) -> Self {
        Self(Arc::new(Shared {
            stores,
            library,
            searches: Mutex::default(),
            turn: Mutex::default(),
        }))
    }

    pub(super) fn stores(&self) -> &Stores {
        &self.0.stores
    }

    pub(super) fn library(&self) -> &Library {
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
        if let Some(place) = searches.iter().position(|search| search.key == key) {
            let mut search = searches.remove(place);
            match search.outcome.take() {
                None => {
                    let progress = Arc::clone(&search.progress);
                    searches.push(search);
                    return Ok((progress, None));
                }
                Some(Err(error)) => return Err(error),
                Some(Ok(pairs)) if still_holds(self.stores(), &pairs)? => {
                    let progress = Arc::clone(&search.progress);
                    search.outcome = Some(Ok(Arc::clone(&pairs)));
                    searches.push(search);
                    return Ok((progress, Some(pairs)));
                }
                Some(Ok(_)) => {}
            }
        }
        let progress = Arc::new(SearchProgress::default());
        searches.push(Search {
            key,
            progress: Arc::clone(&progress),
            outcome: None,
            groups: None,
        });
        if searches.len() > MOST_KEPT {
            searches.remove(0).progress.cancel.cancel();
        }
        drop(searches);
        self.begin(key, request.clone(), Arc::clone(&progress))?;
        Ok((progress, None))
    }

    fn begin(
        &self,
        key: Key,
        request: Checked,
        progress: Arc<SearchProgress>,
    ) -> Result<(), EngineError> {
        let shared = Arc::downgrade(&self.0);
        let work = move || {
            let Some(shared) = shared.upgrade() else {
                return;
            };
            let turn = shared.turn.lock().unwrap_or_else(PoisonError::into_inner);
            let outcome = find_pairs(&shared.stores, request, &progress).map(Arc::new);
            drop(turn);
            let mut searches = shared
                .searches
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            let own = |search: &&mut Search| {
                search.key == key && Arc::ptr_eq(&search.progress, &progress)
            };
            if let Some(search) = searches.iter_mut().find(own) {
                search.outcome = Some(outcome);
            }
        };
        let spawned = thread::Builder::new()
            .name("duplicates".to_owned())
            .spawn(work);
        match spawned {
            Ok(_) => Ok(()),
            Err(error) => {
                self.lock().retain(|search| search.key != key);
                Err(EngineError::new(
                    ErrorKind::Unavailable,
                    "the search for duplicates could not be started; try again later",
                )
                .because(error))
            }
        }
    }

    fn known_groups(&self, key: Key, pairs: &Pairs) -> Result<Arc<Vec<Group>>, EngineError> {
        // Asked before the items are, so that what is kept is never older than it says.
        let version = self.stores().catalog().version()?;
        let mut searches = self.lock();
        let search = searches.iter_mut().find(|search| search.key == key);
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
        if let Some(search) = searches.iter_mut().find(|search| search.key == key) {
            search.groups = Some((version, Arc::clone(&groups)));
        }
        Ok(groups)
    }

    /// No operation leaves the list half-changed, so a panic elsewhere does no harm.
    fn lock(&self) -> MutexGuard<'_, Vec<Search>> {
        self.0
            .searches
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
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
