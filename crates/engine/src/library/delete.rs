//! Deleting items, a thousand at a time: searches and imports go on in between.

use lookalike_catalog::{CatalogError, Collection, ItemFilter, WriteTransaction};

use super::Library;
use crate::filters::canonical;
use crate::{EngineError, ErrorKind};

/// Items changed in one transaction: a few dozen milliseconds, for which other writers wait.
pub(super) const ITEMS_A_COMMIT: usize = 1000;

/// Ids given one by one.
const IDS_MAX: usize = 100_000;

/// What is to be deleted or tagged.
#[derive(Clone, Debug)]
pub enum Selection {
    /// These items, if they are of the collection.
    Items(Vec<u64>),
    /// Those that pass a filter, which must not be empty.
    Passing(Box<ItemFilter>),
    /// The same for somebody who may not delete everything: a filter that all pass is refused, unless
    /// the collection holds a single item.
    PassingUnlessAll(Box<ItemFilter>),
    /// All that are there when the deletion begins.
    All,
}

/// What became of a deletion.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Deleted {
    /// Items that were there and are gone.
    pub deleted: u64,
    /// The number under which they lie in the trash; `None` where they are gone for good.
    pub deletion: Option<i64>,
}

impl Library {
    /// The ids of a selection's items, ascending.
    ///
    /// # Errors
    /// There is no such collection, the filter is wrong or empty, there are too many ids, or the
    /// catalogue can't be read.
    pub fn select(&self, collection: &str, selection: &Selection) -> Result<Vec<u64>, EngineError> {
        self.selected(&self.stores.catalog().collection(collection)?, selection)
    }

    /// Deletes items of a collection: into the trash, or for good where nothing is kept there. What
    /// lies where it was imported from is remembered, so that another import does not bring it back;
    /// after all of a collection was deleted that is forgotten: whoever does that begins anew. When
    /// this fails midway, or the process ends, what was deleted until then stays deleted.
    ///
    /// # Errors
    /// As [`Library::select`], or the catalogue can't be written.
    pub fn delete(&self, collection: &str, selection: &Selection) -> Result<Deleted, EngineError> {
        let collection = self.stores.catalog().collection(collection)?;
        let ids = self.selected(&collection, selection)?;
        let begins_anew = matches!(selection, Selection::All);
        let deleted = self.stores.blob_work(|| {
            let mut deleted = Deleted::default();
            for ids in ids.chunks(ITEMS_A_COMMIT) {
                let (removed, deletion, unused) = self.write(|tx| {
                    if !begins_anew {
                        tx.remember_deleted(&collection, ids)?;
                    }
                    if self.stores.trash_days() == 0 {
                        let (removed, unused) = tx.remove_items(&collection, ids)?;
                        return Ok((removed, None, unused));
                    }
                    let deletion = match deleted.deletion {
                        Some(deletion) => deletion,
                        None => tx.begin_deletion(&collection)?,
                    };
                    let (removed, unused) = tx.trash_items(&collection, deletion, ids)?;
                    Ok((removed, Some(deletion), unused))
                })?;
                self.stores.delete_blobs(unused)?;
                deleted.deleted += removed as u64;
                deleted.deletion = deletion;
            }
            if deleted.deleted == 0 {
                deleted.deletion = None;
            }
            if begins_anew {
                self.write(|tx| tx.forget_deleted(&collection, None))?;
            }
            Ok(deleted)
        });
        self.stores.give_back_room();
        deleted
    }

    pub(super) fn write<T>(
        &self,
        changes: impl FnOnce(&WriteTransaction<'_>) -> Result<T, CatalogError>,
    ) -> Result<T, EngineError> {
        let now = self.stores.now().as_second();
        Ok(self.stores.catalog().write(now, changes)?)
    }

    fn selected(
        &self,
        collection: &Collection,
        selection: &Selection,
    ) -> Result<Vec<u64>, EngineError> {
        let all = |filter: &ItemFilter| {
            self.stores
                .catalog()
                .matching_items(collection, &filter.expression(self.stores.today()))
        };
        match selection {
            Selection::Items(ids) if ids.len() > IDS_MAX => Err(EngineError::invalid(format!(
                "{} ids are too many; give at most {IDS_MAX}, or a filter",
                ids.len()
            ))),
            Selection::Items(ids) => {
                let mut ids = ids.clone();
                ids.sort_unstable();
                ids.dedup();
                Ok(ids)
            }
            Selection::Passing(filter) | Selection::PassingUnlessAll(filter)
                if filter.is_empty() =>
            {
                Err(EngineError::invalid(
                    "the filter is empty, which every item passes; for all items say so",
                ))
            }
            Selection::Passing(filter) => Ok(all(&canonical(filter)?)?),
            Selection::PassingUnlessAll(filter) => {
                let passing = all(&canonical(filter)?)?;
                let everything = self.stores.catalog().count_items(collection)?;
                if passing.len() > 1 && passing.len() as u64 == everything {
                    return Err(EngineError::new(
                        ErrorKind::Forbidden,
                        "every item of the collection passes the filter, and only administrators \
                         delete everything; narrow it",
                    ));
                }
                Ok(passing)
            }
            Selection::All => Ok(all(&ItemFilter::default())?),
        }
    }
}
