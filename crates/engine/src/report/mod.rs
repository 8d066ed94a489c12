//! A search as a document: HTML for reading and printing, CSV for calculating.

mod csv;
mod facts;
mod html;
mod parameters;
mod style;
#[cfg(test)]
mod tests;
mod words;

pub use style::content_security_policy;
pub use words::Language;

use std::sync::Arc;

use crate::history::History;
use crate::pictures::Pictures;
use crate::search::{PageHit, QueryPictures, Searcher, unknown_token};
use crate::{EngineError, Stores};
use facts::{Facts, PictureSources, ReportPictures};

/// Writes searches down as documents.
pub struct Reports {
    searcher: Arc<Searcher>,
    history: History,
    sources: PictureSources,
}

impl Reports {
    /// Reports of what `searcher` found lately, and of what `history` knows.
    pub(crate) fn new(
        stores: Arc<Stores>,
        searcher: Arc<Searcher>,
        history: History,
        pictures: Arc<Pictures>,
        query_pictures: QueryPictures,
    ) -> Self {
        Self {
            searcher,
            history,
            sources: PictureSources {
                stores,
                pictures,
                query_pictures,
            },
        }
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
        language: Language,
    ) -> Result<String, EngineError> {
        let facts = self.facts(token, owner)?;
        let pictures = ReportPictures::of(&facts, &self.sources)?;
        Ok(html::document(&facts, &pictures, language))
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
        csv::table(&self.facts(token, owner)?, thumbnail_url)
    }

    fn facts(&self, token: &str, owner: Option<i64>) -> Result<Facts, EngineError> {
        if let Some(past) = self.searcher.past(token, owner) {
            return Facts::of(&self.sources.stores, (*past).clone());
        }
        let Some((stored, earlier)) = self.history.earlier_by_token(owner, token)? else {
            return Err(unknown_token());
        };
        let mut past = self.searcher.make(&earlier.request(owner)?)?;
        past.at = jiff::Timestamp::from_second(stored.created_at).unwrap_or(past.at);
        Facts::of(&self.sources.stores, past)
    }
}
