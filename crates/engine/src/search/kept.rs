//! Queries of earlier searches: their vectors and evidence, by which they are searched for again
//! exactly, without their pictures.

use std::sync::Arc;

use lookalike_catalog::{Collection, SearchVector};
use lookalike_evidence::Evidence;
use lookalike_imaging::Pose;
use lookalike_imaging::photo::Form;

use super::description::QueryKind;
use super::embedding_kind::embedding_name;
use super::found::Asked;
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
    /// Its vectors for each kind of embedding, form and pose, named as by [`kept_name`]: that of the
    /// whole, then those of its figures under the same name.
    pub vectors: Vec<SearchVector>,
    /// A small JPEG of its picture, or of the part that was searched for.
    pub thumbnail: Option<Arc<[u8]>>,
    /// A small JPEG of the whole, where a part was searched for.
    pub whole: Option<Arc<[u8]>>,
}

impl KeptQuery {
    /// Its vectors for a collection.
    pub(super) fn vectors(&self, collection: &Collection) -> Result<QueryVectors, EngineError> {
        let name = embedding_name(collection);
        let forms = Form::ALL.into_iter();
        let ways = forms.flat_map(|form| Pose::ALL.map(|pose| Asked { form, pose }));
        let aspects: Vec<Aspect> = ways
            .filter_map(|asked| {
                let name = kept_name(&name, asked);
                let of_name = || self.vectors.iter().filter(|kept| kept.embedding == name);
                let aspect = Aspect::new(asked, of_name().map(|kept| kept.vector.clone()))?;
                let evidence = of_name().map(|kept| {
                    let evidence = Evidence::from_bytes(kept.evidence.as_deref()?).ok()?;
                    Some(Arc::new(evidence))
                });
                Some(Aspect {
                    evidence: evidence.collect(),
                    ..aspect
                })
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
/// name, as before there were forms and poses.
pub(super) fn kept_name(embedding_name: &str, Asked { form, pose }: Asked) -> String {
    let mut name = embedding_name.to_owned();
    if form != Form::AsIs {
        name.push('@');
        name.push_str(form.name());
    }
    if pose != Pose::UPRIGHT {
        name.push('@');
        name.push_str(pose.name());
    }
    name
}
