//! Numbers and settings of collections.

use std::collections::BTreeMap;

use lookalike_catalog::Collection;
use lookalike_storage::VectorError;

use super::Collections;
use crate::encoders::is_superseded;
use crate::{BUILTIN, EngineError, model_of};

/// Numbers and settings of a collection.
#[derive(Clone, Debug)]
pub struct CollectionReport {
    /// Name.
    pub name: String,
    /// Items.
    pub num_entities: u64,
    /// Distinct patents.
    pub num_patents: u64,
    /// The index.
    pub index: IndexReport,
    /// `cosine`, `ip` or `l2`.
    pub metric: String,
    /// Length of the embeddings.
    pub dim: usize,
    /// The encoder; null when vectors were brought along.
    pub model: Option<ModelReport>,
    /// Name of the preprocessing.
    pub preprocess: Option<String>,
    /// Input size in pixels.
    pub size: Option<u32>,
    /// The sentences that words are put into where a search names none, such as `a photo of {}`.
    pub templates: Vec<String>,
    /// Bytes of originals (each distinct file once) and embeddings.
    pub storage_bytes: u64,
    /// Items by image format.
    pub formats: BTreeMap<String, u64>,
    /// Unix seconds.
    pub created_at: i64,
}

/// A collection's index.
#[derive(Clone, Debug)]
pub struct IndexReport {
    /// Kind in use.
    pub kind: String,
    /// `ready`, `building` while it is rebuilt or written in the background, or `unavailable` while the
    /// server that holds it does not answer.
    pub state: String,
    /// Parameters of the kind; none for `flat`.
    pub params: BTreeMap<String, u64>,
}

/// A collection's encoder.
#[derive(Clone, Debug)]
pub struct ModelReport {
    /// Name or path.
    pub name: String,
    /// Arithmetic in use; null when the model can't be loaded now.
    pub precision: Option<String>,
    /// Where it runs.
    pub device: String,
    /// False for weights that are only a placeholder; null when the model can't be loaded now.
    pub trained: Option<bool>,
    /// How its cosine scores are read: the lowest score that is called `near_identical`, `high`,
    /// `moderate` and `weak`; below, pictures are hardly related.
    pub bands: BTreeMap<String, f32>,
    /// The cosine from which pictures count as copies that were edited, unless a search for
    /// duplicates says otherwise.
    pub near_duplicate: Option<f32>,
    /// The better encoder that has taken its place inside the program, to which re-embedding
    /// moves the collection; null if there is none.
    pub superseded_by: Option<String>,
}

impl Collections {
    /// All collections with their numbers.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn reports(&self) -> Result<Vec<CollectionReport>, EngineError> {
        let collections = self.stores.catalog().collections()?;
        collections
            .iter()
            .map(|collection| self.report_of(collection))
            .collect()
    }

    /// Numbers and settings of one collection.
    ///
    /// # Errors
    /// There is none of that name, or the catalogue can't be read.
    pub fn report(&self, name: &str) -> Result<CollectionReport, EngineError> {
        self.report_of(&self.stores.catalog().collection(name)?)
    }

    pub(super) fn report_of(
        &self,
        collection: &Collection,
    ) -> Result<CollectionReport, EngineError> {
        let spec = &collection.spec;
        let stats = self.stores.catalog().stats(collection)?;
        let index = self.index_of(collection)?;
        // A lost model must not hide the numbers of what was made with it.
        let model = model_of(spec).map(|name| {
            let model = self.stores.encoders().model(name).ok();
            ModelReport {
                name: name.to_owned(),
                precision: model
                    .as_ref()
                    .map(|model| model.facts().precision.to_string()),
                device: model.as_ref().map_or_else(
                    || self.stores.encoders().cpu().name().to_owned(),
                    |model| model.device().name().to_owned(),
                ),
                trained: model.map(|model| model.facts().description.extra.trained),
                bands: self
                    .stores
                    .encoders()
                    .bands(collection)
                    .bounds()
                    .map(|(band, bound)| (band.name().to_owned(), bound))
                    .collect(),
                near_duplicate: self.stores.encoders().near_duplicate(collection),
                superseded_by: is_superseded(spec).then(|| BUILTIN.to_owned()),
            }
        });
        Ok(CollectionReport {
            name: spec.name.clone(),
            num_entities: stats.items,
            num_patents: stats.patents,
            index,
            metric: spec.metric.to_string(),
            dim: spec.dim,
            model,
            preprocess: spec.preprocess.map(|kind| kind.to_string()),
            size: spec.size,
            templates: self.stores.catalog().word_templates(collection)?,
            storage_bytes: stats.original_bytes + stats.embedding_bytes,
            formats: stats.formats,
            created_at: collection.created_at,
        })
    }

    /// A store that is away must not hide the other numbers.
    fn index_of(&self, collection: &Collection) -> Result<IndexReport, EngineError> {
        let state = match self.stores.vectors().state(collection) {
            Ok(state) => state,
            Err(VectorError::Unavailable { .. }) => {
                return Ok(IndexReport {
                    kind: collection.spec.index_kind.to_string(),
                    state: "unavailable".to_owned(),
                    params: BTreeMap::new(),
                });
            }
            Err(error) => return Err(error.into()),
        };
        Ok(IndexReport {
            kind: state.kind,
            state: if state.is_building {
                "building"
            } else {
                "ready"
            }
            .to_owned(),
            params: state
                .params
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        })
    }
}
