//! A search as a document: HTML for reading and printing, CSV for calculating.

mod csv;
mod facts;
mod html;
mod parameters;
mod risk;
mod style;
#[cfg(test)]
mod tests;
mod words;

pub use style::content_security_policy;
pub use words::Language;

use crate::search::unknown_token;
use crate::{Engine, EngineError};
use facts::Facts;

impl Engine {
    /// The search with that token as one HTML document that holds its pictures and prints well.
    ///
    /// Of a search made lately as it was answered then; of one in the user's history, searched for
    /// again by its vectors.
    ///
    /// # Errors
    /// The user made no search with that token, or it can't be made again: a collection is gone
    /// or has other embeddings now.
    pub fn report_html(
        &self,
        token: &str,
        owner: Option<i64>,
        language: Language,
    ) -> Result<String, EngineError> {
        let facts = self.report_facts(token, owner)?;
        let pictures = self.report_pictures(&facts)?;
        Ok(html::document(&facts, &pictures, language))
    }

    /// The hits of the search with that token as CSV, one a row, in UTF-8 with a byte order mark.
    ///
    /// # Errors
    /// As [`Engine::report_html`].
    pub fn report_csv(&self, token: &str, owner: Option<i64>) -> Result<Vec<u8>, EngineError> {
        csv::table(&self.report_facts(token, owner)?)
    }

    fn report_facts(&self, token: &str, owner: Option<i64>) -> Result<Facts, EngineError> {
        if let Some(past) = self.past_search(token, owner) {
            return self.facts_of((*past).clone());
        }
        let Some((stored, earlier)) = self.earlier_search_by_token(owner, token)? else {
            return Err(unknown_token());
        };
        let mut past = self.make_search(&earlier.request(owner)?)?;
        past.at = jiff::Timestamp::from_second(stored.created_at).unwrap_or(past.at);
        self.facts_of(past)
    }
}
