//! What users note of their searches.

use lookalike_catalog::SearchMarks;

use super::History;
use crate::search::unknown_token;
use crate::{EngineError, Stores};

/// Characters of a title and of a matter's number.
const MOST_TITLE: usize = 200;

/// Characters of a note.
const MOST_NOTE: usize = 4000;

/// Hits of which something is noted: as many groups as a search finds at most.
const MOST_HITS: usize = 1000;

impl History {
    /// What a user noted of the search with that token.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn marks(&self, user_id: Option<i64>, token: &str) -> Result<SearchMarks, EngineError> {
        Ok(self.stores.catalog().search_marks(user_id, token)?)
    }

    /// Replaces what a user noted of the search with that token.
    ///
    /// # Errors
    /// It is too much, the user's history has no such search, or the catalogue can't be written.
    pub fn mark(
        &self,
        user_id: Option<i64>,
        token: &str,
        marks: &SearchMarks,
    ) -> Result<(), EngineError> {
        check(marks)?;
        let stores: &Stores = &self.stores;
        let now = stores.now().as_second();
        let catalog = stores.catalog();
        let noted = catalog.write_aside(now, |tx| tx.mark_search(user_id, token, marks))?;
        noted.then_some(()).ok_or_else(unknown_token)
    }
}

fn check(marks: &SearchMarks) -> Result<(), EngineError> {
    let longest = |what: &str, text: &str, most: usize| match text.chars().count() {
        count if count <= most => Ok(()),
        count => Err(EngineError::invalid(format!(
            "{what} has {count} characters; {most} are allowed"
        ))),
    };
    longest("the title", &marks.title, MOST_TITLE)?;
    longest("the matter", &marks.matter, MOST_TITLE)?;
    longest("the note", &marks.note, MOST_NOTE)?;
    if marks.hits.len() > MOST_HITS {
        return Err(EngineError::invalid(format!(
            "{} hits are marked; {MOST_HITS} are allowed",
            marks.hits.len()
        )));
    }
    marks.hits.iter().try_for_each(|(group, mark)| {
        longest("the id of a hit", group, MOST_TITLE)?;
        longest(&format!("the note of {group}"), &mark.note, MOST_NOTE)
    })
}
