//! The engine: the stores and encoders that every use case works with.

use std::sync::Arc;

use lookalike_catalog::Catalog;
use lookalike_imaging::{DecodeOptions, Decoded, Limits, PixelBudget};
use lookalike_storage::VectorStore;
use lookalike_storage::blob::BlobStore;

use crate::clock::{Clock, day_number};
use crate::search::FilterCache;
use crate::{Encoders, EngineError};

/// What an engine is put together from. Whoever starts the program chooses the stores.
pub struct Parts {
    /// The catalogue, opened for writing if anything is to be imported or changed.
    pub catalog: Arc<Catalog>,
    /// Where vectors are searched.
    pub vectors: Box<dyn VectorStore>,
    /// Where thumbnails and copied originals lie.
    pub blobs: Arc<dyn BlobStore>,
    /// Where models come from.
    pub encoders: Encoders,
    /// What files may be decoded at all.
    pub limits: Limits,
    /// Memory for pictures in flight, over all threads.
    pub budget: PixelBudget,
    /// The time of day.
    pub clock: Clock,
}

/// The use cases of the program over one data directory. Shared by threads.
pub struct Engine {
    parts: Parts,
    filters: FilterCache,
}

impl Engine {
    /// An engine over `parts`.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self {
            parts,
            filters: FilterCache::default(),
        }
    }

    /// The encoders.
    #[must_use]
    pub fn encoders(&self) -> &Encoders {
        &self.parts.encoders
    }

    /// The catalogue.
    #[must_use]
    pub fn catalog(&self) -> &Catalog {
        &self.parts.catalog
    }

    pub(crate) fn vectors(&self) -> &dyn VectorStore {
        &*self.parts.vectors
    }

    pub(crate) fn filters(&self) -> &FilterCache {
        &self.filters
    }

    pub(crate) fn blobs(&self) -> &dyn BlobStore {
        &*self.parts.blobs
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.parts.limits
    }

    pub(crate) fn budget(&self) -> &PixelBudget {
        &self.parts.budget
    }

    pub(crate) fn now(&self) -> jiff::Timestamp {
        (self.parts.clock)()
    }

    pub(crate) fn today(&self) -> u32 {
        day_number(self.now())
    }

    /// Decodes a file under the limits, waiting for room in the pixel budget.
    pub(crate) fn decode(&self, bytes: &[u8]) -> Result<Decoded, EngineError> {
        let options = DecodeOptions {
            limits: self.limits().clone(),
            budget: Some(self.budget()),
            ..DecodeOptions::default()
        };
        Ok(lookalike_imaging::decode(bytes, &options)?)
    }
}
