//! What people note of their searches: a title and a number to file them by, hits that matter.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};

use crate::{Catalog, CatalogError, WriteTransaction};

/// What whoever searched has noted of what was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SearchMarks {
    /// Stands above its report.
    pub title: String,
    /// By which it is filed.
    pub matter: String,
    /// Of all that was found.
    pub note: String,
    /// By the ids of groups.
    pub hits: BTreeMap<String, HitMark>,
}

/// What was noted of a hit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HitMark {
    /// It is among those that a report is made of, where any are.
    pub chosen: bool,
    /// It stands out.
    pub starred: bool,
    /// In words.
    pub note: String,
}

impl SearchMarks {
    /// Whether nothing was noted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Catalog {
    /// What a user noted of the newest of their searches with that token; nothing of what was
    /// never recorded.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn search_marks(
        &self,
        user_id: Option<i64>,
        token: &str,
    ) -> Result<SearchMarks, CatalogError> {
        self.read(|connection| {
            let marks: Option<Option<String>> = connection
                .prepare_cached(
                    "SELECT marks FROM searches WHERE user_id IS ?1 AND query_token = ?2 \
                     ORDER BY id DESC LIMIT 1",
                )?
                .query_row(params![user_id, token], |row| row.get(0))
                .optional()?;
            let Some(text) = marks.flatten() else {
                return Ok(SearchMarks::default());
            };
            serde_json::from_str(&text).map_err(|_| CatalogError::Damaged {
                what: format!("notes of the search {token}"),
            })
        })
    }
}

impl WriteTransaction<'_> {
    /// Replaces what a user noted of their newest search with that token; returns whether there is one.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn mark_search(
        &self,
        user_id: Option<i64>,
        token: &str,
        marks: &SearchMarks,
    ) -> Result<bool, CatalogError> {
        let text = serde_json::to_string(marks).expect("texts and truths are JSON");
        let changed = self
            .connection
            .prepare_cached(
                "UPDATE searches SET marks = ?3 WHERE id = (SELECT id FROM searches \
                 WHERE user_id IS ?1 AND query_token = ?2 ORDER BY id DESC LIMIT 1)",
            )?
            .execute(params![user_id, token, (!marks.is_empty()).then_some(text)])?;
        Ok(changed > 0)
    }
}
