//! The store.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use lookalike_storage::{
    Catalog, Collection, DroppedCollection, ExactItems, Hit, IndexState, RemoteHealth, RowId,
    Scope, Upkeep, VectorError, VectorQuery, VectorStore,
};

use crate::calls;
use crate::error::MilvusError;
use crate::index::IndexMade;
use crate::shared::{Shared, View};
use crate::sync::Synced;
use crate::syncer::Syncer;
use crate::{MilvusIndex, MilvusSettings};

/// Searches the embeddings of a [`Catalog`] in Milvus.
pub struct MilvusVectors {
    /// Before what it shares: its thread has ended when that goes. Only the owner has one.
    _syncer: Option<Syncer>,
    shared: Arc<Shared>,
}

impl MilvusVectors {
    /// A store over `catalog`, with what it notes in `directory`. Nothing is asked of Milvus yet, and
    /// it may be away.
    ///
    /// # Errors
    /// A setting is no good, such as certificates that can't be read.
    pub fn new(
        catalog: Arc<Catalog>,
        directory: &Path,
        upkeep: Upkeep,
        settings: &MilvusSettings,
    ) -> Result<Self, String> {
        let shared = Arc::new(Shared::new(catalog, directory, upkeep, settings)?);
        Ok(Self {
            _syncer: (upkeep == Upkeep::Owner).then(|| Syncer::start(&shared)),
            shared,
        })
    }

    fn answer<T>(&self, result: Result<T, MilvusError>) -> Result<T, VectorError> {
        result.map_err(|error| error.into_vector_error(self.shared.client.address()))
    }
}

impl Shared {
    fn scores(
        &self,
        collection: &Collection,
        query: &[f32],
        items: &[u64],
    ) -> Result<Vec<Option<Hit>>, MilvusError> {
        let exact = ExactItems::new(collection, &self.items(collection, items)?)?;
        Ok(exact.scores(query, items)?)
    }

    /// Rows that searches find: those of Milvus that still hold, and those that it lacks.
    fn count(&self, view: &View) -> Result<u64, MilvusError> {
        let new = view.unsynced.vectors();
        let Some(record) = &view.record else {
            return Ok(new);
        };
        let remote = self.remote(&record.name);
        let last = record.last_item.cast_unsigned();
        let up_to = RowId::new(last, u8::MAX).number();
        let changed = view.unsynced.changed().iter().copied();
        let changed: Vec<u64> = changed.filter(|item| *item <= last).collect();
        // One question: the syncer may be putting the changed ones right now.
        let expression = match &changed[..] {
            [] => format!("id <= {up_to}"),
            changed => format!("id <= {up_to} and item_id not in {changed:?}"),
        };
        Ok(remote.count(&expression, record.timestamp)? + new)
    }

    fn state(&self, collection: &Collection) -> Result<IndexState, MilvusError> {
        let view = self.view(collection)?;
        let vectors = match self.count(&view) {
            Err(error) if error.is_no_collection() => {
                self.doubt(collection);
                self.count(&self.view(collection)?)?
            }
            counted => counted?,
        };
        let kind = MilvusIndex::of(collection.spec.index_kind, self.auto_index);
        let made = view.record.map(|record| record.index);
        let made = made.unwrap_or_else(|| IndexMade::choose(kind, vectors));
        let slot = self.slot(collection.id);
        Ok(IndexState {
            params: made.told(),
            kind: made.kind,
            is_building: slot.is_building.load(Ordering::Relaxed),
            vectors,
            memory_bytes: 0,
        })
    }
}

impl VectorStore for MilvusVectors {
    fn search(
        &self,
        collection: &Collection,
        queries: &[Vec<f32>],
        wanted: &VectorQuery<'_>,
    ) -> Result<Vec<Vec<Hit>>, VectorError> {
        wanted.check(collection, queries)?;
        self.answer(self.shared.search(collection, queries, wanted))
    }

    fn each_hit(
        &self,
        collection: &Collection,
        query: &[f32],
        scope: &Scope<'_>,
        each: &mut dyn FnMut(Hit),
    ) -> Result<(), VectorError> {
        let queries = [query.to_vec()];
        scope.check(collection, &queries)?;
        let mut each = |_, hit| each(hit);
        self.answer(self.shared.walk(collection, &queries, scope, &mut each))
    }

    fn scores(
        &self,
        collection: &Collection,
        query: &[f32],
        items: &[u64],
    ) -> Result<Vec<Option<Hit>>, VectorError> {
        Scope::default().check(collection, &[query.to_vec()])?;
        self.answer(self.shared.scores(collection, query, items))
    }

    fn state(&self, collection: &Collection) -> Result<IndexState, VectorError> {
        self.answer(self.shared.state(collection))
    }

    fn settle(&self, collection: &Collection) -> Result<(), VectorError> {
        self.answer(self.shared.settle(collection).map(|_: Synced| ()))
    }

    fn rebuild(&self, collection: &Collection) -> Result<(), VectorError> {
        self.answer(self.shared.rebuild(collection))
    }

    fn forget(&self, collection: &DroppedCollection) -> Result<(), VectorError> {
        self.answer(self.shared.forget(collection))
    }

    fn health(&self) -> Option<RemoteHealth> {
        Some(RemoteHealth {
            kind: "milvus",
            address: self.shared.client.address().to_owned(),
            version: self.answer(calls::version(&self.shared.client)),
        })
    }

    fn differences(&self, collection: &Collection) -> Result<Vec<String>, VectorError> {
        self.answer(self.shared.differences(collection))
    }
}
