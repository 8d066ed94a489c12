//! The engine: the stores and encoders that every use case works with.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use lookalike_catalog::Catalog;
use lookalike_imaging::{DecodeOptions, Decoded, Limits, PixelBudget};
use lookalike_storage::VectorStore;
use lookalike_storage::blob::BlobStore;

use crate::accounts::Turns;
use crate::batches::Batches;
use crate::byte_cache::ByteCache;
use crate::clock::{Clock, day_number};
use crate::explain::Explanations;
use crate::library::{FacetCache, ItemCounts};
use crate::search::{FilterCache, QueryCache, Recent};
use crate::{Encoders, EngineError};

/// Bytes of thumbnails kept in memory: some three thousand.
const THUMBNAIL_BYTES: usize = 32 << 20;

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
    queries: QueryCache,
    batches: Batches,
    /// By MD5 of the original.
    thumbnails: ByteCache<String, Arc<Vec<u8>>>,
    recent: Recent,
    explanations: Explanations,
    token_secret: [u8; 32],
    turns: Turns,
    facets: FacetCache,
    item_counts: ItemCounts,
    /// Read: blobs are put that rows are about to refer to. Write: blobs are deleted that no row
    /// refers to. So none is deleted between the two steps of the former.
    blobs_in_use: RwLock<()>,
}

/// What an engine has done so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Query pictures embedded.
    pub embedded_queries: u64,
    /// Forward passes that embedded them.
    pub forward_passes: u64,
    /// Query pictures whose embedding was still known.
    pub cached_queries: u64,
}

impl Engine {
    /// An engine over `parts`.
    ///
    /// # Panics
    /// The system gives no random numbers: nothing it is asked to keep secret would be.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let mut token_secret = [0; 32];
        getrandom::fill(&mut token_secret).expect("every supported system has random numbers");
        Self {
            parts,
            filters: FilterCache::default(),
            queries: QueryCache::default(),
            batches: Batches::default(),
            thumbnails: ByteCache::new(THUMBNAIL_BYTES),
            recent: Recent::default(),
            explanations: Explanations::default(),
            token_secret,
            turns: Turns::default(),
            facets: FacetCache::default(),
            item_counts: ItemCounts::default(),
            blobs_in_use: RwLock::default(),
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

    /// What was done so far.
    #[must_use]
    pub fn counters(&self) -> Counters {
        let (embedded_queries, forward_passes) = self.batches.counts();
        Counters {
            embedded_queries,
            forward_passes,
            cached_queries: self.queries.hits(),
        }
    }

    pub(crate) fn queries(&self) -> &QueryCache {
        &self.queries
    }

    pub(crate) fn batches(&self) -> &Batches {
        &self.batches
    }

    pub(crate) fn thumbnails(&self) -> &ByteCache<String, Arc<Vec<u8>>> {
        &self.thumbnails
    }

    pub(crate) fn vectors(&self) -> &dyn VectorStore {
        &*self.parts.vectors
    }

    pub(crate) fn filters(&self) -> &FilterCache {
        &self.filters
    }

    pub(crate) fn recent(&self) -> &Recent {
        &self.recent
    }

    pub(crate) fn explanations(&self) -> &Explanations {
        &self.explanations
    }

    /// What query tokens are made with, so that nobody else can make them.
    pub(crate) fn token_secret(&self) -> &[u8; 32] {
        &self.token_secret
    }

    pub(crate) fn turns(&self) -> &Turns {
        &self.turns
    }

    pub(crate) fn facet_cache(&self) -> &FacetCache {
        &self.facets
    }

    pub(crate) fn item_counts(&self) -> &ItemCounts {
        &self.item_counts
    }

    /// No blob is deleted as long as this is held.
    pub(crate) fn keep_blobs(&self) -> RwLockReadGuard<'_, ()> {
        let held = self.blobs_in_use.read();
        held.unwrap_or_else(PoisonError::into_inner)
    }

    /// Nobody puts a blob for a row that is to come as long as this is held.
    pub(crate) fn blobs_at_rest(&self) -> RwLockWriteGuard<'_, ()> {
        let held = self.blobs_in_use.write();
        held.unwrap_or_else(PoisonError::into_inner)
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
