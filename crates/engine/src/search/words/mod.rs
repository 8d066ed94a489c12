//! Search by words: by what they mean, where the collection's model embeds texts; by the texts that
//! items have; by both, where there is both.

pub(super) mod embed;
pub(super) mod query;
mod rank;
pub(super) mod reasons;
pub(super) mod terms;

use std::collections::HashMap;
use std::time::Instant;

use lookalike_catalog::Collection;
use lookalike_encoders::Sigmoid;

use embed::{Unread, meaning};
use query::WordsQuery;

use super::checked::CheckedRequest;
use super::query_vectors::QueryVectors;
use super::request::Query;
use super::searcher::{Searched, Searcher};
use crate::{EngineError, Hint};

/// The words, if they are all that is looked for.
pub(super) fn words_alone<'a>(request: &'a CheckedRequest<'_>) -> Option<&'a WordsQuery> {
    match &request.request.queries[..] {
        [Query::Words(words)] => Some(words),
        _ => None,
    }
}

impl Searcher {
    /// Searches by words alone.
    ///
    /// # Errors
    /// A collection can be searched neither by what words mean nor by texts.
    pub(super) fn by_words(
        &self,
        query: &WordsQuery,
        request: &CheckedRequest<'_>,
        collections: &[Collection],
    ) -> Result<Searched, EngineError> {
        if !query.looks_for_something() {
            return Err(EngineError::invalid(
                "the words say only what hits are to be unlike; say what to look for before the minus, as in \
                 `dog - leash`, or give a picture too",
            ));
        }
        let stores = self.stores();
        let mut warnings = Vec::new();
        let mut meanings: Vec<Option<QueryVectors>> = Vec::new();
        let mut sigmoids: HashMap<i64, Sigmoid> = HashMap::new();
        for collection in collections {
            meanings.push(match meaning(stores, collection, query)? {
                Ok(meaning) => {
                    warnings.extend(meaning.warnings);
                    // What items steer is no text any more.
                    if request.like.is_empty() && request.unlike.is_empty() {
                        sigmoids.extend(meaning.sigmoid.map(|sigmoid| (collection.id, sigmoid)));
                    }
                    Some(meaning.vectors)
                }
                Err(unread) => {
                    let has_texts = stores.catalog().has_texts(collection)?;
                    match unread {
                        _ if !has_texts => return Err(refusal(collection, &unread)),
                        Unread::NoTower => None,
                        Unread::Failed(error) => {
                            let name = &collection.spec.name;
                            warnings.push(format!(
                                "collection `{name}` was searched by its texts only: {error}"
                            ));
                            None
                        }
                    }
                }
            });
        }
        let vectors: Vec<Vec<QueryVectors>> = meanings
            .into_iter()
            .map(|meaning| meaning.into_iter().collect())
            .collect();
        let mut asked = vectors.clone();
        if vectors.iter().all(|vectors| !vectors.is_empty()) {
            asked = self.steered(&vectors, request, collections)?;
        }
        let extracted = Instant::now();
        let words = rank::WordsOf::new(query);
        let rankings = self.rank_each(
            request,
            collections,
            &asked,
            |collection, asked, passing| {
                let meaning = rank::MeaningOf {
                    vectors: asked.first(),
                    sigmoid: sigmoids.get(&collection.id).copied(),
                };
                rank::rank(stores, collection, &meaning, &words, passing, request)
            },
        )?;
        warnings.dedup();
        Ok(Searched {
            vectors,
            asked,
            rankings,
            warnings,
            extracted,
        })
    }
}

/// Why a collection can't be searched by words at all.
fn refusal(collection: &Collection, unread: &Unread) -> EngineError {
    let name = &collection.spec.name;
    let why = match (unread, collection.spec.model.as_deref()) {
        (Unread::Failed(error), _) => error.clone(),
        (Unread::NoTower, Some(model)) => format!("its model `{model}` embeds no texts"),
        (Unread::NoTower, None) => "it has no model".to_owned(),
    };
    EngineError::invalid(format!(
        "collection `{name}` can't be searched by words: {why}, and its items have neither titles nor \
         descriptions nor tags"
    ))
    .with_hint(Hint::GiveTexts)
}
