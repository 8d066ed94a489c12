//! Words to look for, and the sentences that a model reads of them.

use super::terms::{Term, terms};
use crate::EngineError;

/// Longest query in bytes: far more than any model reads.
const MOST_BYTES: usize = 100_000;

/// Most templates of a query.
const MOST_TEMPLATES: usize = 100;

/// What stands for the words in a template.
const PLACE: &str = "{}";

/// Words to look for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WordsQuery {
    /// In any language; how much a model makes of it depends on the model. A `+` or `-` between spaces
    /// parts it into [`Term`]s.
    pub text: String,
    /// Sentences such as `a photo of {}`: what the model makes of the words in each of them is
    /// averaged. None means those of the collection, and where that has none the words as they are, as
    /// `{}` alone does.
    pub templates: Vec<String>,
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
    pub(in crate::search) fn check(&self) -> Result<(), EngineError> {
        if self.text.trim().is_empty() {
            return Err(EngineError::invalid("no words to look for"));
        }
        if self.text.len() > MOST_BYTES {
            return Err(EngineError::invalid(format!(
                "the words take {} bytes; give {MOST_BYTES} at most",
                self.text.len()
            )));
        }
        check_templates(&self.templates)
    }

    /// What it is composed of; at least one.
    #[must_use]
    pub fn terms(&self) -> Vec<Term> {
        terms(&self.text)
    }

    /// Whether there is anything to be found, and not only what hits are to be unlike.
    pub(in crate::search) fn looks_for_something(&self) -> bool {
        self.terms().iter().any(|term| term.weight > 0.0)
    }

    /// The words to be found, or those that hits are to be unlike, without signs.
    pub(super) fn text_of(&self, is_wanted: bool) -> String {
        let terms = self.terms().into_iter();
        let texts = terms.filter(|term| (term.weight > 0.0) == is_wanted);
        let texts: Vec<String> = texts.map(|term| term.text).collect();
        texts.join(" ")
    }

    /// What the model reads of a term: its words in each of `templates`.
    pub(super) fn sentences(term: &Term, templates: &[String]) -> Vec<String> {
        if templates.is_empty() {
            return vec![term.text.clone()];
        }
        let fill = |template: &String| template.replace(PLACE, term.text.trim());
        templates.iter().map(fill).collect()
    }
}

/// # Errors
/// There are too many, or one without a place for words.
pub(crate) fn check_templates(templates: &[String]) -> Result<(), EngineError> {
    if templates.len() > MOST_TEMPLATES {
        return Err(EngineError::invalid(format!(
            "{} templates; give {MOST_TEMPLATES} at most",
            templates.len()
        )));
    }
    match templates.iter().find(|template| !template.contains(PLACE)) {
        Some(template) => Err(EngineError::invalid(format!(
            "the template `{template}` has no {PLACE} where the words belong, as in `a photo of \
             {PLACE}`"
        ))),
        None => Ok(()),
    }
}
