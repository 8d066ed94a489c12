//! Changing a catalogue: all changes go through transactions.

use std::sync::PoisonError;

use lookalike_terms::Turn;
use rusqlite::{Transaction, TransactionBehavior};

use crate::collections::successor_name;
use crate::{
    Catalog, CatalogError, Collection, Content, GrantDetails, JobCounts, JobFailure, JobState,
    NewCollection, NewFigures, NewItem, Patent, Placed, WriteTransaction, collections, contents,
    embeddings, figures, grant_details, items, jobs, patents, paths, placing, word_templates,
    words,
};

impl Catalog {
    /// Runs `changes` in one transaction at time `now` (Unix seconds); an error undoes all.
    ///
    /// # Errors
    /// Those of `changes`, or the catalogue was opened for reading or can't be written.
    pub fn write<T, E: From<CatalogError>>(
        &self,
        now: i64,
        changes: impl FnOnce(&WriteTransaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.transact(now, changes, |transaction| Ok(transaction.commit()?))
    }

    /// As [`Catalog::write`], for changes that no search depends on: [`Catalog::version`] stays
    /// as it is, so that nothing remembered of searches is forgotten for them.
    ///
    /// # Errors
    /// As [`Catalog::write`].
    pub fn write_aside<T, E: From<CatalogError>>(
        &self,
        now: i64,
        changes: impl FnOnce(&WriteTransaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        // The writer is held meanwhile, and other processes don't write.
        self.transact(now, changes, |transaction| {
            let commit = || Ok(transaction.commit()?);
            self.lock_watcher().pass_over(self.file(), commit)
        })
    }

    fn transact<T, E: From<CatalogError>>(
        &self,
        now: i64,
        changes: impl FnOnce(&WriteTransaction<'_>) -> Result<T, E>,
        commit: impl FnOnce(Transaction<'_>) -> Result<(), CatalogError>,
    ) -> Result<T, E> {
        let writer = self.writer().ok_or_else(|| CatalogError::Locked {
            directory: self.directory().to_path_buf(),
            owner: None,
        })?;
        let mut connection = writer.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(CatalogError::from)?;
        let result = changes(&WriteTransaction {
            connection: &transaction,
            now,
        })?;
        words::refresh(&transaction)?;
        commit(transaction)?;
        Ok(result)
    }

    /// Makes what was committed survive a loss of power. Commits alone survive the end of the
    /// process, but the last ones may be undone by such a loss, and their item ids be given out
    /// again: whoever keeps something elsewhere under a [`crate::Revision`] calls this before.
    ///
    /// # Errors
    /// The catalogue was opened for reading or can't be written.
    pub fn make_durable(&self) -> Result<(), CatalogError> {
        let writer = self.writer().ok_or_else(|| CatalogError::Locked {
            directory: self.directory().to_path_buf(),
            owner: None,
        })?;
        let connection = writer.lock().unwrap_or_else(PoisonError::into_inner);
        // The log is synchronised before it is copied; readers are not waited for.
        connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
        Ok(())
    }
}

impl WriteTransaction<'_> {
    /// Creates a collection.
    ///
    /// # Errors
    /// The name is taken or not allowed, or the catalogue can't be written.
    pub fn create_collection(&self, spec: &NewCollection) -> Result<Collection, CatalogError> {
        collections::create(self.connection, spec, self.now)
    }

    /// Drops a collection with all its items, and a successor that was begun; returns the contents
    /// nothing uses any more. Vector stores are to let go of both, see
    /// [`Catalog::dropped_collections`].
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn drop_collection(&self, collection: &Collection) -> Result<Vec<Content>, CatalogError> {
        let successor = successor_name(&collection.spec.name);
        if let Some(successor) = collections::find(self.connection, &successor)? {
            collections::drop(self.connection, successor.id, self.now)?;
        }
        collections::drop(self.connection, collection.id, self.now)?;
        word_templates::forget(self.connection, &collection.spec.name)?;
        contents::remove_unused(self.connection)
    }

    /// Stores or replaces what is known of a patent.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn upsert_patent(&self, patent: &Patent) -> Result<(), CatalogError> {
        patents::upsert(self.connection, patent)
    }

    /// Whether anything is known of a patent.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn has_patent(&self, patent_id: &str) -> Result<bool, CatalogError> {
        Ok(patents::find(self.connection, patent_id)?.is_some())
    }

    /// Stores or replaces what else the grant of a patent tells.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn set_grant_details(
        &self,
        patent_id: &str,
        details: &GrantDetails,
    ) -> Result<(), CatalogError> {
        grant_details::set(self.connection, patent_id, details)
    }

    /// Adds an item with its figures; the embedding of the whole alone is one figure, `None`
    /// means those that the collection has of the same content.
    ///
    /// # Errors
    /// An embedding's length is not the collection's, there are too many figures or none, or the
    /// catalogue can't be written.
    pub fn place_item<'f>(
        &self,
        collection: &Collection,
        item: &NewItem,
        figures: impl Into<NewFigures<'f>>,
    ) -> Result<Placed, CatalogError> {
        let content_id = contents::upsert(self.connection, &item.content)?;
        figures::store(self.connection, collection, content_id, figures.into())?;
        placing::place(self.connection, collection.id, content_id, item, self.now)
    }

    /// Adds figures of a content that is there already.
    ///
    /// # Errors
    /// There is no such content, or as [`WriteTransaction::place_item`].
    pub fn add_figures<'f>(
        &self,
        collection: &Collection,
        md5: &str,
        figures: impl Into<NewFigures<'f>>,
    ) -> Result<(), CatalogError> {
        let content_id = contents::id(self.connection, md5)?;
        figures::store(self.connection, collection, content_id, figures.into())
    }

    /// Notes what makes the picture of a content upright, and its sides then in pixels. One that
    /// is known stays.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn set_turn(&self, md5: &str, turn: Turn, sides: (u32, u32)) -> Result<(), CatalogError> {
        contents::set_turn(self.connection, md5, turn, sides)
    }

    /// The embedding of the first figure of the content with these bytes, as this transaction sees
    /// it.
    ///
    /// # Errors
    /// The stored vector is damaged, or the catalogue can't be read.
    pub fn embedding_of_content(
        &self,
        collection: &Collection,
        md5: &str,
    ) -> Result<Option<Vec<f32>>, CatalogError> {
        embeddings::of_content(self.connection, collection, md5)
    }

    /// Whether the collection has an embedding of the content with these bytes.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn has_embedding(&self, collection: &Collection, md5: &str) -> Result<bool, CatalogError> {
        embeddings::has(self.connection, collection.id, md5)
    }

    /// The embedding of the collection's item with this external id, as this transaction
    /// sees it.
    ///
    /// # Errors
    /// The stored vector is damaged, or the catalogue can't be read.
    pub fn embedding_of_external_id(
        &self,
        collection: &Collection,
        external_id: &str,
    ) -> Result<Option<Vec<f32>>, CatalogError> {
        embeddings::of_external_id(self.connection, collection, external_id)
    }

    /// Whether the collection has an item of that file name and content. An item that has an
    /// external id is not meant by another `external_id`.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn has_item(
        &self,
        collection: &Collection,
        file_name: &str,
        md5: &str,
        external_id: Option<&str>,
    ) -> Result<bool, CatalogError> {
        embeddings::has_item(self.connection, collection.id, file_name, md5, external_id)
    }

    /// Removes items; returns how many there were, and the contents nothing uses any more.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn remove_items(
        &self,
        collection: &Collection,
        ids: &[u64],
    ) -> Result<(usize, Vec<Content>), CatalogError> {
        let removed = items::remove(self.connection, collection.id, ids)?;
        Ok((removed, contents::remove_unused(self.connection)?))
    }

    /// Marks the file at `path` as gone; returns whether it was known and not marked yet.
    /// Importing it again takes the mark away.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn mark_missing(&self, collection: &Collection, path: &str) -> Result<bool, CatalogError> {
        paths::mark_missing(self.connection, collection.id, path, self.now)
    }

    /// Adds a job to the queue; returns its id.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn add_job(&self, collection: &str, request: &str) -> Result<i64, CatalogError> {
        jobs::add(self.connection, collection, request, self.now)
    }

    /// Marks a job as running, with nothing counted yet.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn start_job(&self, id: i64) -> Result<(), CatalogError> {
        jobs::start(self.connection, id, self.now)
    }

    /// Records how far a job is.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn count_job(
        &self,
        id: i64,
        counts: &JobCounts,
        elapsed_ms: u64,
    ) -> Result<(), CatalogError> {
        jobs::count(self.connection, id, counts, elapsed_ms)
    }

    /// Records a file that failed in a job.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn add_job_failure(&self, id: i64, failure: &JobFailure) -> Result<(), CatalogError> {
        jobs::add_failure(self.connection, id, failure)
    }

    /// Records how a job ended, or that it waits again.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn finish_job(
        &self,
        id: i64,
        state: JobState,
        message: Option<&str>,
    ) -> Result<(), CatalogError> {
        jobs::finish(self.connection, id, state, message, self.now)
    }
}
