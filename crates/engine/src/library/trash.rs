//! The trash of collections: what was deleted lately, brought back or deleted for good.

use lookalike_catalog::{Trashed, TrashedItem};

use super::Library;
use super::delete::{Deleted, ITEMS_A_COMMIT};
use super::list::window;
use crate::{EngineError, ErrorKind};

const SECONDS_A_DAY: i64 = 24 * 60 * 60;

/// Which items of the trash.
#[derive(Clone, Debug)]
pub enum InTrash {
    /// Those of these that are there.
    Items(Vec<u64>),
    /// What one deletion put there, by its number.
    Deletion(i64),
    /// All of a collection, by its name.
    All(String),
}

/// What became of items that were to be restored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restored {
    /// Items that are back.
    pub restored: u64,
}

/// Items in the trash of a collection.
#[derive(Clone, Debug)]
pub struct TrashPage {
    /// All of the collection.
    pub total: u64,
    /// From 1.
    pub page: u64,
    /// Most items of a page.
    pub page_size: usize,
    /// Days after which what is deleted is gone; 0 where there is no trash.
    pub days: u32,
    /// Those of this page, what was deleted last first.
    pub items: Vec<TrashedItem>,
}

impl TrashPage {
    /// When an item of it goes for good, in Unix seconds.
    #[must_use]
    pub fn expires_at(&self, item: &TrashedItem) -> i64 {
        let kept = i64::from(self.days) * SECONDS_A_DAY;
        item.deleted_at.saturating_add(kept)
    }
}

impl Library {
    /// A page of the trash of a collection, counted from 1.
    ///
    /// # Errors
    /// There is no such collection or page, or the catalogue can't be read.
    pub fn trash(
        &self,
        collection: &str,
        page: u64,
        page_size: usize,
    ) -> Result<TrashPage, EngineError> {
        let window = window(page, page_size)?;
        let catalog = self.stores.catalog();
        let (items, total) = catalog.trashed_items(&catalog.collection(collection)?, window)?;
        Ok(TrashPage {
            total,
            page,
            page_size,
            days: self.stores.trash_days(),
            items,
        })
    }

    /// Ids of items in the trash, ascending.
    ///
    /// # Errors
    /// There is no such collection, or the catalogue can't be read.
    pub fn in_trash(&self, which: &InTrash) -> Result<Vec<u64>, EngineError> {
        let catalog = self.stores.catalog();
        Ok(match which {
            InTrash::Items(ids) => catalog.trashed_ids(&Trashed::Items(ids))?,
            InTrash::Deletion(number) => catalog.trashed_ids(&Trashed::By(*number))?,
            InTrash::All(name) => catalog.trashed_ids(&Trashed::Of(&catalog.collection(name)?))?,
        })
    }

    /// Takes items out of the trash: they are listed and found again as they were, with their
    /// descriptions, tags, embeddings, and notes on searches that found them.
    ///
    /// # Errors
    /// None of them is in the trash, there is no such collection, or the catalogue can't be
    /// written.
    pub fn restore(&self, which: &InTrash) -> Result<Restored, EngineError> {
        let ids = self.in_trash(which)?;
        if ids.is_empty() && !matches!(which, InTrash::All(_)) {
            return Err(EngineError::new(
                ErrorKind::NotFound,
                "nothing of that is in the trash; it was restored, or deleted for good",
            ));
        }
        let mut restored = 0;
        for ids in ids.chunks(ITEMS_A_COMMIT) {
            restored += self.write(|tx| tx.restore_items(ids))? as u64;
        }
        Ok(Restored { restored })
    }

    /// Deletes items of the trash for good, with thumbnails and copies that only they used.
    ///
    /// # Errors
    /// There is no such collection, or the catalogue can't be written.
    pub fn empty_trash(&self, which: &InTrash) -> Result<Deleted, EngineError> {
        self.delete_for_good(&self.in_trash(which)?)
    }

    /// Deletes for good what has been in the trash for as long as it is kept there.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn empty_old_trash(&self) -> Result<Deleted, EngineError> {
        let age = i64::from(self.stores.trash_days()) * SECONDS_A_DAY;
        let until = self.stores.now().as_second() - age;
        let old = self.stores.catalog().trashed_ids(&Trashed::Until(until))?;
        self.delete_for_good(&old)
    }

    fn delete_for_good(&self, ids: &[u64]) -> Result<Deleted, EngineError> {
        if ids.is_empty() {
            return Ok(Deleted::default());
        }
        let deleted = self.stores.blob_work(|| {
            let mut deleted = 0;
            for ids in ids.chunks(ITEMS_A_COMMIT) {
                let (count, unused) = self.write(|tx| tx.empty_trash(ids))?;
                self.stores.delete_blobs(unused)?;
                deleted += count as u64;
            }
            Ok(deleted)
        });
        self.stores.give_back_room();
        Ok(Deleted {
            deleted: deleted?,
            deletion: None,
        })
    }
}
