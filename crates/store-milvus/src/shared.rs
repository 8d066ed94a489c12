//! What searches and the syncer share: the connection, and for each collection how far Milvus is.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lookalike_storage::{
    Catalog, CatalogError, Collection, Revision, Unsynced, Upkeep, VectorError,
};

use crate::calls::Remote;
use crate::client::Client;
use crate::error::{FarBehind, MilvusError};
use crate::record::{Known, Record, Records};
use crate::{MilvusIndex, MilvusSettings, schema};

/// Items that may be ahead of Milvus before a search is refused instead of comparing them one by
/// one: of 384 values, some 100 MB and ten milliseconds.
const MOST_UNSYNCED: usize = 50_000;

/// What is shared.
pub(crate) struct Shared {
    pub(crate) catalog: Arc<Catalog>,
    pub(crate) client: Client,
    pub(crate) records: Records,
    pub(crate) prefix: String,
    pub(crate) auto_index: MilvusIndex,
    pub(crate) upkeep: Upkeep,
    slots: Mutex<HashMap<i64, Arc<Slot>>>,
    closing: AtomicBool,
    /// Whether the syncer has something to do before its time.
    is_awaited: Mutex<bool>,
    awaited: Condvar,
}

/// A collection.
#[derive(Default)]
pub(crate) struct Slot {
    pub(crate) following: Mutex<Following>,
    /// Held by whoever changes the collection in Milvus.
    pub(crate) syncing: Mutex<()>,
    pub(crate) is_building: AtomicBool,
}

/// How far the collection in Milvus is, as searches know it.
#[derive(Default)]
pub(crate) struct Following {
    pub(crate) record: Option<Record>,
    /// Whether the file was read and what it says was found in Milvus.
    pub(crate) is_checked: bool,
    pub(crate) unsynced: Option<Unsynced>,
}

/// A collection at one moment: what is in Milvus, and what happened since.
pub(crate) struct View {
    pub(crate) record: Option<Record>,
    pub(crate) unsynced: Unsynced,
}

pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub(crate) fn new(
        catalog: Arc<Catalog>,
        directory: &Path,
        upkeep: Upkeep,
        settings: &MilvusSettings,
    ) -> Result<Self, String> {
        Ok(Self {
            catalog,
            client: Client::new(settings)?,
            records: Records::new(directory),
            prefix: settings.prefix.clone(),
            auto_index: settings.auto_index,
            upkeep,
            slots: Mutex::default(),
            closing: AtomicBool::new(false),
            is_awaited: Mutex::default(),
            awaited: Condvar::new(),
        })
    }

    pub(crate) fn slot(&self, collection: i64) -> Arc<Slot> {
        Arc::clone(locked(&self.slots).entry(collection).or_default())
    }

    pub(crate) fn remove_slot(&self, collection: i64) {
        locked(&self.slots).remove(&collection);
    }

    pub(crate) fn remote<'a>(&'a self, name: &'a str) -> Remote<'a> {
        let client = &self.client;
        Remote { client, name }
    }

    pub(crate) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Relaxed)
    }

    pub(crate) fn close(&self) {
        self.closing.store(true, Ordering::Relaxed);
        self.wake();
    }

    /// Has the syncer look now.
    pub(crate) fn wake(&self) {
        *locked(&self.is_awaited) = true;
        self.awaited.notify_all();
    }

    /// Waits until somebody wakes the syncer, or the time is over.
    pub(crate) fn rest(&self, time: Duration) {
        let is_awaited = locked(&self.is_awaited);
        let waited = self
            .awaited
            .wait_timeout_while(is_awaited, time, |awaited| !*awaited);
        let (mut is_awaited, _) = waited.unwrap_or_else(PoisonError::into_inner);
        *is_awaited = false;
    }

    /// The collection as it is now.
    pub(crate) fn view(&self, collection: &Collection) -> Result<View, MilvusError> {
        let slot = self.slot(collection.id);
        let mut following = locked(&slot.following);
        self.check_record(collection, &mut following)?;
        let unsynced = match self.follow(collection, &mut following) {
            Err(MilvusError::Vectors(VectorError::Catalog(CatalogError::UnknownRevision {
                ..
            }))) => {
                self.disown(collection, &mut following, "the catalogue has another past")?;
                self.follow(collection, &mut following)?
            }
            followed => followed?,
        };
        if !unsynced.changed().is_empty() && self.upkeep == Upkeep::Owner {
            self.wake();
        }
        following.unsynced = Some(unsynced.clone());
        Ok(View {
            record: following.record.clone(),
            unsynced,
        })
    }

    fn follow(
        &self,
        collection: &Collection,
        following: &mut Following,
    ) -> Result<Unsynced, MilvusError> {
        let base = following
            .record
            .as_ref()
            .map_or(Revision::default(), Record::revision);
        let kept = following.unsynced.take().filter(|kept| kept.base() == base);
        let known = kept.as_ref().map_or(base, Unsynced::revision);
        let kept = match kept {
            Some(kept) => kept,
            None => Unsynced::since(collection, base)?,
        };
        let ahead = kept.changed().len();
        let room = MOST_UNSYNCED.saturating_sub(ahead);
        if self.catalog.has_grown_by(collection, &known, room)? {
            self.wake();
            return Err(FarBehind::error(
                &collection.spec.name,
                self.client.address(),
            ));
        }
        Ok(kept.follow(&self.catalog, collection)?)
    }

    /// Reads the record, where it is not known or others write it, and looks whether Milvus still has
    /// what it says.
    pub(crate) fn check_record(
        &self,
        collection: &Collection,
        following: &mut Following,
    ) -> Result<(), MilvusError> {
        if following.is_checked && self.upkeep == Upkeep::Owner {
            return Ok(());
        }
        // One in which nothing is yet is no use to searches.
        let current = self.records.load(collection.id).current;
        let current = current.filter(Record::has_begun);
        let name = |record: &Option<Record>| record.as_ref().map(|record| record.name.clone());
        if following.is_checked && name(&current) == name(&following.record) {
            following.record = current;
            return Ok(());
        }
        following.record = current;
        following.is_checked = false;
        if let Some(record) = following.record.clone()
            && let Some(loss) = self.loss(collection, &record)?
        {
            self.disown(collection, following, &loss)?;
        }
        following.is_checked = true;
        Ok(())
    }

    /// What Milvus lost of what it had, if it did.
    fn loss(
        &self,
        collection: &Collection,
        record: &Record,
    ) -> Result<Option<String>, MilvusError> {
        let remote = self.remote(&record.name);
        let Some((found, _)) = remote.describe()? else {
            return Ok(Some(format!("Milvus has no collection `{}`", record.name)));
        };
        schema::check(&record.name, collection, &found)?;
        let Some(rows) = record.rows.filter(|_| !record.is_dirty) else {
            return Ok(None);
        };
        let counted = remote.count("", record.timestamp)?;
        Ok((counted < rows).then(|| {
            format!(
                "Milvus holds {counted} of the {rows} rows of `{}`",
                record.name
            )
        }))
    }

    /// Lets go of what is in Milvus: it is filled anew, under another name.
    fn disown(
        &self,
        collection: &Collection,
        following: &mut Following,
        reason: &str,
    ) -> Result<(), MilvusError> {
        let name = &collection.spec.name;
        tracing::warn!(collection = name, "it is copied to Milvus anew: {reason}");
        following.record = None;
        following.unsynced = None;
        if self.upkeep == Upkeep::Owner {
            let mut known = self.records.load(collection.id);
            if let Some(record) = known.current.take() {
                known.leftovers.push(record.name);
            }
            self.save(collection, &known)?;
            self.wake();
        }
        Ok(())
    }

    /// Has the next look at the collection begin with what Milvus holds.
    pub(crate) fn doubt(&self, collection: &Collection) {
        locked(&self.slot(collection.id).following).is_checked = false;
    }

    pub(crate) fn save(&self, collection: &Collection, known: &Known) -> Result<(), MilvusError> {
        let saved = self.records.save(collection.id, known);
        saved.map_err(MilvusError::Wrong)
    }
}
