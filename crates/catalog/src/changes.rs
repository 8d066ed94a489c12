//! What has changed in a collection's embeddings since a follower last looked.
//!
//! Additions show by their ids. Everything else (items removed, items that describe another
//! content) is in a log that is written with the change, so that an index follows one
//! removal without reading a million vectors again.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, Rows, params};

use crate::{Catalog, CatalogError, Collection, Revision, collections, embeddings};

/// Numbers of `removals` that the log of a collection reaches back. Whoever is further behind
/// reloads: that takes about as long.
const KEPT: i64 = 1_000_000;

/// An item's embeddings as stored, with what a search needs to know of it.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredItem {
    /// The item.
    pub item_id: u64,
    /// Whether it is a front-page copy, which rankings leave out by default.
    pub front_page: bool,
    /// The embeddings of its figures, by figure index; at least one.
    pub vectors: Vec<Vec<f32>>,
}

/// What became of an item.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// It is gone, or has no embedding any more.
    Removed(u64),
    /// It is new, or its embeddings or flag may be others than before: this is what holds now.
    Stored(StoredItem),
}

impl Catalog {
    /// Calls `each` for what changed after the revision `since` of the same collection, all from
    /// one snapshot, and returns the snapshot's revision: first the items up to
    /// `since.last_item` that were removed or changed, then every embedding of those above it,
    /// each by ascending id and no item twice. After [`Revision::default`] that is every
    /// embedding of the collection.
    ///
    /// # Errors
    /// [`CatalogError::UnknownRevision`], before the first call, when `since` is no earlier state
    /// of the collection (which was dropped, or the file is an older copy) or the log does not
    /// reach back to it: then whatever was made of `since` has to be made again. A stored vector is
    /// damaged, or the catalogue can't be read.
    pub fn changes_since(
        &self,
        collection: &Collection,
        since: &Revision,
        mut each: impl FnMut(Change),
    ) -> Result<Revision, CatalogError> {
        self.read(|connection| {
            let snapshot = connection.unchecked_transaction()?;
            let revision = collections::revision(&snapshot, collection.id)?;
            if since.last_item > 0 {
                if !leads_to(&snapshot, collection.id, since, &revision)? {
                    return Err(CatalogError::UnknownRevision {
                        collection: collection.spec.name.clone(),
                    });
                }
                changed(&snapshot, collection, since, &mut each)?;
            }
            added(&snapshot, collection, since.last_item, i64::MAX, &mut each)?;
            Ok(revision)
        })
    }

    /// The first changes after `since`, as [`Catalog::changes_since`] gives them, with the additions
    /// cut off after `most` items; and the revision that whoever applied them stands at, which is
    /// `since` where nothing happened. For followers that take long and resume where they were.
    ///
    /// # Errors
    /// As [`Catalog::changes_since`].
    pub fn next_changes(
        &self,
        collection: &Collection,
        since: &Revision,
        most: usize,
    ) -> Result<(Vec<Change>, Revision), CatalogError> {
        self.read(|connection| {
            let snapshot = connection.unchecked_transaction()?;
            let mut revision = collections::revision(&snapshot, collection.id)?;
            let mut changes = Vec::new();
            let mut each = |change| changes.push(change);
            if since.last_item > 0 {
                if !leads_to(&snapshot, collection.id, since, &revision)? {
                    return Err(CatalogError::UnknownRevision {
                        collection: collection.spec.name.clone(),
                    });
                }
                changed(&snapshot, collection, since, &mut each)?;
            }
            let end = nth_after(&snapshot, collection.id, since.last_item, most)?;
            if let Some(end) = end {
                revision.last_item = end;
            }
            added(
                &snapshot,
                collection,
                since.last_item,
                revision.last_item,
                &mut each,
            )?;
            Ok((changes, revision))
        })
    }

    /// Whether more than `most` items came after the revision `since`.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn has_grown_by(
        &self,
        collection: &Collection,
        since: &Revision,
        most: usize,
    ) -> Result<bool, CatalogError> {
        self.read(|connection| {
            let next = nth_after(connection, collection.id, since.last_item, most + 1)?;
            Ok(next.is_some())
        })
    }

    /// Calls `each` for those of the items `ids` that the collection has embeddings of, by ascending
    /// id.
    ///
    /// # Errors
    /// A stored vector is damaged, or the catalogue can't be read.
    pub fn stored_items(
        &self,
        collection: &Collection,
        ids: &[u64],
        mut each: impl FnMut(StoredItem),
    ) -> Result<(), CatalogError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT items.id, front_page, vector FROM items JOIN embeddings \
                 ON embeddings.content_id = items.content_id \
                 AND embeddings.collection_id = items.collection_id \
                 WHERE +items.collection_id = ?1 \
                 AND items.id IN (SELECT value FROM json_each(?2)) \
                 ORDER BY items.id, figure_index",
            )?;
            let ids = serde_json::json!(ids).to_string();
            let rows = statement.query(params![collection.id, ids])?;
            gather(rows, collection, &mut |change| {
                if let Change::Stored(stored) = change {
                    each(stored);
                }
            })
        })
    }
}

/// The id of the collection's `count`th item after the item `after`; `None` where there are fewer.
fn nth_after(
    connection: &Connection,
    collection_id: i64,
    after: i64,
    count: usize,
) -> Result<Option<i64>, CatalogError> {
    let before = count.saturating_sub(1);
    Ok(connection
        .prepare_cached(
            "SELECT id FROM items WHERE collection_id = ?1 AND id > ?2 \
             ORDER BY id LIMIT 1 OFFSET ?3",
        )?
        .query_row(params![collection_id, after, before], |row| row.get(0))
        .optional()?)
}

/// Counts a change of items that are no longer what they were, and writes them down.
pub(crate) fn record(
    connection: &Connection,
    collection_id: i64,
    ids: &[i64],
) -> Result<(), CatalogError> {
    if ids.is_empty() {
        return Ok(());
    }
    let number: i64 = connection
        .prepare_cached(
            "UPDATE collections SET removals = removals + 1 WHERE id = ?1 RETURNING removals",
        )?
        .query_row([collection_id], |row| row.get(0))?;
    connection
        .prepare_cached(
            "INSERT INTO changed_items (collection_id, removals, item_id) \
             SELECT ?1, ?2, value FROM json_each(?3)",
        )?
        .execute(params![
            collection_id,
            number,
            serde_json::json!(ids).to_string()
        ])?;
    connection
        .prepare_cached("DELETE FROM changed_items WHERE collection_id = ?1 AND removals <= ?2")?
        .execute([collection_id, number - KEPT])?;
    Ok(())
}

/// Whether the log tells all that lies between two revisions of a collection.
fn leads_to(
    connection: &Connection,
    collection_id: i64,
    since: &Revision,
    present: &Revision,
) -> Result<bool, CatalogError> {
    if since.removals > present.removals {
        return Ok(false);
    }
    let reaches_back = since.removals == present.removals
        || connection
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM changed_items \
                 WHERE collection_id = ?1 AND removals = ?2 + 1)",
            )?
            .query_row([collection_id, since.removals], |row| row.get(0))?;
    // An item that is neither here nor was ever removed belongs to another course of events.
    let knows_the_last = connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM items WHERE collection_id = ?1 AND id = ?3) \
             OR EXISTS (SELECT 1 FROM changed_items \
             WHERE collection_id = ?1 AND removals > ?2 AND item_id = ?3)",
        )?
        .query_row([collection_id, since.removals, since.last_item], |row| {
            row.get(0)
        })?;
    Ok(reaches_back && knows_the_last)
}

fn changed(
    connection: &Connection,
    collection: &Collection,
    since: &Revision,
    each: &mut impl FnMut(Change),
) -> Result<(), CatalogError> {
    let mut statement = connection.prepare_cached(
        "SELECT changed.item_id, front_page, vector FROM \
         (SELECT DISTINCT item_id FROM changed_items \
         WHERE collection_id = ?1 AND removals > ?2 AND item_id <= ?3) AS changed \
         LEFT JOIN items ON items.id = changed.item_id AND items.collection_id = ?1 \
         LEFT JOIN embeddings ON embeddings.content_id = items.content_id \
         AND embeddings.collection_id = ?1 ORDER BY changed.item_id, figure_index",
    )?;
    let rows = statement.query([collection.id, since.removals, since.last_item])?;
    gather(rows, collection, each)
}

fn added(
    connection: &Connection,
    collection: &Collection,
    after: i64,
    up_to: i64,
    each: &mut impl FnMut(Change),
) -> Result<(), CatalogError> {
    let mut statement = connection.prepare_cached(
        "SELECT items.id, front_page, vector FROM items JOIN embeddings \
         ON embeddings.content_id = items.content_id \
         AND embeddings.collection_id = items.collection_id \
         WHERE items.collection_id = ?1 AND items.id > ?2 AND items.id <= ?3 \
         ORDER BY items.id, figure_index",
    )?;
    let rows = statement.query([collection.id, after, up_to])?;
    gather(rows, collection, each)
}

/// Puts the figures of an item together. Rows are item, flag and vector, those of an item one
/// after the other; no vector where the item has none.
fn gather(
    mut rows: Rows<'_>,
    collection: &Collection,
    each: &mut impl FnMut(Change),
) -> Result<(), CatalogError> {
    let mut item: Option<StoredItem> = None;
    while let Some(row) = rows.next()? {
        let item_id: u64 = row.get(0)?;
        let ValueRef::Blob(bytes) = row.get_ref(2)? else {
            // In order: what is gathered belongs to an item before.
            if let Some(whole) = item.take() {
                each(Change::Stored(whole));
            }
            each(Change::Removed(item_id));
            continue;
        };
        let place = || format!("embedding of item {item_id}");
        let vector = embeddings::checked(bytes, collection, place)?;
        match &mut item {
            Some(item) if item.item_id == item_id => item.vectors.push(vector),
            other => {
                let next = StoredItem {
                    item_id,
                    front_page: row.get(1)?,
                    vectors: vec![vector],
                };
                if let Some(whole) = other.replace(next) {
                    each(Change::Stored(whole));
                }
            }
        }
    }
    if let Some(whole) = item {
        each(Change::Stored(whole));
    }
    Ok(())
}
