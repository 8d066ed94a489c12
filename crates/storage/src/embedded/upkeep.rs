//! Rebuilding indexes and writing their files while searches go on.
//!
//! A search finds the index as it is and never waits for this. What is written is the index at
//! one moment; what happened since is followed from the catalogue afterwards, and the index that
//! searches use then is the one that lies in the file.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::thread;

use lookalike_catalog::Collection;
use lookalike_index::Index;

use super::loaded::Loaded;
use super::{Slot, Store};
use crate::vectors::VectorError;

/// Items from which a collection's index is written: fewer are loaded from the catalogue as
/// quickly.
const LEAST_SAVED: u64 = 2000;

/// The part of its items that an index may be behind before it is written again: at a million,
/// 50,000, which take a second or two to follow (and a graph some ten).
const UNSAVED_SHARE: u64 = 20;

/// How much is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// What gains something.
    WhatPays,
    /// Everything.
    All,
}

/// Whether there is something to build or to write that gains enough.
pub(super) fn is_due(loaded: &Loaded) -> bool {
    has_grown(loaded) || loaded.sheets.rebuild_pays() || loaded.front_pages.rebuild_pays()
}

fn has_grown(loaded: &Loaded) -> bool {
    loaded.len() >= LEAST_SAVED && loaded.unsaved * UNSAVED_SHARE >= loaded.len()
}

/// Does it in the background, unless that is under way already.
pub(super) fn begin(store: &Arc<Store>, slot: &Arc<Slot>, collection: &Collection) {
    if slot.is_kept_up.swap(true, Ordering::AcqRel) {
        return;
    }
    let (store, slot, collection) = (Arc::clone(store), Arc::clone(slot), collection.clone());
    let work = {
        let slot = Arc::clone(&slot);
        move || {
            if let Err(error) = keep_up(&store, &collection, Extent::WhatPays) {
                tracing::warn!(
                    collection = collection.spec.name,
                    "the index was not rebuilt: {error}"
                );
            }
            slot.is_kept_up.store(false, Ordering::Release);
        }
    };
    if let Err(error) = thread::Builder::new().name("index".into()).spawn(work) {
        slot.is_kept_up.store(false, Ordering::Release);
        tracing::warn!("no thread to build an index with: {error}");
    }
}

/// Checks what is left of the files that an index was opened from, in the background.
pub(super) fn check(store: &Arc<Store>, slot: &Arc<Slot>, collection: &Collection, of: &Loaded) {
    let (store, slot, collection) = (Arc::clone(store), Arc::clone(slot), collection.clone());
    let indexes = [Arc::clone(&of.sheets), Arc::clone(&of.front_pages)];
    let work = move || {
        let stop = || store.closing.load(Ordering::Relaxed);
        let check = |index: &Arc<Index>| index.verify(stop);
        if let Err(error) = indexes.iter().try_for_each(check) {
            store.files.discard(&collection, &error.to_string());
            slot.put(None);
        }
    };
    if let Err(error) = thread::Builder::new()
        .name("index-check".into())
        .spawn(work)
    {
        tracing::warn!("no thread to check an index with: {error}");
    }
}

/// Brings the index to the present, rebuilds it, and writes it.
pub(super) fn keep_up(
    store: &Arc<Store>,
    collection: &Collection,
    extent: Extent,
) -> Result<(), VectorError> {
    let slot = store.slot(collection);
    let _turn = slot
        .keeping_up
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    let loaded = store.up_to_date(collection)?;
    let mut is_rebuilt = false;
    for index in [&loaded.sheets, &loaded.front_pages] {
        if store.closing.load(Ordering::Relaxed) {
            return Ok(());
        }
        if extent == Extent::All || index.rebuild_pays() {
            index.rebuild()?;
            is_rebuilt = true;
        }
    }
    let is_worth_it = is_rebuilt && loaded.len() >= LEAST_SAVED || has_grown(&loaded);
    if extent == Extent::WhatPays && !is_worth_it {
        return Ok(());
    }
    write(store, &slot, collection)
}

/// Writes the index as it is, and goes on with what lies in the file.
fn write(store: &Arc<Store>, slot: &Arc<Slot>, collection: &Collection) -> Result<(), VectorError> {
    let refreshing = || {
        let lock = slot.refreshing.lock();
        lock.unwrap_or_else(PoisonError::into_inner)
    };
    let moment = {
        // No write comes between the indexes and their revision.
        let _refreshing = refreshing();
        let Some(loaded) = slot.current() else {
            return Ok(());
        };
        Loaded {
            sheets: Arc::new(loaded.sheets.fork()),
            front_pages: Arc::new(loaded.front_pages.fork()),
            ..loaded
        }
    };
    store.catalog.make_durable()?;
    store.files.save(collection, &moment)?;
    let Some(opened) = store.files.open(collection) else {
        return Ok(());
    };
    let _refreshing = refreshing();
    if slot.current().is_none() {
        // Dropped meanwhile, or found damaged: nobody is to find these files.
        return Ok(store.files.remove(collection.id)?);
    }
    check(store, slot, collection, &opened);
    slot.put(Some(store.followed(collection, opened)?));
    Ok(())
}
