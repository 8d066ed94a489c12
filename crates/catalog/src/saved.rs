//! Searches that somebody named, to run them again over what is new.
//!
//! A saved search is one of the history that stays there: its vectors and pictures are the entry's.
//! What is new is told by ids, which ascend in the order of adding, and not by times: nothing that
//! is added while a search runs is missed.

use rusqlite::{Row, params};

use crate::history::{COLUMNS, StoredSearch, from_row};
use crate::{Catalog, CatalogError, WriteTransaction};

/// Saved searches of a user.
pub const MOST_SAVED: u32 = 200;

/// New items are counted up to this many.
pub const MOST_NEW: u32 = 100_000;

/// A search that was saved under a name.
#[derive(Clone, Debug, PartialEq)]
pub struct SavedSearch {
    /// No two of a user have the same.
    pub name: String,
    /// Unix seconds.
    pub saved_at: i64,
    /// When it was last run, in Unix seconds; when it was made, if never since.
    pub ran_at: i64,
    /// Newest item of then.
    pub seen_item: i64,
    /// Items that its collections have got since, up to [`MOST_NEW`].
    pub new_items: u64,
    /// The search.
    pub search: StoredSearch,
}

/// What became of a wish to save a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saving {
    /// It has the name now.
    Saved {
        /// The search's id.
        id: i64,
    },
    /// The user made no such search.
    UnknownSearch,
    /// Another search of the user's has this name.
    NameTaken,
    /// The user has [`MOST_SAVED`].
    TooMany,
}

/// The collections of the search at hand.
const COLLECTIONS: &str = "SELECT collections.id FROM json_each(searches.collections) \
     JOIN collections ON collections.name = value";

impl Catalog {
    /// A user's saved searches by their names; `None` is the local user.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn saved_searches(&self, user_id: Option<i64>) -> Result<Vec<SavedSearch>, CatalogError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(&format!(
                "SELECT {COLUMNS}, name, saved_at, ran_at, seen_item, (SELECT count(*) FROM \
                 (SELECT 1 FROM items WHERE collection_id IN ({COLLECTIONS}) \
                 AND items.id > seen_item LIMIT {MOST_NEW})) \
                 FROM saved_searches JOIN searches ON searches.id = search_id \
                 WHERE user_id IS ?1 ORDER BY name COLLATE NOCASE, searches.id"
            ))?;
            let rows = statement.query_map([user_id], saved_from_row)?;
            rows.map(|row| row?).collect()
        })
    }
}

impl WriteTransaction<'_> {
    /// Names the newest search of a user with that token. The same search again gets the new name.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn save_search(
        &self,
        user_id: Option<i64>,
        token: &str,
        name: &str,
    ) -> Result<Saving, CatalogError> {
        let number = |sql: &str, parameters: &[&dyn rusqlite::ToSql]| {
            let mut statement = self.connection.prepare_cached(sql)?;
            statement.query_row(parameters, |row| row.get::<_, Option<i64>>(0))
        };
        let found = number(
            "SELECT max(id) FROM searches WHERE user_id IS ?1 AND query_token = ?2",
            params![user_id, token],
        )?;
        let Some(id) = found else {
            return Ok(Saving::UnknownSearch);
        };
        let others = "FROM saved_searches JOIN searches ON searches.id = search_id \
             WHERE user_id IS ?1 AND search_id <> ?2";
        let same = number(
            &format!("SELECT count(*) {others} AND name = ?3 COLLATE NOCASE"),
            params![user_id, id, name],
        )?;
        if same != Some(0) {
            return Ok(Saving::NameTaken);
        }
        let count = number(&format!("SELECT count(*) {others}"), params![user_id, id])?;
        if count >= Some(i64::from(MOST_SAVED)) {
            return Ok(Saving::TooMany);
        }
        // Times are whole seconds: what came within the same one counts as new.
        self.connection
            .prepare_cached(&format!(
                "INSERT INTO saved_searches (search_id, name, saved_at, ran_at, seen_item) \
                 SELECT id, ?2, ?3, created_at, coalesce((SELECT max(newest) FROM \
                 (SELECT (SELECT items.id FROM items WHERE collection_id = one.id \
                 AND items.created_at < searches.created_at \
                 ORDER BY items.created_at DESC, items.id DESC LIMIT 1) AS newest \
                 FROM ({COLLECTIONS}) AS one)), 0) \
                 FROM searches WHERE id = ?1 \
                 ON CONFLICT (search_id) DO UPDATE SET name = excluded.name"
            ))?
            .execute(params![id, name, self.now])?;
        Ok(Saving::Saved { id })
    }

    /// Notes that a user runs a saved search now; returns whether there is one.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn note_run(&self, user_id: Option<i64>, id: i64) -> Result<bool, CatalogError> {
        let noted = self
            .connection
            .prepare_cached(
                "UPDATE saved_searches SET ran_at = ?3, \
                 seen_item = coalesce((SELECT max(id) FROM items), 0) \
                 WHERE search_id = (SELECT id FROM searches WHERE user_id IS ?1 AND id = ?2)",
            )?
            .execute(params![user_id, id, self.now])?;
        Ok(noted > 0)
    }

    /// Takes the name from a user's saved search, which stays in the history; returns whether there
    /// is one.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn forget_saved(&self, user_id: Option<i64>, id: i64) -> Result<bool, CatalogError> {
        let forgotten = self
            .connection
            .prepare_cached(
                "DELETE FROM saved_searches WHERE search_id = \
                 (SELECT id FROM searches WHERE user_id IS ?1 AND id = ?2)",
            )?
            .execute(params![user_id, id])?;
        Ok(forgotten > 0)
    }
}

/// As [`from_row`], with the columns behind those of the search.
fn saved_from_row(row: &Row<'_>) -> rusqlite::Result<Result<SavedSearch, CatalogError>> {
    let search = match from_row(row)? {
        Ok(search) => search,
        Err(damaged) => return Ok(Err(damaged)),
    };
    Ok(Ok(SavedSearch {
        name: row.get("name")?,
        saved_at: row.get("saved_at")?,
        ran_at: row.get("ran_at")?,
        seen_item: row.get("seen_item")?,
        new_items: row.get(14)?,
        search,
    }))
}
