//! The thread that has Milvus follow the catalogue, whether anybody searches or not.

use std::collections::HashMap;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use lookalike_storage::{Collection, Revision};

use crate::error::MilvusError;
use crate::shared::{Shared, locked};
use crate::sync::Synced;

/// How often the catalogue is looked at.
const PERIOD: Duration = Duration::from_secs(1);

/// How long Milvus is left in peace after a failure.
const AFTER_FAILURE: Duration = Duration::from_secs(3);

/// The thread; it ends when this is dropped.
pub(crate) struct Syncer {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Syncer {
    pub(crate) fn start(shared: &Arc<Shared>) -> Self {
        let work = {
            let shared = Arc::clone(shared);
            move || follow_all(&shared)
        };
        let thread = thread::Builder::new()
            .name("milvus-sync".into())
            .spawn(work);
        let thread = thread
            .inspect_err(|error| tracing::warn!("no thread to write to Milvus with: {error}"))
            .ok();
        Self {
            shared: Arc::clone(shared),
            thread,
        }
    }
}

impl Drop for Syncer {
    fn drop(&mut self) {
        self.shared.close();
        // Whoever opens the store next must not meet writes of this one.
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that writes to Milvus has panicked");
        }
    }
}

fn follow_all(shared: &Shared) {
    let mut failures = Failures::default();
    // Of each collection, what Milvus was seen to have followed.
    let mut present: HashMap<i64, Revision> = HashMap::new();
    while !shared.is_closing() {
        let has_failed = follow_each(shared, &mut present, &mut failures);
        shared.rest(if has_failed { AFTER_FAILURE } else { PERIOD });
        if has_failed && !shared.is_closing() {
            // Searches that wake the syncer must not make it knock without a pause.
            thread::sleep(PERIOD);
        }
    }
}

fn follow_each(
    shared: &Shared,
    present: &mut HashMap<i64, Revision>,
    failures: &mut Failures,
) -> bool {
    let collections = match shared.catalog.collections() {
        Ok(collections) => collections,
        Err(error) => {
            failures.note("the catalogue", &error.to_string());
            return true;
        }
    };
    let mut has_failed = false;
    for collection in collections {
        if shared.is_closing() {
            break;
        }
        match follow(shared, &collection, present) {
            Ok(()) => failures.over(&collection.spec.name),
            Err(error) => {
                failures.note(&collection.spec.name, &error.to_string());
                has_failed = true;
            }
        }
    }
    has_failed
}

fn follow(
    shared: &Shared,
    collection: &Collection,
    present: &mut HashMap<i64, Revision>,
) -> Result<(), MilvusError> {
    let revision = shared.catalog.revision(collection)?;
    let is_known = locked(&shared.slot(collection.id).following).is_checked;
    let was_followed = present.get(&collection.id) == Some(&revision);
    if is_known && was_followed || !is_known && revision == Revision::default() {
        return Ok(());
    }
    if shared.sync(collection)? == Synced::Whole {
        present.insert(collection.id, revision);
    }
    Ok(())
}

/// What fails again and again is said once.
#[derive(Default)]
struct Failures(HashMap<String, String>);

impl Failures {
    fn note(&mut self, what: &str, reason: &str) {
        let known = self.0.insert(what.to_owned(), reason.to_owned());
        if known.as_deref() != Some(reason) {
            tracing::warn!("Milvus does not follow {what}: {reason}; it is tried again");
        }
    }

    fn over(&mut self, what: &str) {
        if self.0.remove(what).is_some() {
            tracing::info!("Milvus follows {what} again");
        }
    }
}
