//! Queries of earlier searches: their vectors, by which they are searched for again exactly,
//! without their pictures.

use std::sync::Arc;

use lookalike_catalog::Collection;
use lookalike_imaging::Pose;

use super::description::QueryKind;
use super::embedding_kind::embedding_name;
use super::query_vectors::{Aspect, QueryVectors};
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
    /// The page of that file, counted from 1, if it holds several.
    pub page: Option<u32>,
    /// Its vectors for each kind of embedding and each pose, named as by [`kept_name`]: that of the
    /// whole, then those of its figures under the same name.
    pub vectors: Vec<(String, Vec<f32>)>,
    /// A small JPEG of its picture.
    pub thumbnail: Option<Arc<[u8]>>,
}

impl KeptQuery {
    /// Its vectors for a collection.
    pub(super) fn vectors(&self, collection: &Collection) -> Result<QueryVectors, EngineError> {
        let name = embedding_name(collection);
        let aspects: Vec<Aspect> = Pose::ALL
            .into_iter()
            .filter_map(|pose| {
                let name = kept_name(&name, pose);
                let of_name = self.vectors.iter().filter(|(other, _)| *other == name);
                Aspect::new(pose, of_name.map(|(_, vector)| vector.clone()))
            })
            .collect();
        if !aspects.is_empty() {
            return Ok(QueryVectors::of_aspects(aspects));
        }
        Err({
            EngineError::new(
                ErrorKind::Conflict,
                format!(
                    "the earlier search was made with embeddings that can't be compared with \
                     those of collection `{}`; search there with the picture again",
                    collection.spec.name
                ),
            )
        })
    }
}

/// What vectors of a kind of embedding are kept under: for the picture as it came the kind's own
/// name, as before there were poses.
pub(super) fn kept_name(embedding_name: &str, pose: Pose) -> String {
    if pose == Pose::UPRIGHT {
        embedding_name.to_owned()
    } else {
        format!("{embedding_name}@{}", pose.name())
    }
}
