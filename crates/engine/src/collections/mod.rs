//! Collections: made, listed, dropped, counted.

use std::collections::BTreeMap;
use std::sync::Arc;

use lookalike_catalog::{Collection, NewCollection};
use lookalike_encoders::Builtin;
use lookalike_imaging::PreprocessKind;
use lookalike_storage::{IndexKind, Metric};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::encoders::is_superseded;
use crate::{BUILTIN, EngineError, ErrorKind, Hint, Length, Setting, Stores, model_of};

/// How a collection is to be made; what is `None` takes the default, or, for a collection
/// that exists, what it has.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CollectionSettings {
    /// The encoder: a name or a path; default `builtin`.
    pub model: Option<String>,
    /// Default the model's own, else `letterbox`.
    pub preprocess: Option<PreprocessKind>,
    /// Pixels; default the model's own.
    pub size: Option<u32>,
    /// Default `cosine`.
    pub metric: Option<Metric>,
    /// Default `auto`.
    pub index: Option<IndexKind>,
}

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
    /// Bytes of originals (each distinct file once) and embeddings.
    pub storage_bytes: u64,
    /// Items by image format.
    pub formats: BTreeMap<String, u64>,
    /// Unix seconds.
    pub created_at: i64,
}

/// A collection's index.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IndexReport {
    /// Kind in use.
    pub kind: String,
    /// `ready`, or `building` while it is built anew or written beside searches.
    pub state: String,
    /// Parameters of the kind; none for `flat`.
    pub params: BTreeMap<String, u64>,
}

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
    /// The better encoder that has taken its place inside the program, and that `collections
    /// re-embed` goes over to; null if there is none.
    pub superseded_by: Option<String>,
}

/// The collections of a data directory. Cloning is cheap.
#[derive(Clone)]
pub struct Collections {
    stores: Arc<Stores>,
}

impl Collections {
    /// The collections in `stores`.
    #[must_use]
    pub fn new(stores: Arc<Stores>) -> Self {
        Self { stores }
    }

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

    /// Number of items of a collection.
    ///
    /// # Errors
    /// There is none of that name, or the catalogue can't be read.
    pub fn count(&self, name: &str) -> Result<u64, EngineError> {
        let collection = self.stores.catalog().collection(name)?;
        Ok(self.stores.catalog().stats(&collection)?.items)
    }

    /// Makes an empty collection.
    ///
    /// # Errors
    /// The name is taken or not allowed, or the encoder can't be loaded.
    pub fn create(
        &self,
        name: &str,
        settings: &CollectionSettings,
    ) -> Result<Collection, EngineError> {
        let spec = self.spec(name, settings)?;
        self.stores
            .catalog()
            .write(self.stores.now().as_second(), |tx| {
                Ok(tx.create_collection(&spec)?)
            })
    }

    /// What a collection made with `settings` is.
    ///
    /// # Errors
    /// The encoder can't be loaded.
    pub(crate) fn spec(
        &self,
        name: &str,
        settings: &CollectionSettings,
    ) -> Result<NewCollection, EngineError> {
        let model = settings.model.as_deref().unwrap_or(BUILTIN);
        let encoder = self.stores.encoders().encoder(
            model,
            settings.preprocess,
            settings.size,
            Length::Unit,
        )?;
        let facts = encoder.model().facts();
        Ok(NewCollection {
            name: name.to_owned(),
            model: Some(absolute_if_path(model)),
            model_fingerprint: Some(facts.fingerprint.clone()),
            dim: facts.description.dim,
            preprocess: Some(encoder.preprocessor().kind()),
            size: Some(encoder.preprocessor().size()),
            metric: settings.metric.unwrap_or(Metric::Cosine),
            index_kind: settings.index.unwrap_or_default(),
            normalize: true,
        })
    }

    /// The collection of that name, made with `settings` if there is none yet.
    ///
    /// # Errors
    /// As [`Collections::create`]; or it exists and `settings` ask for something else.
    pub fn for_import(
        &self,
        name: &str,
        settings: &CollectionSettings,
    ) -> Result<Collection, EngineError> {
        let Some(collection) = self.stores.catalog().find_collection(name)? else {
            return self.create(name, settings);
        };
        self.check_settings(&collection, settings)?;
        Ok(collection)
    }

    /// Whether a collection is as it is asked for.
    ///
    /// # Errors
    /// It is not.
    pub(crate) fn check_settings(
        &self,
        collection: &Collection,
        settings: &CollectionSettings,
    ) -> Result<(), EngineError> {
        let spec = &collection.spec;
        let name = &spec.name;
        let differences = [
            (
                Setting::Model,
                settings.model.as_deref().map(|asked| {
                    // The name on record and the name it has now are both right.
                    let recorded = spec.model.as_deref() == Some(asked);
                    absolute_if_path(if recorded {
                        model_of(spec).unwrap_or(asked)
                    } else {
                        asked
                    })
                }),
                model_of(spec).map(str::to_owned),
            ),
            (
                Setting::Preprocess,
                settings.preprocess.map(|kind| kind.to_string()),
                spec.preprocess.map(|kind| kind.to_string()),
            ),
            (
                Setting::Size,
                self.effective_size(collection, settings)?,
                spec.size.map(|size| size.to_string()),
            ),
            (
                Setting::Metric,
                settings.metric.map(|metric| metric.to_string()),
                Some(spec.metric.to_string()),
            ),
            (
                Setting::Index,
                settings.index.map(|kind| kind.to_string()),
                Some(spec.index_kind.to_string()),
            ),
        ];
        for (setting, asked, has) in differences {
            if let Some(asked) = asked
                && Some(&asked) != has.as_ref()
            {
                let message = format!(
                    "collection `{name}` has {} {} and that never changes",
                    setting.name(),
                    has.as_deref().unwrap_or("none")
                );
                return Err(EngineError::new(ErrorKind::Conflict, message)
                    .with_hint(Hint::LeaveAway { setting, asked }));
            }
        }
        Ok(())
    }

    /// Drops a collection with its items, and the thumbnails and copies only they used.
    ///
    /// # Errors
    /// There is none of that name, or the catalogue can't be written.
    pub fn drop(&self, name: &str) -> Result<(), EngineError> {
        let collection = self.stores.catalog().collection(name)?;
        self.stores.blob_work(|| {
            let unused = self
                .stores
                .catalog()
                .write(self.stores.now().as_second(), |tx| {
                    tx.drop_collection(&collection)
                })?;
            self.stores.forget_dropped();
            self.stores.delete_blobs(unused)
        })
    }

    /// Builds a collection's index anew from the stored embeddings, and returns how it is then.
    /// Searches go on meanwhile.
    ///
    /// # Errors
    /// There is none of that name, or the index can't be built or written.
    pub fn rebuild_index(&self, name: &str) -> Result<CollectionReport, EngineError> {
        let collection = self.stores.catalog().collection(name)?;
        self.stores.vectors().rebuild(&collection)?;
        self.report_of(&collection)
    }

    fn effective_size(
        &self,
        collection: &Collection,
        settings: &CollectionSettings,
    ) -> Result<Option<String>, EngineError> {
        let Some(size) = settings.size else {
            return Ok(None);
        };
        let encoder = self.stores.encoders().of_collection(collection)?;
        let step = encoder.model().facts().description.input.multiple_of;
        Ok(Some((size / step * step).to_string()))
    }

    fn report_of(&self, collection: &Collection) -> Result<CollectionReport, EngineError> {
        let spec = &collection.spec;
        let stats = self.stores.catalog().stats(collection)?;
        let state = self.stores.vectors().state(collection)?;
        // A lost model must not hide the numbers of what was made with it.
        let model = model_of(spec).map(|name| {
            let model = self.stores.encoders().model(name).ok();
            ModelReport {
                name: name.to_owned(),
                precision: model
                    .as_ref()
                    .map(|model| model.facts().precision.to_string()),
                device: self.stores.encoders().device().name().to_owned(),
                trained: model.map(|model| model.facts().description.extra.trained),
                bands: self
                    .stores
                    .encoders()
                    .bands(collection)
                    .bounds()
                    .map(|(band, bound)| (band.name().to_owned(), bound))
                    .collect(),
                superseded_by: is_superseded(spec).then(|| BUILTIN.to_owned()),
            }
        });
        Ok(CollectionReport {
            name: spec.name.clone(),
            num_entities: stats.items,
            num_patents: stats.patents,
            index: IndexReport {
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
            },
            metric: spec.metric.to_string(),
            dim: spec.dim,
            model,
            preprocess: spec.preprocess.map(|kind| kind.to_string()),
            size: spec.size,
            storage_bytes: stats.original_bytes + stats.embedding_bytes,
            formats: stats.formats,
            created_at: collection.created_at,
        })
    }
}

/// A model given as a path is recorded absolute: the next call may come from elsewhere.
fn absolute_if_path(model: &str) -> String {
    let path = std::path::Path::new(model);
    if !path.exists() || Builtin::named(model).is_some() {
        return model.to_owned();
    }
    std::path::absolute(path)
        .unwrap_or_else(|_| path.to_path_buf())
        .to_string_lossy()
        .into_owned()
}
