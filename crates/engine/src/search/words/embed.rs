//! What words mean: their embedding by a collection's model.

use lookalike_catalog::Collection;
use lookalike_encoders::normalize;

use super::query::WordsQuery;
use crate::search::query_vectors::QueryVectors;
use crate::{EngineError, Length, Stores};

/// The embedding of words.
pub(in crate::search) struct Meaning {
    pub(in crate::search) vectors: QueryVectors,
    /// What of the words the model did not read.
    pub(in crate::search) warnings: Vec<String>,
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
    let sentences = query.sentences();
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
    let mut sum = vec![0.0; encoder.model().facts().description.dim];
    let only_one = embedded.len() == 1;
    for mut text in embedded {
        // Of several, each counts as much as the others, whatever their lengths.
        if !only_one || Length::of(spec) == Length::Unit {
            normalize(&mut text.embedding);
        }
        sum.iter_mut()
            .zip(&text.embedding)
            .for_each(|(sum, x)| *sum += x);
    }
    if !only_one && Length::of(spec) == Length::Unit {
        normalize(&mut sum);
    }
    Ok(match QueryVectors::new([sum]) {
        Some(vectors) => Ok(Meaning {
            vectors,
            warnings: warnings.into_iter().collect(),
        }),
        None => Err(Unread::NoTower),
    })
}
