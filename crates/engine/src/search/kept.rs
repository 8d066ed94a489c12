//! Queries of earlier searches: their vectors, by which they are searched for again exactly,
//! without their pictures.

use std::sync::Arc;

use lookalike_catalog::Collection;

use super::description::QueryKind;
use super::embedding_kind::embedding_name;
use crate::{EngineError, ErrorKind};

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
