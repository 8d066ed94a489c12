//! Settling, rebuilding, forgetting, and looking for differences.

use std::sync::atomic::Ordering;

use lookalike_storage::{Collection, DroppedCollection, RowId, StoredItem};

use crate::calls;
use crate::error::MilvusError;
use crate::record::{Known, Record};
use crate::shared::{Shared, locked};
use crate::sync::Synced;

/// Rows from which Milvus builds an index for a segment at all.
const WORTH_A_FLUSH: u64 = 1024;

/// Vectors that are compared with the catalogue's.
const SAMPLE: usize = 200;

/// Differences that are listed one by one.
const TOLD: usize = 10;

/// How far a value may be from the catalogue's: Milvus keeps vectors as they are.
const TOLERANCE: f32 = 1e-6;

impl Shared {
    /// Brings the collection to the present and has it indexed where there is enough to.
    pub(crate) fn settle(&self, collection: &Collection) -> Result<Synced, MilvusError> {
        let slot = self.slot(collection.id);
        let _turn = locked(&slot.syncing);
        if self.sync_in_turn(collection)? == Synced::Interrupted {
            return Ok(Synced::Interrupted);
        }
        let mut known = self.records.load(collection.id);
        let Some(record) = &mut known.current else {
            return Ok(Synced::Whole);
        };
        if record.unflushed >= WORTH_A_FLUSH {
            slot.is_building.store(true, Ordering::Relaxed);
            let flushed = self.remote(&record.name).flush(&|| self.is_closing());
            slot.is_building.store(false, Ordering::Relaxed);
            flushed?;
            record.unflushed = 0;
            self.save(collection, &known)?;
        }
        Ok(Synced::Whole)
    }

    /// Fills a new collection in Milvus and puts it in the place of the one that is there, which
    /// answers searches meanwhile.
    pub(crate) fn rebuild(&self, collection: &Collection) -> Result<(), MilvusError> {
        let slot = self.slot(collection.id);
        let _turn = locked(&slot.syncing);
        slot.is_building.store(true, Ordering::Relaxed);
        let rebuilt = self.rebuild_in_turn(collection);
        slot.is_building.store(false, Ordering::Relaxed);
        let Some(record) = rebuilt? else {
            return Ok(());
        };
        let mut known = self.records.load(collection.id);
        let former = known.current.replace(record.clone());
        known.leftovers.retain(|name| *name != record.name);
        known.leftovers.extend(former.map(|former| former.name));
        self.save(collection, &known)?;
        {
            let mut following = locked(&slot.following);
            following.record = Some(record.clone());
            following.is_checked = true;
            following.unsynced = None;
        }
        self.show(collection, self.remote(&record.name));
        // What happened meanwhile, and the end of the former one.
        self.sync_in_turn(collection).map(drop)
    }

    /// `None` where the store is being closed.
    fn rebuild_in_turn(&self, collection: &Collection) -> Result<Option<Record>, MilvusError> {
        let mut record = self.new_record(collection)?;
        let mut known = self.records.load(collection.id);
        known.leftovers.push(record.name.clone());
        self.save(collection, &known)?;
        let name = record.name.clone();
        self.remote(&name).create(collection, &record.index)?;
        loop {
            let (synced, is_present) = self.fill(collection, &mut record, &mut |_| Ok(()))?;
            if synced == Synced::Interrupted {
                return Ok(None);
            }
            if is_present {
                break;
            }
        }
        if record.unflushed >= WORTH_A_FLUSH {
            self.remote(&name).flush(&|| self.is_closing())?;
            record.unflushed = 0;
        }
        Ok(Some(record))
    }

    /// Removes all that Milvus has of a dropped collection.
    pub(crate) fn forget(&self, dropped: &DroppedCollection) -> Result<(), MilvusError> {
        let slot = self.slot(dropped.id);
        let _turn = locked(&slot.syncing);
        let Known { current, leftovers } = self.records.load(dropped.id);
        let names = current
            .map(|record| record.name)
            .into_iter()
            .chain(leftovers);
        for name in names {
            self.remote(&name).drop()?;
        }
        let removed = self.records.remove(dropped.id);
        removed.map_err(MilvusError::Wrong)?;
        self.remove_slot(dropped.id);
        Ok(())
    }

    /// What Milvus holds otherwise than the catalogue: numbers, and vectors of a sample.
    pub(crate) fn differences(&self, collection: &Collection) -> Result<Vec<String>, MilvusError> {
        let view = self.view(collection)?;
        let Some(record) = view.record else {
            return Ok(Vec::new());
        };
        let remote = self.remote(&record.name);
        let now = calls::timestamp(&self.client)?;
        let last = record.last_item.cast_unsigned();
        // Those that changed since are on their way to Milvus.
        let is_settled = |item: u64| item <= last && !view.unsynced.changed().contains(&item);
        let rows = self.catalog.figure_rows(collection)?;
        let ours: Vec<(u64, u8)> = rows
            .into_iter()
            .filter(|(item, _)| is_settled(*item))
            .collect();
        let mut differences = Vec::new();
        if view.unsynced.changed().is_empty() {
            let theirs = remote.count("", now)?;
            if theirs != ours.len() as u64 {
                let count = ours.len();
                differences.push(format!("Milvus holds {theirs} rows, the catalogue {count}"));
            }
        }
        let step = (ours.len() / SAMPLE).max(1);
        let sample: Vec<RowId> = ours
            .iter()
            .step_by(step)
            .map(|&(item, figure)| RowId::new(item, figure))
            .collect();
        let ids: Vec<u64> = sample.iter().map(|row| row.number()).collect();
        let found = remote.vectors(&format!("id in {ids:?}"), now)?;
        let items: Vec<u64> = sample.iter().map(|row| row.item_id()).collect();
        let stored = self.items(collection, &items)?;
        for row in sample {
            let theirs = found
                .iter()
                .find(|(id, _)| id.cast_unsigned() == row.number());
            let ours = stored.iter().find(|item| item.item_id == row.item_id());
            let place = format!("figure {} of item {}", row.figure_index(), row.item_id());
            match (vector_of(ours, row), theirs) {
                (None, _) => {}
                (Some(_), None) => differences.push(format!("Milvus lacks {place}")),
                (Some(ours), Some((_, theirs))) if !agree(ours, theirs) => {
                    differences.push(format!("{place} has another vector in Milvus"));
                }
                _ => {}
            }
        }
        let count = differences.len();
        if count > TOLD {
            differences.truncate(TOLD);
            differences.push(format!("and {} more in the sample", count - TOLD));
        }
        Ok(differences)
    }
}

fn vector_of(item: Option<&StoredItem>, row: RowId) -> Option<&[f32]> {
    let vectors = &item?.vectors;
    vectors
        .get(usize::from(row.figure_index()))
        .map(Vec::as_slice)
}

fn agree(a: &[f32], b: &[f32]) -> bool {
    a.len() == b.len()
        && a.iter()
            .zip(b)
            .all(|(a, b)| (a - b).abs() <= TOLERANCE * (1.0 + a.abs()))
}
