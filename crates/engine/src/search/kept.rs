//! Queries of earlier searches: their vectors, by which they are searched for again exactly,
//! without their pictures.

use std::sync::Arc;

use lookalike_catalog::Collection;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::past::PastSearch;
use super::query::{Query, Region, SearchRequest};
use crate::{EngineError, ErrorKind};

/// What a query is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum QueryKind {
    /// A picture that came with the search.
    Picture,
    /// A stored item.
    Item,
    /// A vector.
    Vector,
}

/// A query in words: what the answer and the history say of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct QueryDescription {
    /// What it is.
    pub kind: QueryKind,
    /// The item's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<u64>,
    /// The name of the file that the picture came as, or of the item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_name: Option<String>,
    /// The part of the picture that counted: x, y, width and height in fractions of its sides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<[f64; 4]>,
}

/// A query of an earlier search.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptQuery {
    /// What it was.
    pub kind: QueryKind,
    /// The item's id.
    pub id: Option<u64>,
    /// The name of the file that the picture came as.
    pub file_name: Option<String>,
    /// Its vector for each kind of embedding, named as by [`embedding_name`].
    pub vectors: Vec<(String, Vec<f32>)>,
    /// A small JPEG of its picture.
    pub thumbnail: Option<Arc<[u8]>>,
}

impl Query {
    /// What it is.
    #[must_use]
    pub fn kind(&self) -> QueryKind {
        match self {
            Self::Image(_) => QueryKind::Picture,
            Self::Item(_) => QueryKind::Item,
            Self::Vector(_) => QueryKind::Vector,
            Self::Kept(kept) => kept.kind,
        }
    }

    fn item_id(&self) -> Option<u64> {
        match self {
            Self::Item(id) => Some(*id),
            Self::Kept(kept) => kept.id,
            Self::Image(_) | Self::Vector(_) => None,
        }
    }

    fn file_name(&self) -> Option<&str> {
        match self {
            Self::Image(file) => file.name(),
            Self::Kept(kept) => kept.file_name.as_deref(),
            Self::Item(_) | Self::Vector(_) => None,
        }
    }
}

impl SearchRequest {
    /// What is searched for, in words, in order.
    #[must_use]
    pub fn descriptions(&self) -> Vec<QueryDescription> {
        let describe = |(position, query): (usize, &Query)| {
            let kind = query.kind();
            let region = self.region(position).filter(|_| kind != QueryKind::Vector);
            QueryDescription {
                kind,
                id: query.item_id(),
                file_name: query.file_name().map(str::to_owned),
                region: region.map(Region::numbers),
            }
        };
        self.queries.iter().enumerate().map(describe).collect()
    }
}

impl KeptQuery {
    /// Its vector for a collection.
    pub(super) fn vector(&self, collection: &Collection) -> Result<Vec<f32>, EngineError> {
        let name = embedding_name(collection);
        let found = self.vectors.iter().find(|(other, _)| *other == name);
        let (_, vector) = found.ok_or_else(|| {
            EngineError::new(
                ErrorKind::Conflict,
                format!(
                    "the earlier search was made with embeddings that can't be compared with \
                     those of collection `{}`; search there with the picture again",
                    collection.spec.name
                ),
            )
        })?;
        Ok(vector.clone())
    }
}

impl PastSearch {
    /// The query at that position, to be searched for again.
    pub(crate) fn kept_query(&self, position: usize) -> Query {
        let query = &self.request.queries[position];
        Query::Kept(KeptQuery {
            kind: query.kind(),
            id: query.item_id(),
            file_name: query.file_name().map(str::to_owned),
            vectors: self.vectors_of(position),
            thumbnail: None,
        })
    }

    /// The small JPEG that was kept with the query at that position.
    pub(crate) fn kept_thumbnail(&self, position: usize) -> Option<Vec<u8>> {
        match self.request.queries.get(position)? {
            Query::Kept(kept) => kept.thumbnail.as_deref().map(<[u8]>::to_vec),
            _ => None,
        }
    }

    /// The vector of the query at that position for each kind of embedding.
    pub(crate) fn vectors_of(&self, position: usize) -> Vec<(String, Vec<f32>)> {
        let of_embedding = |(name, vectors): &(String, Vec<Vec<f32>>)| {
            vectors
                .get(position)
                .map(|vector| (name.clone(), vector.clone()))
        };
        self.vectors.iter().filter_map(of_embedding).collect()
    }
}

/// Names the kind of a collection's embeddings: those of the same name can be compared.
pub(crate) fn embedding_name(collection: &Collection) -> String {
    let spec = &collection.spec;
    format!(
        "{}/{}/{}/{}/{}",
        spec.model_fingerprint.as_deref().unwrap_or("-"),
        spec.preprocess.as_deref().unwrap_or("-"),
        spec.size.unwrap_or(0),
        if spec.normalize { "unit" } else { "raw" },
        spec.dim
    )
}
