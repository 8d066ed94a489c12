//! Collections: made, listed, dropped, counted.

mod report;
mod settings;

use std::sync::Arc;

use lookalike_catalog::{Collection, NewCollection};
use lookalike_storage::Metric;

use crate::search::check_templates;
use crate::{BUILTIN, EngineError, Length, Stores};

pub use report::{CollectionReport, IndexReport, ModelReport};
pub use settings::{CollectionSettings, absolute_if_path};

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
        })?;
        self.stores.give_back_room();
        Ok(())
    }

    /// Sets the sentences that words are put into where a search names none; none leaves words as they
    /// are.
    ///
    /// # Errors
    /// There is no such collection, a sentence has no `{}` where the words belong, or the catalogue
    /// can't be written.
    pub fn set_templates(&self, name: &str, templates: &[String]) -> Result<(), EngineError> {
        check_templates(templates)?;
        let catalog = self.stores.catalog();
        let collection = catalog.collection(name)?;
        catalog.write(self.stores.now().as_second(), |tx| {
            Ok(tx.set_word_templates(&collection, templates)?)
        })
    }

    /// Rebuilds a collection's index from the stored embeddings, and returns how it is then.
    /// Searches go on meanwhile.
    ///
    /// # Errors
    /// There is none of that name, or the index can't be built or written.
    pub fn rebuild_index(&self, name: &str) -> Result<CollectionReport, EngineError> {
        let collection = self.stores.catalog().collection(name)?;
        self.stores.vectors().rebuild(&collection)?;
        self.report_of(&collection)
    }
}
