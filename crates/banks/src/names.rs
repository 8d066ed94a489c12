//! Names of the files of the earlier system's store.

/// The records.
pub(crate) const IMAGE_INDEX: &str = "image_index.json";

/// The vectors.
pub(crate) const IMAGE_EMBEDDINGS: &str = "image_embeddings.npy";
