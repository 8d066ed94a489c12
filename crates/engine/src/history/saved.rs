//! Searches that users named, to run them again over what is new.
//!
//! Nobody is told yet when something new comes: whoever watches would begin here, with the saved
//! searches whose collections have new items.

use lookalike_catalog::{CatalogError, MOST_SAVED, Saving, WriteTransaction};

use super::{History, HistoryEntry};
use crate::search::unknown_token;
use crate::{EngineError, ErrorKind};

/// Characters of a name.
const MOST_NAME: usize = 200;

/// A search that was saved under a name.
#[derive(Clone, Debug)]
pub struct SavedSearch {
    /// No two of a user have the same.
    pub name: String,
    /// Unix seconds.
    pub saved_at: i64,
    /// When it was last run, in Unix seconds; when it was made, if never since.
    pub ran_at: i64,
    /// The newest item of then: a search with [`ItemFilter::after_item`](crate::library::ItemFilter)
    /// finds only what came later.
    pub seen_item: i64,
    /// Items that its collections have got since, counted up to a hundred thousand.
    pub new_items: u64,
    /// The search, as the history has it.
    pub entry: HistoryEntry,
}

impl History {
    /// A user's saved searches by their names; `None` is the local user.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn saved(&self, user_id: Option<i64>) -> Result<Vec<SavedSearch>, EngineError> {
        let stored = self.stores.catalog().saved_searches(user_id)?;
        let entries = stored.iter().map(|saved| saved.search.clone()).collect();
        let entries = self.entries(entries)?.into_iter();
        let saved = stored
            .into_iter()
            .zip(entries)
            .map(|(saved, entry)| SavedSearch {
                name: saved.name,
                saved_at: saved.saved_at,
                ran_at: saved.ran_at,
                seen_item: saved.seen_item,
                new_items: saved.new_items,
                entry,
            });
        Ok(saved.collect())
    }

    /// A user's saved search.
    ///
    /// # Errors
    /// The user has none with that id, or the catalogue can't be read.
    pub fn saved_search(&self, user_id: Option<i64>, id: i64) -> Result<SavedSearch, EngineError> {
        let mut saved = self.saved(user_id)?.into_iter();
        saved
            .find(|saved| saved.entry.id == id)
            .ok_or_else(|| not_saved(id))
    }

    /// Saves the newest search of a user with that token under a name, until it is forgotten; returns
    /// its id.
    ///
    /// # Errors
    /// There is no such search, it can't have that name, or the catalogue can't be written.
    pub fn save(&self, user_id: Option<i64>, token: &str, name: &str) -> Result<i64, EngineError> {
        let name = name.trim();
        if name.is_empty() || name.chars().any(char::is_control) {
            return Err(EngineError::invalid(
                "a saved search needs a name, in one line",
            ));
        }
        let length = name.chars().count();
        if length > MOST_NAME {
            return Err(EngineError::invalid(format!(
                "the name has {length} characters; {MOST_NAME} are allowed"
            )));
        }
        let conflict = |message| EngineError::new(ErrorKind::Conflict, message);
        match self.write(|tx| tx.save_search(user_id, token, name))? {
            Saving::Saved { id } => Ok(id),
            Saving::UnknownSearch => Err(unknown_token()),
            Saving::NameTaken => Err(conflict(format!(
                "you have another saved search named `{name}`; choose another name"
            ))),
            Saving::TooMany => Err(conflict(format!(
                "{MOST_SAVED} searches are saved already; forget one of them first"
            ))),
        }
    }

    /// Notes that a saved search is run now: what is added later is new to it. Returns it as it was
    /// before.
    ///
    /// # Errors
    /// The user has none with that id, or the catalogue can't be written.
    pub fn run_saved(&self, user_id: Option<i64>, id: i64) -> Result<SavedSearch, EngineError> {
        let before = self.saved_search(user_id, id)?;
        let noted = self.write(|tx| tx.note_run(user_id, id))?;
        noted.then_some(before).ok_or_else(|| not_saved(id))
    }

    /// Takes the name from a saved search, which stays in the history for now.
    ///
    /// # Errors
    /// The user has none with that id, or the catalogue can't be written.
    pub fn forget_saved(&self, user_id: Option<i64>, id: i64) -> Result<(), EngineError> {
        let forgotten = self.write(|tx| tx.forget_saved(user_id, id))?;
        forgotten.then_some(()).ok_or_else(|| not_saved(id))
    }

    fn write<T>(
        &self,
        work: impl FnOnce(&WriteTransaction<'_>) -> Result<T, CatalogError>,
    ) -> Result<T, EngineError> {
        let now = self.stores.now().as_second();
        Ok(self.stores.catalog().write_aside(now, work)?)
    }
}

fn not_saved(id: i64) -> EngineError {
    EngineError::new(
        ErrorKind::NotFound,
        format!("you have no saved search {id}"),
    )
}
