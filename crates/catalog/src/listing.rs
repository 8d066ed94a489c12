//! Items in order, a page at a time.
//!
//! Every order has an index (see `schema`), which is walked until the page is full: the first
//! pages take as long for a million items as for a thousand. Where few items take part, these
//! are looked up and sorted instead, since a walk would pass most of the others first. What has
//! no value to sort by comes last in both directions, by id.

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use crate::{Catalog, CatalogError, Collection};

/// Items up to which sorting them is preferred to a walk. Measured with a million items on two busy
/// cores of a Sapphire Rapids (`examples/lists.rs`): 2000 that lie anywhere are looked up and
/// sorted in 30 ms; a walk that lets one in 500 pass fills a page of 50 in 5 ms, by date in 40 ms.
pub const FEW_ITEMS: usize = 2_000;

/// What a list is sorted by; ties go by id, in the same direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SortKey {
    /// The order in which items came.
    #[default]
    Id,
    /// When they came.
    CreatedAt,
    /// By code points.
    FileName,
    /// Those without a patent last.
    PatentId,
    /// Date of the grant; those without one last.
    PubDate,
    /// Bytes.
    FileSize,
}

/// Which end comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// The smallest, earliest first.
    #[default]
    Asc,
    /// The largest, latest first.
    Desc,
}

/// The items that a list is of.
#[derive(Clone, Copy)]
pub enum Among<'a> {
    /// All of the collection.
    All,
    /// These; meant for at most [`FEW_ITEMS`].
    Few(&'a [u64]),
    /// Those that pass; meant for more.
    Passing(Passing<'a>),
}

/// What a walk lets through.
#[derive(Clone, Copy)]
pub struct Passing<'a> {
    /// Whether an item does.
    pub passes: &'a dyn Fn(u64) -> bool,
    /// No patent granted before this day (YYYYMMDD) passes: a walk by date begins there.
    pub pub_date_from: Option<u32>,
    /// No patent granted after this day passes.
    pub pub_date_to: Option<u32>,
}

impl<'a> Passing<'a> {
    /// Those that `passes` says, of any date.
    #[must_use]
    pub fn new(passes: &'a dyn Fn(u64) -> bool) -> Self {
        Self {
            passes,
            pub_date_from: None,
            pub_date_to: None,
        }
    }
}

/// The part of a list that is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// Items left out at its beginning.
    pub offset: u64,
    /// Items at most.
    pub limit: usize,
}

impl Catalog {
    /// Number of the collection's items.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn count_items(&self, collection: &Collection) -> Result<u64, CatalogError> {
        self.read(|connection| count(connection, collection.id))
    }

    /// Ids of a collection's items in order.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn sorted_items(
        &self,
        collection: &Collection,
        among: Among<'_>,
        key: SortKey,
        direction: Direction,
        window: Window,
    ) -> Result<Vec<u64>, CatalogError> {
        self.read(|connection| {
            // A walk in the order of patents passes those of other collections.
            let is_small =
                || count(connection, collection.id).map(|count| count <= FEW_ITEMS as u64);
            match among {
                Among::Few(ids) => {
                    sort(connection, collection.id, Some(ids), key, direction, window)
                }
                Among::All if is_small()? => {
                    sort(connection, collection.id, None, key, direction, window)
                }
                Among::All => {
                    let all = Passing::new(&|_| true);
                    walk(connection, collection.id, all, key, direction, window)
                }
                Among::Passing(passing) => {
                    walk(connection, collection.id, passing, key, direction, window)
                }
            }
        })
    }
}

fn count(connection: &Connection, collection_id: i64) -> Result<u64, CatalogError> {
    let count = connection
        .prepare_cached("SELECT items FROM collection_numbers WHERE collection_id = ?1")?
        .query_row([collection_id], |row| row.get(0))
        .optional()?;
    Ok(count.unwrap_or_default())
}

fn sort(
    connection: &Connection,
    collection_id: i64,
    ids: Option<&[u64]>,
    key: SortKey,
    direction: Direction,
    window: Window,
) -> Result<Vec<u64>, CatalogError> {
    let (column, join) = match key {
        SortKey::Id => ("items.id", ""),
        SortKey::CreatedAt => ("items.created_at", ""),
        SortKey::FileName => ("items.file_name", ""),
        SortKey::PatentId => ("items.patent_id", ""),
        SortKey::PubDate => (
            "patents.pub_date",
            "LEFT JOIN patents ON patents.patent_id = items.patent_id",
        ),
        SortKey::FileSize => ("items.size_bytes", ""),
    };
    let among = match ids {
        Some(_) => "items.id IN (SELECT value FROM json_each(?2))",
        None => "?2 IS NULL",
    };
    let direction = direction.sql();
    let sql = format!(
        "SELECT items.id FROM items {join} WHERE items.collection_id = ?1 AND {among} \
         ORDER BY {column} IS NULL, {column} {direction}, items.id {direction} LIMIT ?3 OFFSET ?4"
    );
    let ids = ids.map(|ids| serde_json::json!(ids).to_string());
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(
        params![collection_id, ids, window.limit, window.offset],
        |row| row.get(0),
    )?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn walk(
    connection: &Connection,
    collection_id: i64,
    passing: Passing<'_>,
    key: SortKey,
    direction: Direction,
    window: Window,
) -> Result<Vec<u64>, CatalogError> {
    let mut found = Vec::new();
    let mut to_skip = window.offset;
    let dates = (passing.pub_date_from, passing.pub_date_to);
    for part in parts(key) {
        let sql = part.replace("{}", direction.sql());
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = match statement.parameter_count() {
            1 => statement.query([collection_id])?,
            _ => statement.query(params![
                collection_id,
                dates.0.unwrap_or(0),
                dates.1.unwrap_or(u32::MAX)
            ])?,
        };
        while found.len() < window.limit {
            let Some(row) = rows.next()? else { break };
            let id: u64 = row.get(0)?;
            if !(passing.passes)(id) {
                continue;
            }
            match to_skip {
                0 => found.push(id),
                _ => to_skip -= 1,
            }
        }
    }
    Ok(found)
}

/// Statements that give all items of collection `?1` in order, one after another; `{}` is the
/// direction, `?2` and `?3` the first and last day where there is one.
fn parts(key: SortKey) -> &'static [&'static str] {
    match key {
        SortKey::Id => &["SELECT id FROM items INDEXED BY items_by_collection \
             WHERE collection_id = ?1 ORDER BY id {}"],
        SortKey::CreatedAt => &["SELECT id FROM items INDEXED BY items_by_created_at \
             WHERE collection_id = ?1 ORDER BY created_at {}, id {}"],
        SortKey::FileName => &[
            "SELECT id FROM items INDEXED BY items_by_collection_and_name \
             WHERE collection_id = ?1 ORDER BY file_name {}, id {}",
        ],
        SortKey::PatentId => &[
            "SELECT id FROM items INDEXED BY items_by_patent \
             WHERE collection_id = ?1 AND patent_id IS NOT NULL ORDER BY patent_id {}, id {}",
            "SELECT id FROM items INDEXED BY items_by_patent \
             WHERE collection_id = ?1 AND patent_id IS NULL ORDER BY id {}",
        ],
        // Only the items of one day are sorted at a time.
        SortKey::PubDate => &[
            "SELECT items.id FROM patents INDEXED BY patents_by_pub_date CROSS JOIN items \
             INDEXED BY items_by_patent ON items.collection_id = ?1 \
             AND items.patent_id = patents.patent_id WHERE patents.pub_date BETWEEN ?2 AND ?3 \
             ORDER BY patents.pub_date {}, items.id {}",
            "SELECT id FROM items WHERE collection_id = ?1 AND NOT EXISTS \
             (SELECT 1 FROM patents WHERE patents.patent_id = items.patent_id \
             AND pub_date IS NOT NULL) ORDER BY id {}",
        ],
        SortKey::FileSize => &["SELECT id FROM items INDEXED BY items_by_size \
             WHERE collection_id = ?1 ORDER BY size_bytes {}, id {}"],
    }
}

impl Direction {
    fn sql(self) -> &'static str {
        match self {
            Self::Asc => "ASC",
            Self::Desc => "DESC",
        }
    }
}
