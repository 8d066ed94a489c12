//! Embeddings of pictures that were searched for lately: whoever changes a filter searches again
//! with the same picture, and embedding it takes longer than the search.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use lookalike_catalog::Collection;
use sha2::{Digest, Sha256};

use super::mode::Mode;
use super::poses::Poses;
use super::query_vectors::QueryVectors;
use super::region::Region;
use super::request::Query;
use crate::byte_cache::ByteCache;

/// Bytes of all embeddings together: some twenty thousand of 384 numbers.
const MOST_BYTES: usize = 32 << 20;

/// A picture's bytes, its page, the part of it that counts, the mode and poses that were asked for, and what
/// it is embedded by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key([u8; 32]);

/// What is known of a picture.
#[derive(Debug)]
pub(super) struct Embedded {
    pub(super) vectors: QueryVectors,
    /// What was wrong with its file although it could be read.
    pub(super) warnings: Vec<String>,
}

/// The embeddings used last. Shared by threads.
pub(super) struct EmbeddingCache {
    embeddings: ByteCache<Key, Arc<Embedded>>,
    hits: AtomicU64,
}

impl Key {
    /// `None` for what is not a picture that was sent.
    pub(super) fn new(
        query: &Query,
        region: Option<Region>,
        (mode, poses): (Mode, Poses),
        collection: &Collection,
    ) -> Option<Self> {
        let Query::Image(file) = query else {
            return None;
        };
        let spec = &collection.spec;
        let mut hash = Sha256::new();
        // Neither part has a length that is fixed: the hash of the one before that of the other.
        hash.update(Sha256::digest(&*file.bytes));
        hash.update(format!(
            "{:?}{region:?}{mode:?}{poses:?}{:?}{:?}{:?}{:?}",
            file.page, spec.model_fingerprint, spec.preprocess, spec.size, spec.normalize
        ));
        Some(Self(hash.finalize().into()))
    }
}

impl EmbeddingCache {
    pub(super) fn get(&self, key: &Key) -> Option<Arc<Embedded>> {
        let found = self.embeddings.get(key);
        if found.is_some() {
            self.hits.fetch_add(1, Ordering::Relaxed);
        }
        found
    }

    pub(super) fn insert(&self, key: Key, embedded: Embedded) {
        let told: usize = embedded.warnings.iter().map(String::len).sum();
        let numbers = embedded.vectors.numbers() * size_of::<f32>();
        let aspects = embedded.vectors.aspects.iter();
        let evidence = aspects.flat_map(|aspect| aspect.evidence.iter().flatten());
        let evidence: usize = evidence.map(|evidence| evidence.values().len()).sum();
        let bytes = size_of::<Key>() + numbers + told + evidence;
        self.embeddings.insert(key, Arc::new(embedded), bytes);
    }

    /// Embeddings that were found.
    pub(super) fn hits(&self) -> u64 {
        self.hits.load(Ordering::Relaxed)
    }
}

impl Default for EmbeddingCache {
    fn default() -> Self {
        Self {
            embeddings: ByteCache::new(MOST_BYTES),
            hits: AtomicU64::new(0),
        }
    }
}
