//! What every use case needs: where things are kept, and what they are read with.
//!
//! It knows no use case. What a use case remembers between two calls it owns itself.

mod blob_keys;
mod evidence;
mod leftovers;
mod objects;
mod originals;
mod unused_blobs;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use lookalike_catalog::{Catalog, Collection, FilePage, Item, Turn};
use lookalike_evidence::EvidenceStore;
use lookalike_imaging::{DecodeOptions, Decoded, Limits, PixelBudget};
use lookalike_storage::VectorStore;
use lookalike_storage::blob::BlobStore;
use lookalike_work::Clock;

pub use blob_keys::{blob_place, thumbnail_key};
pub use evidence::evidence_key;
pub use leftovers::Tidied;
pub(crate) use originals::OriginalPlace;

use crate::day::day_number;
use crate::paged::{Opened, PagedFile};
use crate::{Encoders, EngineError, ErrorKind};

/// What stores are put together from. Whoever starts the program chooses them.
pub struct Parts {
    /// The catalogue, opened for writing if anything is to be imported or changed.
    pub catalog: Arc<Catalog>,
    /// Where vectors are searched.
    pub vectors: Box<dyn VectorStore>,
    /// Where thumbnails and copied originals lie.
    pub blobs: Arc<dyn BlobStore>,
    /// What pictures are compared by on second look.
    pub evidence: EvidenceStore,
    /// Where models come from.
    pub encoders: Encoders,
    /// What files may be decoded at all.
    pub limits: Limits,
    /// Memory for pictures in flight, over all threads.
    pub budget: PixelBudget,
    /// The time of day.
    pub clock: Clock,
    /// Days that deleted items stay in the trash; 0 has none.
    pub trash_days: u32,
}

/// The stores and encoders of one data directory. Shared by threads.
pub struct Stores {
    parts: Parts,
    /// Read: blobs are put that rows are about to refer to. Write: blobs are deleted that no row
    /// refers to. So none is deleted between the two steps of the former.
    blobs_in_use: RwLock<()>,
    /// Whether the vector store failed at the last search.
    vectors_failed: AtomicBool,
}

impl Stores {
    /// Stores made of `parts`.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self {
            parts,
            blobs_in_use: RwLock::default(),
            vectors_failed: AtomicBool::new(false),
        }
    }

    /// The catalogue.
    #[must_use]
    pub fn catalog(&self) -> &Arc<Catalog> {
        &self.parts.catalog
    }

    /// The encoders.
    #[must_use]
    pub fn encoders(&self) -> &Encoders {
        &self.parts.encoders
    }

    /// The vectors of collections.
    #[must_use]
    pub fn vectors(&self) -> &dyn VectorStore {
        &*self.parts.vectors
    }

    /// Notes whether the vector store answered a search; a wrong question is not its fault.
    pub(crate) fn note_answer<T>(&self, answer: &Result<T, EngineError>) {
        let failed = match answer {
            Ok(_) => false,
            Err(error) if error.kind() == ErrorKind::InvalidInput => return,
            Err(_) => true,
        };
        self.vectors_failed.store(failed, Ordering::Relaxed);
    }

    /// Whether the vector store answered the last search.
    pub(crate) fn vectors_answer(&self) -> bool {
        !self.vectors_failed.load(Ordering::Relaxed)
    }

    /// What pictures show where, for the second look.
    #[must_use]
    pub fn evidence(&self) -> &EvidenceStore {
        &self.parts.evidence
    }

    /// Thumbnails and copied originals.
    #[must_use]
    pub fn blobs(&self) -> &dyn BlobStore {
        &*self.parts.blobs
    }

    /// The limits of pictures from outside.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.parts.limits
    }

    /// Days that deleted items stay in the trash; 0 where there is none.
    #[must_use]
    pub fn trash_days(&self) -> u32 {
        self.parts.trash_days
    }

    pub(crate) fn budget(&self) -> &PixelBudget {
        &self.parts.budget
    }

    /// The time, by the clock that was handed in.
    #[must_use]
    pub fn now(&self) -> jiff::Timestamp {
        (self.parts.clock)()
    }

    /// The day in UTC as YYYYMMDD.
    pub(crate) fn today(&self) -> u32 {
        day_number(self.now())
    }

    /// The item with that id.
    ///
    /// # Errors
    /// There is none, or the catalogue can't be read.
    pub fn item(&self, id: u64) -> Result<Item, EngineError> {
        let item = self.catalog().items(&[id])?.pop();
        item.ok_or_else(|| no_item(id))
    }

    /// What makes the picture of a file with that MD5 upright, where somebody has looked.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub(crate) fn turn_of(&self, md5: &str) -> Result<Option<Turn>, EngineError> {
        Ok(self
            .catalog()
            .content(md5)?
            .and_then(|content| content.turn))
    }

    /// Decodes a file under the limits, waiting for room in the pixel budget.
    ///
    /// # Errors
    /// It is not a picture, is damaged, or is above a limit.
    pub fn decode(&self, bytes: &[u8]) -> Result<Decoded, EngineError> {
        let options = DecodeOptions {
            limits: self.limits().clone(),
            budget: Some(self.budget()),
            ..DecodeOptions::default()
        };
        Ok(lookalike_imaging::decode(bytes, &options)?)
    }

    /// Decodes a page of a file that holds several, or the file that is one picture, under the
    /// limits, waiting for room in the pixel budget.
    pub(crate) fn decode_page(
        &self,
        bytes: &[u8],
        page: Option<&FilePage>,
    ) -> Result<Decoded, EngineError> {
        if page.is_none() {
            return self.decode(bytes);
        }
        match Opened::new(bytes.to_vec(), self.limits())? {
            Opened::Picture(bytes) => self.decode(&bytes),
            Opened::Paged(file) => self.decode_page_of(&file, page),
        }
    }

    /// The same of a file that is open.
    pub(crate) fn decode_page_of(
        &self,
        file: &PagedFile,
        page: Option<&FilePage>,
    ) -> Result<Decoded, EngineError> {
        let _pixels = self.budget().acquire(file.cost(page, self.limits()));
        file.decode(page, self.limits())
    }

    /// Builds and keeps what searches of the collection gain from. The index is derived: what goes
    /// wrong here is made up for by the next search.
    pub fn settle_index(&self, collection: &Collection) {
        if let Err(error) = self.vectors().settle(collection) {
            let name = &collection.spec.name;
            tracing::warn!("the index of collection {name} was not written: {error}");
        }
    }

    /// No blob is deleted as long as this is held.
    pub fn keep_blobs(&self) -> RwLockReadGuard<'_, ()> {
        let held = self.blobs_in_use.read();
        held.unwrap_or_else(PoisonError::into_inner)
    }

    /// Nobody puts a blob for a row that is to come as long as this is held.
    fn blobs_at_rest(&self) -> RwLockWriteGuard<'_, ()> {
        let held = self.blobs_in_use.write();
        held.unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) fn no_item(id: u64) -> EngineError {
    EngineError::new(ErrorKind::NotFound, format!("no item with id {id}"))
}
