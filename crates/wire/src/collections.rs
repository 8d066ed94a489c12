//! Collections and their numbers.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::convert::same_fields;

/// Numbers and settings of a collection, as the API and `collections stats` show them.
#[derive(Clone, Debug, Serialize, ToSchema)]
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

same_fields!(lookalike_engine::CollectionReport => CollectionReport {
    name, num_entities, num_patents, index, metric, dim, model, preprocess, size, templates,
    storage_bytes, formats, created_at,
});

/// A collection's index.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IndexReport {
    /// Kind in use.
    pub kind: String,
    /// `ready`, `building` while it is rebuilt or written in the background, or `unavailable` while the
    /// server that holds it does not answer.
    pub state: String,
    /// Parameters of the kind; none for `flat`.
    pub params: BTreeMap<String, u64>,
}

same_fields!(lookalike_engine::IndexReport => IndexReport { kind, state, params });

/// A collection's encoder.
#[derive(Clone, Debug, Serialize, ToSchema)]
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

same_fields!(lookalike_engine::ModelReport => ModelReport {
    name, precision, device, trained, bands, near_duplicate, superseded_by,
});
