//! The patents whose sheets an import has come upon, so that their PDFs need not be taken.
//!
//! The catalogue knows those that are committed; these may be on their way to it.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Ids of patents, some tens of bytes each; of all US design patents there are a million.
#[derive(Debug, Default)]
pub(super) struct SheetsFound(Mutex<HashSet<String>>);

impl SheetsFound {
    /// Returns whether none of this patent was found before.
    pub(super) fn add(&self, patent_id: &str) -> bool {
        let mut found = self.lock();
        !found.contains(patent_id) && found.insert(patent_id.to_owned())
    }

    pub(super) fn contains(&self, patent_id: &str) -> bool {
        self.lock().contains(patent_id)
    }

    /// No operation leaves the set half-changed.
    fn lock(&self) -> MutexGuard<'_, HashSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
