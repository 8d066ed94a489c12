//! A search as a document: HTML for reading and printing, CSV for calculating. What other documents
//! need of that is here for them, too.

mod annotations;
mod csv;
pub mod document;
mod facts;
mod hits;
mod html;
mod options;
mod parameters;
mod parts;
mod record;
mod style;
mod table;
#[cfg(test)]
mod tests;
mod words;

pub use options::{ReportOptions, UtcOffset};
pub use style::content_security_policy;
pub use table::table;
pub use words::Language;

use lookalike_engine::search::PageHit;
use lookalike_engine::{Engine, EngineError};

use facts::{Facts, ReportPictures};

/// Writes searches down as documents.
pub struct Reports<'a> {
    engine: &'a Engine,
}

impl<'a> Reports<'a> {
    /// Reports of what `engine` found lately, and of what its history knows.
    #[must_use]
    pub fn new(engine: &'a Engine) -> Self {
        Self { engine }
    }

    /// The search with that token as one HTML document that holds its pictures and prints well.
    ///
    /// Of a search made lately as it was answered then; of one in the user's history, searched for
    /// again by its vectors.
    ///
    /// # Errors
    /// The user made no search with that token, or it can't be made again: a collection is gone
    /// or has other embeddings now.
    pub fn html(
        &self,
        token: &str,
        owner: Option<i64>,
        options: &ReportOptions,
    ) -> Result<String, EngineError> {
        let facts = self.facts(token, owner)?;
        let pictures = ReportPictures::of(&facts, self.engine)?;
        Ok(html::document(&facts, &pictures, options))
    }

    /// The hits of the search with that token as CSV, one a row, in UTF-8 with a byte order mark.
    /// `thumbnail_url` says where the thumbnail of a hit is found.
    ///
    /// # Errors
    /// As [`Reports::html`].
    pub fn csv(
        &self,
        token: &str,
        owner: Option<i64>,
        thumbnail_url: &dyn Fn(&PageHit) -> String,
    ) -> Result<Vec<u8>, EngineError> {
        csv::of_hits(&self.facts(token, owner)?, thumbnail_url)
    }

    fn facts(&self, token: &str, owner: Option<i64>) -> Result<Facts, EngineError> {
        let searcher = self.engine.search();
        let past = self.engine.history().past_search(searcher, token, owner)?;
        let marks = self.engine.history().marks(owner, token)?;
        Facts::of(self.engine.stores(), past, marks)
    }
}
