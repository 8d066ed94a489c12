//! The engine: the stores and encoders that every use case works with.

use std::ops::Deref;
use std::sync::Arc;

use crate::accounts::Turns;
use crate::batches::Batches;
use crate::byte_cache::ByteCache;
use crate::explain::Explanations;
use crate::library::{FacetCache, ItemCounts};
use crate::search::{FilterCache, QueryCache, Recent};
use crate::stores::{Parts, Stores};

/// Bytes of thumbnails kept in memory: some three thousand.
const THUMBNAIL_BYTES: usize = 32 << 20;

/// The use cases of the program over one data directory. Shared by threads.
pub struct Engine {
    stores: Arc<Stores>,
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
            stores: Arc::new(Stores::new(parts)),
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
        }
    }

    /// The stores that the use cases stand on.
    #[must_use]
    pub fn stores(&self) -> &Arc<Stores> {
        &self.stores
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
}

impl Deref for Engine {
    type Target = Stores;

    fn deref(&self) -> &Stores {
        &self.stores
    }
}
