//! The vectors that a search looks for: given, stored, remembered or embedded now.

use std::collections::BTreeMap;
use std::sync::Arc;

use lookalike_catalog::Collection;
use lookalike_imaging::RgbImage;
use lookalike_storage::Metric;

use super::checked::CheckedRequest;
use super::embedding_cache::{Embedded, EmbeddingCache, Key};
use super::embedding_kind::same_embedding;
use super::examples::Examples;
use super::found::Asked;
use super::mode::Mode;
use super::query_pictures::{QueryPicture, QueryPictures};
use super::query_vectors::{Aspect, QueryVectors};
use super::region::Region;
use super::request::{Query, SearchRequest};
use super::words::embed::{Unread, meaning};
use super::words::query::WordsQuery;
use crate::shared_passes::SharedPasses;
use crate::stores::evidence_key;
use crate::{Encoder, EngineError, ErrorKind, Stores};

/// Embeds queries.
pub(super) struct QueryEmbedder {
    pub(super) stores: Arc<Stores>,
    pub(super) pictures: QueryPictures,
    pub(super) passes: Arc<SharedPasses>,
    pub(super) known: EmbeddingCache,
}

impl QueryEmbedder {
    /// For each collection the items that steer the search; none where the request names none.
    pub(super) fn examples(
        &self,
        request: &CheckedRequest<'_>,
        collections: &[Collection],
    ) -> Result<Vec<Examples>, EngineError> {
        if request.like.is_empty() && request.unlike.is_empty() {
            return Ok(vec![Examples::default(); collections.len()]);
        }
        let ids = request.like.iter().chain(&request.unlike);
        let items = SearchRequest {
            queries: ids.map(|&id| Query::Item(id)).collect(),
            ..SearchRequest::default()
        };
        let mut pictures = Decoded::new(&self.pictures, &items);
        let mut examples = Vec::new();
        for collection in collections {
            let mut like = self.embed_queries(&items, collection, &mut pictures)?;
            let unlike = like.split_off(request.like.len().min(like.len()));
            examples.push(Examples { like, unlike });
        }
        Ok(examples)
    }

    /// The queries' vectors for each collection, and what was wrong with the queries' files although
    /// they could be read.
    pub(super) fn vectors(
        &self,
        request: &CheckedRequest<'_>,
        collections: &[Collection],
    ) -> Result<(Vec<Vec<QueryVectors>>, Vec<String>), EngineError> {
        let mut pictures = Decoded::new(&self.pictures, request);
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
        let vectors = known.into_iter().map(|(_, vectors)| vectors).collect();
        Ok((vectors, pictures.told()))
    }

    fn embed_queries(
        &self,
        request: &SearchRequest,
        collection: &Collection,
        pictures: &mut Decoded<'_>,
    ) -> Result<Vec<QueryVectors>, EngineError> {
        let mut vectors: Vec<Option<QueryVectors>> = Vec::new();
        for (position, query) in request.queries.iter().enumerate() {
            vectors.push(match query {
                Query::Vector(vector) => QueryVectors::new([checked(vector, collection)?]),
                Query::Kept(kept) => Some(kept.vectors(collection)?),
                Query::Item(id) if request.poses.are_stored() && request.mode == Mode::Auto => {
                    self.stored(*id, request.region(position), collection)?
                }
                Query::Words(words) => Some(self.words(words, collection, pictures, position)?),
                Query::Item(_) | Query::Image(_) => None,
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
            let region = request.region(index);
            let ways = (request.mode, request.poses);
            let key = Key::new(&request.queries[index], region, ways, collection);
            match key.as_ref().and_then(|key| self.known.get(key)) {
                Some(known) => {
                    pictures.warnings.insert(index, known.warnings.clone());
                    vectors[index] = Some(known.vectors.clone());
                }
                None => {
                    let mut aspects = Vec::new();
                    for (asked, parts) in pictures.prepare(index, &encoder)? {
                        aspects.push((asked, parts.len()));
                        inputs.extend(parts);
                    }
                    unknown.push((index, key, aspects));
                }
            }
        }
        let mut described = self.passes.describe(&encoder, inputs)?.into_iter();
        for (index, key, aspects) in unknown {
            let describe =
                |(asked, count)| Aspect::of_described(asked, described.by_ref().take(count));
            let aspects: Vec<Aspect> = aspects.into_iter().filter_map(describe).collect();
            let of_query = (!aspects.is_empty()).then(|| QueryVectors::of_aspects(aspects));
            // What lies where is known of whole pictures: a part agrees with none of them.
            let is_part = request
                .region(index)
                .is_some_and(|region| !region.is_whole());
            let of_query = of_query.map(|vectors| {
                if is_part {
                    vectors.without_evidence()
                } else {
                    vectors
                }
            });
            if let (Some(key), Some(of_query)) = (key, &of_query) {
                let embedded = Embedded {
                    vectors: of_query.clone(),
                    warnings: pictures.warnings.get(&index).cloned().unwrap_or_default(),
                };
                self.known.insert(key, embedded);
            }
            vectors[index] = of_query;
        }
        Ok(vectors.into_iter().flatten().collect())
    }

    /// Words among other queries, which texts are no help with.
    fn words(
        &self,
        words: &WordsQuery,
        collection: &Collection,
        pictures: &mut Decoded<'_>,
        position: usize,
    ) -> Result<QueryVectors, EngineError> {
        let name = &collection.spec.name;
        match meaning(&self.stores, collection, words)? {
            Ok(meaning) => {
                pictures.warnings.insert(position, meaning.warnings);
                Ok(meaning.vectors)
            }
            Err(Unread::NoTower) => Err(EngineError::invalid(format!(
                "words and pictures together need a model that embeds both, and that of collection \
                 `{name}` embeds no texts; search by words alone, or in a collection made with \
                 such a model"
            ))),
            Err(Unread::Failed(error)) => Err(EngineError::new(ErrorKind::Unavailable, error)),
        }
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
            let file = self.stores.evidence().of_collection(home.id)?;
            let md5s = catalog.md5s_of_items(&[id])?;
            let evidence = match (file, md5s.get(&id)) {
                (Some(file), Some(md5)) => (0..=u8::MAX)
                    .zip(&rows)
                    .filter_map(|(figure, _)| evidence_key(md5, figure))
                    .map(|key| file.get(&key))
                    .collect::<Result<_, _>>()?,
                _ => Vec::new(),
            };
            let vectors = QueryVectors::new(rows);
            return Ok(vectors.map(|vectors| vectors.with_evidence(evidence)));
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

/// The query picture that was decoded last. Only one is kept, as each holds its share of the memory
/// for pixels: a single picture is decoded once whatever the number of collections, several are
/// once for each encoder.
struct Decoded<'a> {
    of: &'a QueryPictures,
    request: &'a SearchRequest,
    last: Option<(usize, QueryPicture)>,
    /// By the query's place.
    warnings: BTreeMap<usize, Vec<String>>,
}

impl<'a> Decoded<'a> {
    fn new(of: &'a QueryPictures, request: &'a SearchRequest) -> Self {
        Self {
            of,
            request,
            last: None,
            warnings: BTreeMap::new(),
        }
    }

    /// What of the query at that position is embedded: for each way that it is asked in the
    /// whole, then its figures.
    fn prepare(
        &mut self,
        position: usize,
        encoder: &Encoder,
    ) -> Result<Vec<(Asked, Vec<RgbImage>)>, EngineError> {
        // The one before has to go first.
        let kept = self.last.take().filter(|(kept, _)| *kept == position);
        let picture = match kept {
            Some((_, picture)) => picture,
            None => {
                let picture = self.of.picture(self.request, position)?;
                self.warnings.insert(position, picture.warnings.clone());
                picture
            }
        };
        let (_, picture) = self.last.insert((position, picture));
        let region = self.request.region(position);
        let inputs = picture.inputs(region, encoder, self.request.mode)?;
        Ok(inputs.posed(self.request.poses))
    }

    /// All warnings; those of one picture among several name it.
    fn told(&self) -> Vec<String> {
        let several = self.request.queries.len() > 1;
        let tell = |(&position, warnings): (&usize, &Vec<String>)| {
            let name = match self.request.queries[position].file_name() {
                _ if !several => String::new(),
                Some(name) => format!("{name}: "),
                None => format!("query {position}: "),
            };
            let named = warnings.iter().map(|warning| format!("{name}{warning}"));
            named.collect::<Vec<_>>()
        };
        self.warnings.iter().flat_map(tell).collect()
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
    if collection.spec.metric == Metric::Cosine && vector.iter().all(|&value| value == 0.0) {
        return Err(EngineError::invalid(
            "the vector is zero, which has no direction: nothing has a cosine to it",
        ));
    }
    Ok(vector.to_vec())
}
