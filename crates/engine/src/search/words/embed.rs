//! What words mean: their embedding by a collection's model.

use lookalike_catalog::Collection;
use lookalike_encoders::{Sigmoid, normalize};

use super::query::WordsQuery;
use crate::search::query_vectors::QueryVectors;
use crate::{EngineError, Length, Stores};

/// The embedding of words.
pub(in crate::search) struct Meaning {
    pub(in crate::search) vectors: QueryVectors,
    /// What of the words the model did not read.
    pub(in crate::search) warnings: Vec<String>,
    /// How cosines become probabilities, if the model says so of one text.
    pub(in crate::search) sigmoid: Option<Sigmoid>,
}

/// Why there is no embedding of words.
pub(in crate::search) enum Unread {
    /// The collection has no model, or one that embeds no texts.
    NoTower,
    /// It has one that can't be used now, for this reason.
    Failed(String),
}

/// What `query` means to the model of a collection, as long as the collection's embeddings are.
///
/// # Errors
/// Only faults of the program: what the collection lacks is an [`Unread`].
pub(in crate::search) fn meaning(
    stores: &Stores,
    collection: &Collection,
    query: &WordsQuery,
) -> Result<Result<Meaning, Unread>, EngineError> {
    let spec = &collection.spec;
    let (Some(model), Some(_)) = (&spec.model, spec.preprocess) else {
        return Ok(Err(Unread::NoTower));
    };
    let encoder = match stores.encoders().of_collection(collection) {
        Ok(encoder) => encoder,
        Err(error) => return Ok(Err(Unread::Failed(error.to_string()))),
    };
    let Some(texts) = encoder.model().texts() else {
        return Ok(Err(Unread::NoTower));
    };
    let terms = query.terms();
    let templates = match &query.templates[..] {
        [] => stores.catalog().word_templates(collection)?,
        given => given.to_vec(),
    };
    let per_term = templates.len().max(1);
    let sentences: Vec<String> = terms
        .iter()
        .flat_map(|term| WordsQuery::sentences(term, &templates))
        .collect();
    let sentences: Vec<&str> = sentences.iter().map(String::as_str).collect();
    let lane = encoder.model().device().whole();
    let embedded = match texts.embed_texts(&sentences, lane) {
        Ok(embedded) => embedded,
        Err(error) => return Ok(Err(Unread::Failed(error.to_string()))),
    };
    let cut = embedded.iter().find(|text| text.read < text.tokens);
    let warnings = cut.map(|text| {
        format!(
            "the words are longer than model `{model}` reads: the first {} of {} tokens count",
            text.read, text.tokens
        )
    });
    let is_unit = Length::of(spec) == Length::Unit;
    let mut sum = vec![0.0; encoder.model().facts().description.dim];
    let only_one = embedded.len() == 1;
    for (term, sentences) in terms.iter().zip(embedded.chunks(per_term)) {
        let mut of_term = vec![0.0; sum.len()];
        for text in sentences {
            let mut embedding = text.embedding.clone();
            // Of several, each counts as much as the others, whatever their lengths.
            if !only_one || is_unit {
                normalize(&mut embedding);
            }
            add(&mut of_term, &embedding, 1.0);
        }
        if terms.len() > 1 {
            normalize(&mut of_term);
        }
        add(&mut sum, &of_term, term.weight);
    }
    let is_one_text = only_one && terms.iter().all(|term| term.weight > 0.0);
    if is_unit && !is_one_text {
        normalize(&mut sum);
    }
    Ok(match QueryVectors::new([sum]) {
        Some(vectors) => Ok(Meaning {
            vectors,
            warnings: warnings.into_iter().collect(),
            sigmoid: texts.sigmoid().filter(|_| is_one_text),
        }),
        None => Err(Unread::NoTower),
    })
}

fn add(sum: &mut [f32], vector: &[f32], weight: f32) {
    let pairs = sum.iter_mut().zip(vector);
    pairs.for_each(|(sum, x)| *sum += weight * x);
}
