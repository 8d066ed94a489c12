//! Model families, each in a folder of its own: from a configuration and named tensors to
//! embeddings.

pub(crate) mod dinov2;
