//! Which collections' embeddings can be compared with each other.

use lookalike_catalog::{Collection, PreprocessKind};

/// Names the kind of a collection's embeddings: those of the same name can be compared.
pub(crate) fn embedding_name(collection: &Collection) -> String {
    let spec = &collection.spec;
    format!(
        "{}/{}/{}/{}/{}",
        spec.model_fingerprint.as_deref().unwrap_or("-"),
        spec.preprocess.map_or("-", PreprocessKind::name),
        spec.size.unwrap_or(0),
        if spec.normalize { "unit" } else { "raw" },
        spec.dim
    )
}

/// Whether embeddings of the two can be compared.
pub(super) fn same_embedding(a: &Collection, b: &Collection) -> bool {
    embedding_name(a) == embedding_name(b)
}
