//! Reading from a catalogue.

use std::collections::HashMap;

use crate::collections::is_hidden;
use crate::{
    Catalog, CatalogError, CitedPatent, Collection, CollectionStats, Content, Expression,
    GrantDetails, Item, Job, JobFailure, KnownPath, Patent, PatentPage, Revision, collections,
    contents, embeddings, filter, grant_details, items, jobs, patents, paths,
};

impl Catalog {
    /// All collections by name.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn collections(&self) -> Result<Vec<Collection>, CatalogError> {
        self.read(collections::list)
    }

    /// The collection named `name`.
    ///
    /// # Errors
    /// [`CatalogError::NoCollection`], or the catalogue can't be read.
    pub fn collection(&self, name: &str) -> Result<Collection, CatalogError> {
        self.find_collection(name)?
            .ok_or_else(|| CatalogError::NoCollection {
                name: name.to_owned(),
            })
    }

    /// The collection named `name`, if there is one.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn find_collection(&self, name: &str) -> Result<Option<Collection>, CatalogError> {
        if is_hidden(name) {
            return Ok(None);
        }
        self.read(|connection| collections::find(connection, name))
    }

    /// Whether a collection may be made under that name.
    ///
    /// # Errors
    /// [`CatalogError::BadCollectionName`], [`CatalogError::CollectionExists`], or the
    /// catalogue can't be read.
    pub fn check_new_name(&self, name: &str) -> Result<(), CatalogError> {
        self.read(|connection| collections::check_new_name(connection, name))
    }

    /// Where the collection's embeddings stand. Cheap: two index look-ups.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn revision(&self, collection: &Collection) -> Result<Revision, CatalogError> {
        self.read(|connection| collections::revision(connection, collection.id))
    }

    /// Counts and sizes. Cost: a scan of the collection's items.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn stats(&self, collection: &Collection) -> Result<CollectionStats, CatalogError> {
        self.read(|connection| collections::stats(connection, collection.id))
    }

    /// Of the patents in a collection: the first day on which one was granted, the last one, and how
    /// many such days there are. `None` where no day is known.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn days_of_grants(
        &self,
        collection: &Collection,
    ) -> Result<Option<(u32, u32, u64)>, CatalogError> {
        self.read(|connection| {
            let days = connection
                .prepare_cached(
                    "SELECT min(pub_date), max(pub_date), count(DISTINCT pub_date) FROM patents \
                     WHERE patent_id IN (SELECT patent_id FROM items WHERE collection_id = ?1)",
                )?
                .query_row([collection.id], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
                })?;
            Ok(match days {
                (Some(first), Some(last), count) => Some((first, last, count)),
                _ => None,
            })
        })
    }

    /// Ids of the collection's items that pass `filter`, ascending.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn matching_items(
        &self,
        collection: &Collection,
        filter: &Expression,
    ) -> Result<Vec<u64>, CatalogError> {
        self.read(|connection| filter::matching(connection, collection.id, filter))
    }

    /// The items with these ids that exist, by ascending id.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn items(&self, ids: &[u64]) -> Result<Vec<Item>, CatalogError> {
        self.read(|connection| items::by_ids(connection, ids))
    }

    /// Those that are in the trash, as the items that they were.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn items_in_trash(&self, ids: &[u64]) -> Result<Vec<Item>, CatalogError> {
        self.read(|connection| items::trashed_by_ids(connection, ids))
    }

    /// The newest item of that file name.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn item_by_file_name(&self, file_name: &str) -> Result<Option<Item>, CatalogError> {
        self.read(|connection| items::newest_by_file_name(connection, file_name))
    }

    /// The collection's items of these patents, by ascending id.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn items_of_patents(
        &self,
        collection: &Collection,
        patent_ids: &[String],
    ) -> Result<Vec<PatentPage>, CatalogError> {
        self.read(|connection| items::pages_of_patents(connection, collection.id, patent_ids))
    }

    /// The patents of those of these items that have one.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn patents_of_items(&self, ids: &[u64]) -> Result<HashMap<u64, String>, CatalogError> {
        self.read(|connection| items::patents_of(connection, ids))
    }

    /// The MD5 sums of the files of items, in hexadecimal, by id.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn md5s_of_items(&self, ids: &[u64]) -> Result<HashMap<u64, String>, CatalogError> {
        self.read(|connection| items::md5s_of(connection, ids))
    }

    /// What is known of a patent.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn patent(&self, patent_id: &str) -> Result<Option<Patent>, CatalogError> {
        self.read(|connection| patents::find(connection, patent_id))
    }

    /// What else the grant of a patent tells; nothing of a patent without one.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn grant_details(&self, patent_id: &str) -> Result<Option<GrantDetails>, CatalogError> {
        self.read(|connection| grant_details::find(connection, patent_id))
    }

    /// Those of the patents that a patent cites of which something is known here, by number.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn cites(&self, patent_id: &str) -> Result<Vec<CitedPatent>, CatalogError> {
        self.read(|connection| grant_details::cites(connection, patent_id))
    }

    /// The patents whose grants cite a patent, by number.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn cited_by(&self, patent_id: &str) -> Result<Vec<CitedPatent>, CatalogError> {
        self.read(|connection| grant_details::cited_by(connection, patent_id))
    }

    /// What was recorded of the file at `path` when it was imported.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn known_path(
        &self,
        collection: &Collection,
        path: &str,
    ) -> Result<Option<KnownPath>, CatalogError> {
        self.read(|connection| paths::known_path(connection, collection.id, path))
    }

    /// Calls `each` for every file at or below `root` that an item was seen under and that is
    /// not marked missing, all from one snapshot.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn paths_below(
        &self,
        collection: &Collection,
        root: &str,
        each: impl FnMut(&str),
    ) -> Result<(), CatalogError> {
        self.read(|connection| paths::paths_below(connection, collection.id, root, each))
    }

    /// The job with that id.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn job(&self, id: i64) -> Result<Option<Job>, CatalogError> {
        self.read(|connection| jobs::find(connection, id))
    }

    /// At most `limit` jobs, lock, the newest first.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn jobs(&self, limit: usize) -> Result<Vec<Job>, CatalogError> {
        self.read(|connection| jobs::newest(connection, limit))
    }

    /// Jobs that are waiting or running, or were when their process ended; the oldest first.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn unfinished_jobs(&self) -> Result<Vec<Job>, CatalogError> {
        self.read(jobs::unfinished)
    }

    /// The first `limit` files that failed in a job.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn job_failures(&self, id: i64, limit: usize) -> Result<Vec<JobFailure>, CatalogError> {
        self.read(|connection| jobs::failures(connection, id, limit))
    }

    /// Paths, at most `limit`, under which the collection's items of this content were seen
    /// and that are not marked missing.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn paths_of_content(
        &self,
        collection: &Collection,
        md5: &str,
        limit: usize,
    ) -> Result<Vec<String>, CatalogError> {
        self.read(|connection| paths::paths_of_content(connection, collection.id, md5, limit))
    }

    /// The content with these bytes.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn content(&self, md5: &str) -> Result<Option<Content>, CatalogError> {
        self.read(|connection| contents::by_md5(connection, md5))
    }

    /// Calls `each` for every content, all from one snapshot.
    ///
    /// # Errors
    /// Those of `each`, or the catalogue can't be read.
    pub fn each_content<E: From<CatalogError>>(
        &self,
        mut each: impl FnMut(Content) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut result = Ok(());
        self.read(|connection| {
            contents::each(connection, |content| {
                result = each(content);
                result.is_ok()
            })
        })?;
        result
    }

    /// Whether the collection has an embedding of the content with these bytes.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn has_embedding(&self, collection: &Collection, md5: &str) -> Result<bool, CatalogError> {
        self.read(|connection| embeddings::has(connection, collection.id, md5))
    }

    /// The embedding of the first figure of the content with these bytes.
    ///
    /// # Errors
    /// The stored vector is damaged, or the catalogue can't be read.
    pub fn embedding_of_content(
        &self,
        collection: &Collection,
        md5: &str,
    ) -> Result<Option<Vec<f32>>, CatalogError> {
        self.read(|connection| embeddings::of_content(connection, collection, md5))
    }

    /// The embedding of the collection's item with this external id.
    ///
    /// # Errors
    /// The stored vector is damaged, or the catalogue can't be read.
    pub fn embedding_of_external_id(
        &self,
        collection: &Collection,
        external_id: &str,
    ) -> Result<Option<Vec<f32>>, CatalogError> {
        self.read(|connection| embeddings::of_external_id(connection, collection, external_id))
    }
}
