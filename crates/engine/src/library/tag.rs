//! Tags of many items at once.

use lookalike_catalog::ItemChanges;

use super::Library;
use super::delete::{ITEMS_A_COMMIT, Selection};
use super::edit::tags;
use crate::EngineError;

/// Tags that items get and lose.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TagChange {
    /// Added behind those that an item has.
    pub add: Vec<String>,
    /// Taken away, also where they are to be added.
    pub remove: Vec<String>,
}

/// What became of a change of tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tagged {
    /// Items that have other tags now.
    pub changed: u64,
}

impl Library {
    /// Adds and takes away tags of items of a collection, a thousand at a time. When this fails
    /// midway, or the process ends, what was changed until then stays changed.
    ///
    /// # Errors
    /// As [`Library::select`], a tag is out of bounds or an item would have too many, or the
    /// catalogue can't be written.
    pub fn tag(
        &self,
        collection: &str,
        selection: &Selection,
        change: &TagChange,
    ) -> Result<Tagged, EngineError> {
        let (add, remove) = (tags(&change.add)?, tags(&change.remove)?);
        let selected = self.select(collection, selection)?;
        let collection = self.stores.catalog().collection(collection)?;
        let mut changed = 0;
        for ids in selected.chunks(ITEMS_A_COMMIT) {
            changed += self
                .stores
                .catalog()
                .write(self.stores.now().as_second(), |tx| {
                    let mut changed = 0;
                    for (id, before) in tx.tags_of_items(&collection, ids)? {
                        let mut after = before.clone();
                        after.extend_from_slice(&add);
                        after.retain(|tag| !remove.contains(tag));
                        let after = tags(&after)?;
                        if after != before {
                            let changes = ItemChanges {
                                tags: Some(after),
                                ..ItemChanges::default()
                            };
                            changed += u64::from(tx.change_item(id, &changes)?);
                        }
                    }
                    Ok::<u64, EngineError>(changed)
                })?;
        }
        Ok(Tagged { changed })
    }
}
