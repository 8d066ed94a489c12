//! The vectors that a search looks for: given, stored, remembered or embedded now.

use std::collections::HashMap;
use std::sync::Arc;

use lookalike_catalog::Collection;
use lookalike_imaging::RgbImage;

use super::checked::CheckedRequest;
use super::embedding_cache::{EmbeddingCache, Key};
use super::embedding_kind::same_embedding;
use super::query_pictures::{QueryPicture, QueryPictures};
use super::query_vectors::QueryVectors;
use super::region::Region;
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
    /// The queries' vectors for each collection.
    pub(super) fn vectors(
        &self,
        request: &CheckedRequest<'_>,
        collections: &[Collection],
    ) -> Result<Vec<Vec<QueryVectors>>, EngineError> {
        let mut pictures = Decoded {
            of: &self.pictures,
            request,
            decoded: HashMap::new(),
        };
        // Collections with the same encoder share the forward pass.
        let mut known: Vec<(&Collection, Vec<QueryVectors>)> = Vec::new();
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
    ) -> Result<Vec<QueryVectors>, EngineError> {
        let mut vectors: Vec<Option<QueryVectors>> = Vec::new();
        for (position, query) in request.queries.iter().enumerate() {
            vectors.push(match query {
                Query::Vector(vector) => QueryVectors::new([checked(vector, collection)?]),
                Query::Kept(kept) => Some(kept.vectors(collection)?),
                Query::Item(id) => self.stored(*id, request.region(position), collection)?,
                Query::Image(_) => None,
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
        let mut inputs = Vec::new();
        for index in missing {
            let key = Key::new(&request.queries[index], request.region(index), collection);
            vectors[index] = key.as_ref().and_then(|key| self.known.get(key));
            if vectors[index].is_none() {
                let parts = pictures.prepare(index, &encoder)?;
                unknown.push((index, key, parts.len()));
                inputs.extend(parts);
            }
        }
        let mut embeddings = self.passes.embed(&encoder, inputs)?.into_iter();
        for (index, key, count) in unknown {
            let of_query = QueryVectors::new(embeddings.by_ref().take(count));
            if let (Some(key), Some(of_query)) = (key, &of_query) {
                self.known.insert(key, of_query);
            }
            vectors[index] = of_query;
        }
        Ok(vectors.into_iter().flatten().collect())
    }

    /// The item's stored embeddings, if they were made as this collection's are: all of them, or
    /// that of the figure which the region is.
    fn stored(
        &self,
        id: u64,
        region: Option<Region>,
        collection: &Collection,
    ) -> Result<Option<QueryVectors>, EngineError> {
        let item = self.stores.item(id)?;
        let catalog = self.stores.catalog();
        let home = catalog.collection(&item.collection)?;
        let comparable = home.id == collection.id
            || same_embedding(&home, collection) && collection.spec.dim == home.spec.dim;
        if !comparable {
            return Ok(None);
        }
        let mut rows = catalog.embeddings_of_item(&home, id)?;
        let Some(region) = region.filter(|region| !region.is_whole()) else {
            return Ok(QueryVectors::new(rows));
        };
        let ids: Vec<(u64, u8)> = (0..=u8::MAX).zip(&rows).map(|(row, _)| (id, row)).collect();
        let figures = catalog.figures(&ids)?;
        let chosen = ids.iter().position(|id| {
            let area = figures.get(id).and_then(|figure| figure.area);
            area.is_some_and(|area| region.is_area(area, item.width, item.height))
        });
        Ok(chosen.and_then(|index| QueryVectors::new([rows.swap_remove(index)])))
    }
}

/// Decoded query pictures, each decoded once whatever the number of collections.
struct Decoded<'a> {
    of: &'a QueryPictures,
    request: &'a SearchRequest,
    decoded: HashMap<usize, QueryPicture>,
}

impl Decoded<'_> {
    /// What of the query at that position is embedded, the whole first.
    fn prepare(
        &mut self,
        position: usize,
        encoder: &Encoder,
    ) -> Result<Vec<RgbImage>, EngineError> {
        if !self.decoded.contains_key(&position) {
            let picture = self.of.picture(self.request, position)?;
            self.decoded.insert(position, picture);
        }
        self.decoded[&position].inputs(self.request.region(position), encoder)
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
