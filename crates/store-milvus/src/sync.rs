//! How Milvus follows the catalogue: by revision, in steps that can each be repeated.
//!
//! A step deletes and puts rows by their keys, and then notes the revision that it arrived at. Killed
//! anywhere, the next one does the same again. Rows that a step put and never noted are removed
//! first: an item among them may be gone from the catalogue without a trace by then.

use std::collections::HashMap;

use lookalike_storage::{Change, Collection, Item, RowId, StoredItem};

use crate::calls::{self, MOST_ROWS, Remote};
use crate::error::MilvusError;
use crate::filter;
use crate::index::IndexMade;
use crate::record::{Known, Record};
use crate::schema::Row;
use crate::shared::{Shared, locked};
use crate::{MilvusIndex, names};

/// Items of a step.
const STEP: usize = 4096;

/// Steps after which searches use what is there already.
const STEPS_SHOWN: usize = 8;

/// Bytes of a request, about: Milvus takes 64 MB, and holds every request whole.
const REQUEST_BYTES: usize = 8 << 20;

/// Bytes of a row besides its vector, about.
const ROW_BYTES: usize = 1024;

/// Items whose rows are asked for at once: all of their figures fit into one answer.
const ITEMS_ASKED: usize = 64;

/// Whether a collection was brought to the present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Synced {
    Whole,
    /// The store is being closed.
    Interrupted,
}

impl Shared {
    /// Brings the collection in Milvus to the present. For the owner.
    pub(crate) fn sync(&self, collection: &Collection) -> Result<Synced, MilvusError> {
        let slot = self.slot(collection.id);
        let _turn = locked(&slot.syncing);
        self.sync_in_turn(collection)
    }

    /// The same by whoever holds the collection's turn.
    pub(crate) fn sync_in_turn(&self, collection: &Collection) -> Result<Synced, MilvusError> {
        if self.catalog.revision(collection)?.removals < 0 {
            // Dropped meanwhile: nothing of it is to be made again.
            return Ok(Synced::Whole);
        }
        let slot = self.slot(collection.id);
        self.check_record(collection, &mut locked(&slot.following))?;
        let mut known = self.records.load(collection.id);
        let mut record = self.begun(collection, &mut known)?;
        let synced = loop {
            let filled = self.fill(collection, &mut record, &mut |record| {
                known.current = Some(record.clone());
                self.save(collection, &known)
            });
            let (synced, is_present) = self.noting_loss(collection, filled)?;
            locked(&slot.following).record = Some(record.clone());
            if is_present || synced == Synced::Interrupted {
                break synced;
            }
        };
        self.remove_leftovers(collection, &mut known)?;
        Ok(synced)
    }

    /// The collection in Milvus that is followed; a new one, noted before it is made, where there is none.
    fn begun(&self, collection: &Collection, known: &mut Known) -> Result<Record, MilvusError> {
        let record = match known.current.clone() {
            Some(record) if record.has_begun() => return Ok(record),
            Some(record) => record,
            None => {
                let record = self.new_record(collection)?;
                known.current = Some(record.clone());
                self.save(collection, known)?;
                record
            }
        };
        let remote = self.remote(&record.name);
        remote.create(collection, &record.index)?;
        self.show(collection, remote);
        Ok(record)
    }

    /// The record of a collection in Milvus that is to be made, with the index that fits what the
    /// catalogue holds.
    pub(crate) fn new_record(&self, collection: &Collection) -> Result<Record, MilvusError> {
        let vectors = self.catalog.count_embedded_items(collection)?;
        let kind = MilvusIndex::of(collection.spec.index_kind, self.auto_index);
        let name = names::fresh(&self.prefix, collection);
        Ok(Record::new(name, IndexMade::choose(kind, vectors)))
    }

    /// Has others find the collection under its alias. Nothing of ours depends on it.
    pub(crate) fn show(&self, collection: &Collection, remote: Remote<'_>) {
        let alias = names::alias(&self.prefix, collection);
        if let Err(error) = remote.take_alias(&alias) {
            let name = remote.name;
            tracing::info!("the alias `{alias}` does not lead to `{name}` in Milvus: {error}");
        }
    }

    /// Looks again at what Milvus holds where a collection turns out not to be there.
    fn noting_loss<T>(
        &self,
        collection: &Collection,
        result: Result<T, MilvusError>,
    ) -> Result<T, MilvusError> {
        if let Err(error) = &result
            && error.is_no_collection()
        {
            self.doubt(collection);
        }
        result
    }

    /// Takes steps until the record has arrived at the present, `noted` after each; whether it has,
    /// or only came nearer.
    pub(crate) fn fill(
        &self,
        collection: &Collection,
        record: &mut Record,
        noted: &mut dyn FnMut(&Record) -> Result<(), MilvusError>,
    ) -> Result<(Synced, bool), MilvusError> {
        let mut is_present = false;
        if record.is_dirty {
            let name = record.name.clone();
            self.remote(&name).remove_beyond(record)?;
            record.timestamp = calls::timestamp(&self.client)?;
        }
        let before = record.revision();
        for _ in 0..STEPS_SHOWN {
            if self.is_closing() {
                return Ok((Synced::Interrupted, false));
            }
            let since = record.revision();
            let (changes, reached) = self.catalog.next_changes(collection, &since, STEP)?;
            if reached == since {
                is_present = true;
                break;
            }
            if !record.is_dirty {
                record.is_dirty = true;
                record.rows = None;
                noted(record)?;
            }
            record.unflushed += self.apply(collection, record, changes)?;
            record.set_revision(reached);
            record.timestamp = calls::timestamp(&self.client)?;
            noted(record)?;
        }
        if record.is_dirty || record.rows.is_none() || record.revision() != before {
            // Waits until searches see all of it, so that they need not.
            record.rows = Some(self.remote(&record.name).count("", record.timestamp)?);
            record.is_dirty = false;
            noted(record)?;
        }
        Ok((Synced::Whole, is_present))
    }

    /// Deletes and puts what changed; how many rows were put.
    fn apply(
        &self,
        collection: &Collection,
        record: &Record,
        changes: Vec<Change>,
    ) -> Result<u64, MilvusError> {
        let remote = self.remote(&record.name);
        let known_before = record.last_item.cast_unsigned();
        // Figures that an item of before has now.
        let mut kept: HashMap<u64, usize> = HashMap::new();
        let mut stored = Vec::new();
        for change in changes {
            match change {
                Change::Removed(id) => drop(kept.insert(id, 0)),
                Change::Stored(item) => {
                    if item.item_id <= known_before {
                        kept.insert(item.item_id, item.vectors.len());
                    }
                    stored.push(item);
                }
            }
        }
        remote.remove_surplus(&kept, record.timestamp)?;
        let ids: Vec<u64> = stored.iter().map(|item| item.item_id).collect();
        let items = self.catalog.items(&ids)?;
        remote.put(collection, &stored, &items)
    }

    fn remove_leftovers(
        &self,
        collection: &Collection,
        known: &mut Known,
    ) -> Result<(), MilvusError> {
        while let Some(name) = known.leftovers.last() {
            self.remote(name).drop()?;
            known.leftovers.pop();
            self.save(collection, known)?;
        }
        Ok(())
    }
}

impl Remote<'_> {
    /// Removes rows of items after the record's last.
    fn remove_beyond(&self, record: &Record) -> Result<(), MilvusError> {
        let last = RowId::new(record.last_item.cast_unsigned(), u8::MAX).number();
        loop {
            let now = calls::timestamp(self.client)?;
            let ids = self.ids(&format!("id > {last}"), now)?;
            if ids.is_empty() {
                return Ok(());
            }
            self.delete(&ids)?;
        }
    }

    /// Removes rows of items that have fewer figures than before, or none. `timestamp` is after all
    /// writes of them.
    fn remove_surplus(
        &self,
        kept: &HashMap<u64, usize>,
        timestamp: u64,
    ) -> Result<(), MilvusError> {
        let items: Vec<u64> = kept.keys().copied().collect();
        for some in items.chunks(ITEMS_ASKED) {
            let ids = self.ids(&filter::of_items(some), timestamp)?;
            let is_surplus = |id: &i64| {
                let row = RowId::from_number(id.cast_unsigned());
                let figures = kept.get(&row.item_id()).copied().unwrap_or(0);
                usize::from(row.figure_index()) >= figures
            };
            let surplus: Vec<i64> = ids.into_iter().filter(is_surplus).collect();
            if !surplus.is_empty() {
                self.delete(&surplus)?;
            }
        }
        Ok(())
    }

    /// Puts the rows of items; how many. Items that are gone from the catalogue by now are left out.
    fn put(
        &self,
        collection: &Collection,
        stored: &[StoredItem],
        items: &[Item],
    ) -> Result<u64, MilvusError> {
        let by_id: HashMap<u64, &Item> = items
            .iter()
            .map(|item| (item.id.cast_unsigned(), item))
            .collect();
        let rows: Vec<Row<'_>> = stored
            .iter()
            .filter_map(|stored| Some((stored, *by_id.get(&stored.item_id)?)))
            .flat_map(|(stored, item)| {
                let figures = (0..=u8::MAX).take(stored.vectors.len());
                figures.map(move |figure| Row {
                    item,
                    stored,
                    figure,
                })
            })
            .collect();
        let most = REQUEST_BYTES / (collection.spec.dim * size_of::<f32>() + ROW_BYTES);
        for some in rows.chunks(most.clamp(1, MOST_ROWS)) {
            self.upsert(collection, some)?;
        }
        Ok(rows.len() as u64)
    }
}
