//! What people decide about duplicates.

use crate::background::Duplicates;
use lookalike_engine::library::{Deleted, Selection};
use lookalike_engine::{EngineError, ErrorKind};

/// Items of one decision; of a hundred there are 4950 pairs.
const ITEMS_MAX: usize = 100;

/// Items deleted by one decision.
const DELETED_MAX: usize = 1000;

/// A decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// No two of these items, 2 to 100, are duplicates. It is remembered.
    NotDuplicate {
        /// Their ids.
        items: Vec<u64>,
    },
    /// One item is kept and others of its collection, at most 1000, are deleted.
    Keep {
        /// The id of the one.
        keep: u64,
        /// The ids of the others.
        delete: Vec<u64>,
    },
}

impl Duplicates {
    /// Carries out a decision; returns how many items are deleted.
    ///
    /// # Errors
    /// There are too few or too many items, one of them does not exist or is in another
    /// collection, or the catalogue can't be written.
    pub fn decide(&self, decision: &Decision) -> Result<Deleted, EngineError> {
        match decision {
            Decision::NotDuplicate { items } => {
                let items = distinct(items);
                if !(2..=ITEMS_MAX).contains(&items.len()) {
                    return Err(EngineError::invalid(format!(
                        "{} items; give 2 to {ITEMS_MAX} that are not duplicates of each other",
                        items.len()
                    )));
                }
                self.common_collection(&items)?;
                self.stores()
                    .catalog()
                    .write(self.stores().now().as_second(), |tx| {
                        tx.add_not_duplicates(&items)
                    })?;
                Ok(Deleted::default())
            }
            Decision::Keep { keep, delete } => {
                let delete = distinct(delete);
                if delete.contains(keep) {
                    return Err(EngineError::invalid(format!(
                        "item {keep} is to be kept and deleted; decide for one"
                    )));
                }
                if !(1..=DELETED_MAX).contains(&delete.len()) {
                    return Err(EngineError::invalid(format!(
                        "{} items to delete; give 1 to {DELETED_MAX}",
                        delete.len()
                    )));
                }
                let mut all = delete.clone();
                all.push(*keep);
                let collection = self.common_collection(&all)?;
                self.library()
                    .delete(&collection, &Selection::Items(delete))
            }
        }
    }

    /// The collection of all these items.
    fn common_collection(&self, ids: &[u64]) -> Result<String, EngineError> {
        let items = self.stores().catalog().items(ids)?;
        let missing = ids
            .iter()
            .find(|&&id| !items.iter().any(|item| item.id.unsigned_abs() == id));
        if let Some(id) = missing {
            return Err(EngineError::new(
                ErrorKind::NotFound,
                format!("no item with id {id}; nothing was changed"),
            ));
        }
        let mut collections = items.into_iter().map(|item| item.collection);
        let first = collections.next().unwrap_or_default();
        if !collections.all(|other| other == first) {
            return Err(EngineError::invalid(
                "the items are of several collections; decide for each by itself",
            ));
        }
        Ok(first)
    }
}

fn distinct(ids: &[u64]) -> Vec<u64> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    ids
}
