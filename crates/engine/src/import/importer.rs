//! Imports files into a collection, from its settings to its index.

use std::sync::Arc;

use super::listing::Listing;
use super::pipeline::Pipeline;
use super::{Control, ImportReport, ImportRequest};
use crate::{Collections, EngineError, Stores};

/// Imports files into collections. Cloning is cheap.
#[derive(Clone)]
pub struct Importer {
    stores: Arc<Stores>,
    collections: Collections,
}

impl Importer {
    /// An importer into `collections`, which are made if there are none of the names asked for.
    #[must_use]
    pub fn new(stores: Arc<Stores>, collections: Collections) -> Self {
        Self {
            stores,
            collections,
        }
    }

    /// Imports. `control` tells, from any thread, how it is going. Files that fail are in
    /// the report; the rest is imported.
    ///
    /// # Errors
    /// A path does not exist, the collection does not fit the request or has no encoder, or
    /// the catalogue can't be written.
    pub fn run(
        &self,
        request: &ImportRequest,
        control: &Control,
    ) -> Result<ImportReport, EngineError> {
        self.stores.check_originals(request.originals)?;
        // First, so that a mistyped path leaves no empty collection behind.
        let listing = Listing::new(request)?;
        let collection = self
            .collections
            .for_import(&request.collection, &request.settings)?;
        let encoder = self.stores.encoders().of_collection(&collection)?;
        let pipeline = Pipeline {
            stores: &self.stores,
            request,
            collection: &collection,
            encoder: &encoder,
            control,
        };
        let report = self.stores.blob_work(|| pipeline.run(&listing))?;
        self.stores.settle_index(&collection);
        Ok(report)
    }
}
