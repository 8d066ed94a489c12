//! Which store searches vectors.

use std::sync::Arc;

use lookalike_catalog::Catalog;
use lookalike_engine::{EngineError, ErrorKind};
use lookalike_storage::{EmbeddedVectors, Upkeep, VectorStore};
use lookalike_store_milvus::MilvusVectors;

use crate::settings::Settings;

/// The store that the settings name.
pub(crate) fn vectors(
    settings: &Settings,
    catalog: &Arc<Catalog>,
    upkeep: Upkeep,
) -> Result<Box<dyn VectorStore>, EngineError> {
    let catalog = Arc::clone(catalog);
    let Some(milvus) = &settings.milvus else {
        let directory = settings.data.join("indexes");
        return Ok(Box::new(EmbeddedVectors::new(catalog, directory, upkeep)));
    };
    let directory = settings.data.join("milvus");
    let vectors = MilvusVectors::new(catalog, &directory, upkeep, milvus);
    let vectors = vectors.map_err(|reason| EngineError::new(ErrorKind::InvalidInput, reason))?;
    Ok(Box::new(vectors))
}
