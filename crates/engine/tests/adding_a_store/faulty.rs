//! A store that answers wrongly, or not at all.

use std::time::Duration;

use lookalike_storage::{
    Collection, DroppedCollection, Hit, IndexState, Scope, VectorError, VectorQuery, VectorStore,
};

use crate::toy::ToyVectors;

/// What is done to the answers of a store.
pub(crate) type Spoil = fn(&mut Vec<Hit>);

pub(crate) enum Fault {
    /// Answers of searches are spoiled.
    Wrong(Spoil),
    /// It can't be reached; after how long it may be tried again.
    Away(Option<Duration>),
}

pub(crate) struct Faulty {
    pub(crate) store: ToyVectors,
    pub(crate) fault: Fault,
}

impl Faulty {
    fn reached(&self) -> Result<&ToyVectors, VectorError> {
        match self.fault {
            Fault::Wrong(_) => Ok(&self.store),
            Fault::Away(retry_after) => Err(VectorError::Unavailable {
                store: "toy:1".into(),
                retry_after,
                source: "connection refused".into(),
            }),
        }
    }
}

impl VectorStore for Faulty {
    fn search(
        &self,
        collection: &Collection,
        queries: &[Vec<f32>],
        wanted: &VectorQuery<'_>,
    ) -> Result<Vec<Vec<Hit>>, VectorError> {
        let mut answers = self.reached()?.search(collection, queries, wanted)?;
        if let Fault::Wrong(spoil) = self.fault {
            answers.iter_mut().for_each(spoil);
        }
        Ok(answers)
    }

    fn each_hit(
        &self,
        collection: &Collection,
        query: &[f32],
        scope: &Scope<'_>,
        each: &mut dyn FnMut(Hit),
    ) -> Result<(), VectorError> {
        self.reached()?.each_hit(collection, query, scope, each)
    }

    fn scores(
        &self,
        collection: &Collection,
        query: &[f32],
        items: &[u64],
    ) -> Result<Vec<Option<Hit>>, VectorError> {
        self.reached()?.scores(collection, query, items)
    }

    fn state(&self, collection: &Collection) -> Result<IndexState, VectorError> {
        self.reached()?.state(collection)
    }

    fn settle(&self, collection: &Collection) -> Result<(), VectorError> {
        self.reached()?.settle(collection)
    }

    fn rebuild(&self, collection: &Collection) -> Result<(), VectorError> {
        self.reached()?.rebuild(collection)
    }

    fn forget(&self, collection: &DroppedCollection) -> Result<(), VectorError> {
        self.reached()?.forget(collection)
    }
}
