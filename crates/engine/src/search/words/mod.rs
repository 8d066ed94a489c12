//! Search by words: by what they mean, where the collection's model embeds texts; by the texts that
//! items have; by both, where there is both.

mod embed;
mod rank;

use std::time::Instant;

use lookalike_catalog::{Collection, WordField, Words};

use super::checked::CheckedRequest;
use super::query_vectors::QueryVectors;
use super::request::Query;
use super::searcher::{Searched, Searcher};
use crate::{EngineError, Hint};

pub(super) use embed::{Unread, meaning};
pub(super) use rank::Reasons;

/// Longest query in bytes: far more than any model reads.
const MOST_BYTES: usize = 100_000;

/// Most templates of a query.
const MOST_TEMPLATES: usize = 100;

/// What stands for the words in a template.
const PLACE: &str = "{}";

/// Words to look for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WordsQuery {
    /// In any language; how much a model makes of it depends on the model.
    pub text: String,
    /// Sentences such as `a photo of {}`: what the model makes of the words in each of them is
    /// averaged. None means the words as they are.
    pub templates: Vec<String>,
}

/// Why a search by words found an item.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FoundBy {
    /// How well the picture fits the words by the model's measure, where that found it.
    pub meaning: Option<f32>,
    /// The texts that words were found in.
    pub texts: Vec<WordField>,
}

impl WordsQuery {
    /// These words as they are.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            templates: Vec::new(),
        }
    }

    /// # Errors
    /// There are no words, too many, or a template without a place for them.
    pub(super) fn check(&self) -> Result<(), EngineError> {
        if self.text.trim().is_empty() {
            return Err(EngineError::invalid("no words to look for"));
        }
        if self.text.len() > MOST_BYTES {
            return Err(EngineError::invalid(format!(
                "the words take {} bytes; give {MOST_BYTES} at most",
                self.text.len()
            )));
        }
        if self.templates.len() > MOST_TEMPLATES {
            return Err(EngineError::invalid(format!(
                "{} templates; give {MOST_TEMPLATES} at most",
                self.templates.len()
            )));
        }
        match self
            .templates
            .iter()
            .find(|template| !template.contains(PLACE))
        {
            Some(template) => Err(EngineError::invalid(format!(
                "the template `{template}` has no {PLACE} where the words belong, as in `a photo of \
                 {PLACE}`"
            ))),
            None => Ok(()),
        }
    }

    /// What the model reads: the words in each template.
    fn sentences(&self) -> Vec<String> {
        if self.templates.is_empty() {
            return vec![self.text.clone()];
        }
        let fill = |template: &String| template.replace(PLACE, self.text.trim());
        self.templates.iter().map(fill).collect()
    }
}

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
        let stores = self.stores();
        let mut warnings = Vec::new();
        let mut meanings: Vec<Option<QueryVectors>> = Vec::new();
        for collection in collections {
            meanings.push(match meaning(stores, collection, query)? {
                Ok(meaning) => {
                    warnings.extend(meaning.warnings);
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
        let words = Words::of(&query.text);
        let mut rankings = Vec::new();
        for (collection, meaning) in collections.iter().zip(&asked) {
            let selection = self.filters().selection(collection, &request.filter);
            let ranked = rank::rank(
                stores,
                collection,
                meaning.first(),
                &words,
                selection.as_ref(),
                request,
            );
            stores.note_answer(&ranked);
            rankings.push(ranked?);
        }
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
