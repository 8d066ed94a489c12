//! Collections: named sets of items with one encoder, preprocessing, metric and index.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Serialize;

use lookalike_terms::{IndexKind, Metric, PreprocessKind};

use crate::{CatalogError, contents, dropped, stored};

/// Names of successors begin with this, as no other name may.
const HIDDEN: char = '.';

/// The name of the successor of the collection of that name, as long as it is not complete.
pub(crate) fn successor_name(name: &str) -> String {
    format!("{HIDDEN}{name}")
}

pub(crate) fn is_hidden(name: &str) -> bool {
    name.starts_with(HIDDEN)
}

/// What a collection is made with. Encoder, preprocessing and metric never change after.
#[derive(Clone, Debug)]
pub struct NewCollection {
    /// 1 to 64 letters of any script, digits, `-`, `_` or `.`, beginning with a letter or digit.
    pub name: String,
    /// The encoder's name or folder; `None` when vectors are brought along.
    pub model: Option<String>,
    /// Identity of the encoder's weights, so that another model under the same name is noticed.
    pub model_fingerprint: Option<String>,
    /// Length of the embeddings.
    pub dim: usize,
    /// How pictures are prepared; `None` when vectors are brought along.
    pub preprocess: Option<PreprocessKind>,
    /// Input size of the preprocessing in pixels.
    pub size: Option<u32>,
    /// How embeddings are compared.
    pub metric: Metric,
    /// Index kind as asked for.
    pub index_kind: IndexKind,
    /// Whether embeddings are stored L2-normalised.
    pub normalize: bool,
}

/// A stored collection.
#[derive(Clone, Debug)]
pub struct Collection {
    /// Row id.
    pub id: i64,
    /// What it was made with.
    pub spec: NewCollection,
    /// Unix seconds.
    pub created_at: i64,
}

/// Where a collection's set of embeddings stands; readers compare two to see whether something
/// changed, and [`Catalog::changes_since`](crate::Catalog::changes_since) tells what.
///
/// Ids of collections are never used again, also after one was dropped: an id and a revision
/// together name one state of one collection, as long as the catalogue is not replaced by an
/// older copy of itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Revision {
    /// Highest item id, 0 without items; grows with every addition, falls when the newest
    /// items are removed.
    pub last_item: i64,
    /// Counts removals and replacements of items; when it differs, more than additions after
    /// `last_item` has happened. -1 for a collection that was dropped.
    pub removals: i64,
}

/// Numbers about a collection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CollectionStats {
    /// Items.
    pub items: u64,
    /// Distinct files among them.
    pub contents: u64,
    /// Distinct patents among them.
    pub patents: u64,
    /// Bytes of the originals, each distinct content once.
    pub original_bytes: u64,
    /// Bytes of the stored embeddings.
    pub embedding_bytes: u64,
    /// Items by image format.
    pub formats: BTreeMap<String, u64>,
}

const COLUMNS: &str = "id, name, model, model_fingerprint, dim, preprocess, size, metric, \
                       index_kind, normalize, created_at";

fn from_row(row: &Row<'_>) -> Result<Collection, CatalogError> {
    let name: String = row.get("name")?;
    let of = |what: &str| format!("{what} of collection `{name}`");
    let preprocess: Option<String> = row.get("preprocess")?;
    let preprocess = preprocess.map(|text| stored::named(&text, || of("preprocessing")));
    let metric: String = row.get("metric")?;
    let index_kind: String = row.get("index_kind")?;
    Ok(Collection {
        id: row.get("id")?,
        spec: NewCollection {
            model: row.get("model")?,
            model_fingerprint: row.get("model_fingerprint")?,
            dim: row.get("dim")?,
            preprocess: preprocess.transpose()?,
            size: row.get("size")?,
            metric: stored::named(&metric, || of("metric"))?,
            index_kind: stored::named(&index_kind, || of("index kind"))?,
            normalize: row.get("normalize")?,
            name,
        },
        created_at: row.get("created_at")?,
    })
}

pub(crate) fn list(connection: &Connection) -> Result<Vec<Collection>, CatalogError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM collections WHERE substr(name, 1, 1) <> ?1 ORDER BY name"
    ))?;
    statement
        .query_and_then([HIDDEN.to_string()], from_row)?
        .collect()
}

pub(crate) fn find(
    connection: &Connection,
    name: &str,
) -> Result<Option<Collection>, CatalogError> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM collections WHERE name = ?1"
        ))?
        .query_and_then([name], from_row)?
        .next()
        .transpose()
}

pub(crate) fn revision(connection: &Connection, id: i64) -> Result<Revision, CatalogError> {
    let last_item = connection
        .prepare_cached("SELECT coalesce(max(id), 0) FROM items WHERE collection_id = ?1")?
        .query_row([id], |row| row.get(0))?;
    let removals = connection
        .prepare_cached("SELECT removals FROM collections WHERE id = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()?
        .unwrap_or(-1);
    Ok(Revision {
        last_item,
        removals,
    })
}

pub(crate) fn create(
    connection: &Connection,
    spec: &NewCollection,
    now: i64,
) -> Result<Collection, CatalogError> {
    check_new_name(connection, &spec.name)?;
    insert(connection, spec, now)
}

pub(crate) fn check_new_name(connection: &Connection, name: &str) -> Result<(), CatalogError> {
    let name = name.to_owned();
    if !is_valid_name(&name) {
        return Err(CatalogError::BadCollectionName { name });
    }
    match find(connection, &name)? {
        Some(_) => Err(CatalogError::CollectionExists { name }),
        None => Ok(()),
    }
}

/// Creates a collection whatever its name.
pub(crate) fn insert(
    connection: &Connection,
    spec: &NewCollection,
    now: i64,
) -> Result<Collection, CatalogError> {
    connection.execute(
        "INSERT INTO collections (name, model, model_fingerprint, dim, preprocess, size, metric, \
         index_kind, normalize, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        params![
            spec.name,
            spec.model,
            spec.model_fingerprint,
            spec.dim,
            spec.preprocess.map(PreprocessKind::name),
            spec.size,
            spec.metric.to_string(),
            spec.index_kind.to_string(),
            spec.normalize,
            now
        ],
    )?;
    Ok(Collection {
        id: connection.last_insert_rowid(),
        spec: spec.clone(),
        created_at: now,
    })
}

/// Deletes a collection with its items and embeddings, and releases its contents.
pub(crate) fn drop(connection: &Connection, id: i64, now: i64) -> Result<(), CatalogError> {
    dropped::remember(connection, id, now)?;
    contents::release_all(connection, id)?;
    dropped::empty_trash(connection, id)?;
    for sql in [
        // First, so that nothing is counted down one by one.
        "DELETE FROM collection_numbers WHERE collection_id = ?1",
        "DELETE FROM collection_formats WHERE collection_id = ?1",
        "DELETE FROM paths WHERE collection_id = ?1",
        "DELETE FROM deletions WHERE collection_id = ?1",
        "DELETE FROM items WHERE collection_id = ?1",
        "DELETE FROM embeddings WHERE collection_id = ?1",
        "DELETE FROM changed_items WHERE collection_id = ?1",
        "DELETE FROM collections WHERE id = ?1",
    ] {
        connection.execute(sql, [id])?;
    }
    Ok(())
}

pub(crate) fn stats(connection: &Connection, id: i64) -> Result<CollectionStats, CatalogError> {
    let mut formats = connection.prepare_cached(
        "SELECT format, items FROM collection_formats WHERE collection_id = ?1 AND items > 0",
    )?;
    let formats = formats
        .query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    let numbers = connection
        .prepare_cached(
            "SELECT items, contents, patents, original_bytes, embedding_bytes \
             FROM collection_numbers WHERE collection_id = ?1",
        )?
        .query_row([id], |row| {
            Ok(CollectionStats {
                items: row.get(0)?,
                contents: row.get(1)?,
                patents: row.get(2)?,
                original_bytes: row.get(3)?,
                embedding_bytes: row.get(4)?,
                formats,
            })
        })
        .optional()?;
    // None of a collection that was dropped meanwhile.
    Ok(numbers.unwrap_or_default())
}

/// Characters of a name.
const MOST_CHARACTERS: usize = 64;

/// Signs that words of some scripts need and that Unicode counts neither as letters nor as digits:
/// marks of tones and of vowels that are left out.
const SIGNS_IN_WORDS: &[RangeInclusive<char>] = &[
    // Devanagari, Bengali, Gurmukhi, Gujarati, Oriya.
    '\u{093c}'..='\u{093c}',
    '\u{094d}'..='\u{094d}',
    '\u{09bc}'..='\u{09bc}',
    '\u{09cd}'..='\u{09cd}',
    '\u{0a3c}'..='\u{0a3c}',
    '\u{0a4d}'..='\u{0a4d}',
    '\u{0abc}'..='\u{0abc}',
    '\u{0acd}'..='\u{0acd}',
    '\u{0b3c}'..='\u{0b3c}',
    '\u{0b4d}'..='\u{0b4d}',
    // Tamil, Telugu, Kannada, Malayalam, Sinhala.
    '\u{0bcd}'..='\u{0bcd}',
    '\u{0c4d}'..='\u{0c4d}',
    '\u{0cbc}'..='\u{0cbc}',
    '\u{0ccd}'..='\u{0ccd}',
    '\u{0d4d}'..='\u{0d4d}',
    '\u{0dca}'..='\u{0dca}',
    // Thai, Lao, Burmese, Khmer.
    '\u{0e38}'..='\u{0e4e}',
    '\u{0eb8}'..='\u{0ecd}',
    '\u{1037}'..='\u{1037}',
    '\u{1039}'..='\u{103a}',
    '\u{17d2}'..='\u{17d2}',
];

/// Nothing that has a meaning in a path, in an address or on a command line, and nothing that can't
/// be seen.
fn is_valid_name(name: &str) -> bool {
    let of_words =
        |c: char| c.is_alphanumeric() || SIGNS_IN_WORDS.iter().any(|signs| signs.contains(&c));
    name.starts_with(char::is_alphanumeric)
        && name
            .chars()
            .all(|c| of_words(c) || matches!(c, '-' | '_' | '.'))
        && name.chars().count() <= MOST_CHARACTERS
}
