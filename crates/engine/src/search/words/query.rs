//! Words to look for, and the sentences that a model reads of them.

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
    /// In any language; how much a model makes of it depends on the model.
    pub text: String,
    /// Sentences such as `a photo of {}`: what the model makes of the words in each of them is
    /// averaged. None means the words as they are.
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
    pub(super) fn sentences(&self) -> Vec<String> {
        if self.templates.is_empty() {
            return vec![self.text.clone()];
        }
        let fill = |template: &String| template.replace(PLACE, self.text.trim());
        self.templates.iter().map(fill).collect()
    }
}
