//! The vectors that a search looks for: given, stored, remembered or embedded now.

use std::collections::HashMap;
use std::sync::Arc;

use lookalike_catalog::Collection;
use lookalike_imaging::RgbImage;

use super::checked::CheckedRequest;
use super::embedding_cache::{EmbeddingCache, Key};
use super::embedding_kind::same_embedding;
use super::query_pictures::QueryPictures;
use super::request::{Query, SearchRequest};
use crate::shared_passes::SharedPasses;
use crate::{Encoder, EngineError, Stores};

/// Embeds queries.
pub(super) struct QueryEmbedder {
    pub(super) stores: Arc<Stores>,
    pub(super) pictures: QueryPictures,
    pub(super) passes: Arc<SharedPasses>,
    pub(super) known: EmbeddingCache,
}

impl QueryEmbedder {
    /// The query vectors for each collection.
    pub(super) fn vectors(
        &self,
        request: &CheckedRequest<'_>,
        collections: &[Collection],
    ) -> Result<Vec<Vec<Vec<f32>>>, EngineError> {
        let mut pictures = Decoded {
            of: &self.pictures,
            request,
            decoded: HashMap::new(),
        };
        // Collections with the same encoder share the forward pass.
        let mut known: Vec<(&Collection, Vec<Vec<f32>>)> = Vec::new();
        for collection in collections {
            let same = known
                .iter()
                .find(|(other, _)| same_embedding(other, collection));
            let vectors = match same {
                Some((_, vectors)) if collection.spec.model.is_some() => vectors.clone(),
                _ => self.embed_queries(request, collection, &mut pictures)?,
            };
            known.push((collection, vectors));
        }
        Ok(known.into_iter().map(|(_, vectors)| vectors).collect())
    }

    fn embed_queries(
        &self,
        request: &CheckedRequest<'_>,
        collection: &Collection,
        pictures: &mut Decoded<'_>,
    ) -> Result<Vec<Vec<f32>>, EngineError> {
        let mut vectors: Vec<Option<Vec<f32>>> = Vec::new();
        for (position, query) in request.queries.iter().enumerate() {
            vectors.push(match query {
                Query::Vector(vector) => Some(checked(vector, collection)?),
                Query::Kept(kept) => Some(kept.vector(collection)?),
                Query::Item(id) if request.region(position).is_none() => {
                    self.item_vector(*id, collection)?
                }
                Query::Image(_) | Query::Item(_) => None,
            });
        }
        let missing: Vec<usize> = (0..vectors.len())
            .filter(|&index| vectors[index].is_none())
            .collect();
        if missing.is_empty() {
            return Ok(vectors.into_iter().flatten().collect());
        }
        let encoder = self.stores.encoders().of_collection(collection)?;
        let mut unknown = Vec::new();
        for index in missing {
            let key = Key::new(&request.queries[index], request.region(index), collection);
            vectors[index] = key.as_ref().and_then(|key| self.known.get(key));
            if vectors[index].is_none() {
                let prepared = pictures.prepare(index, &encoder)?;
                unknown.push((index, key, prepared));
            }
        }
        let (places, prepared): (Vec<_>, Vec<_>) = unknown
            .into_iter()
            .map(|(index, key, prepared)| ((index, key), prepared))
            .unzip();
        let embeddings = self.passes.embed(&encoder, prepared)?;
        for ((index, key), vector) in places.into_iter().zip(embeddings) {
            if let Some(key) = key {
                self.known.insert(key, &vector);
            }
            vectors[index] = Some(vector);
        }
        Ok(vectors.into_iter().flatten().collect())
    }

    /// The item's stored embedding, if it was made as this collection's are.
    fn item_vector(
        &self,
        id: u64,
        collection: &Collection,
    ) -> Result<Option<Vec<f32>>, EngineError> {
        let item = self.stores.item(id)?;
        let home = self.stores.catalog().collection(&item.collection)?;
        let comparable = home.id == collection.id
            || same_embedding(&home, collection) && collection.spec.dim == home.spec.dim;
        if !comparable {
            return Ok(None);
        }
        Ok(self.stores.catalog().embedding_of_item(&home, id)?)
    }
}

/// Decoded query pictures, each decoded once whatever the number of collections.
struct Decoded<'a> {
    of: &'a QueryPictures,
    request: &'a SearchRequest,
    decoded: HashMap<usize, RgbImage>,
}

impl Decoded<'_> {
    fn prepare(&mut self, position: usize, encoder: &Encoder) -> Result<RgbImage, EngineError> {
        if !self.decoded.contains_key(&position) {
            let image = self.of.picture(self.request, position)?;
            self.decoded.insert(position, image);
        }
        encoder.prepare(&self.decoded[&position])
    }
}

fn checked(vector: &[f32], collection: &Collection) -> Result<Vec<f32>, EngineError> {
    if vector.len() != collection.spec.dim {
        return Err(EngineError::invalid(format!(
            "the vector has {} numbers, collection `{}` holds vectors of {}",
            vector.len(),
            collection.spec.name,
            collection.spec.dim
        )));
    }
    if let Some(position) = vector.iter().position(|value| !value.is_finite()) {
        return Err(EngineError::invalid(format!(
            "the vector's number at position {position} is not finite"
        )));
    }
    Ok(vector.to_vec())
}
