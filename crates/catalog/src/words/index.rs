//! Keeps the index of words up to date.

use std::collections::HashMap;

use rusqlite::{Connection, params};

use super::terms::indexed;
use crate::{CatalogError, GrantDetails, stored};

/// Items that are read before their words are written.
const BATCH: usize = 1000;

/// Characters of all figures' descriptions of a patent, at most: they repeat each other.
const MOST_FIGURE_TEXT: usize = 4000;

/// What a patent says, as the index takes it.
struct PatentWords {
    title: String,
    claim: String,
    names: String,
    figures: String,
}

/// An item whose words are to be indexed.
struct Changed {
    item: i64,
    patent: Option<String>,
    description: Option<String>,
    tags: String,
    file_name: String,
    captions: Option<String>,
}

/// Indexes the words of the items that have changed since the last time.
pub(crate) fn refresh(connection: &Connection) -> Result<(), CatalogError> {
    // In the order of ids, those of a patent follow each other.
    let mut patents: HashMap<String, PatentWords> = HashMap::new();
    loop {
        let changed = changed(connection)?;
        if changed.is_empty() {
            return Ok(());
        }
        if patents.len() > BATCH {
            patents.clear();
        }
        for item in &changed {
            if let Some(patent) = &item.patent
                && !patents.contains_key(patent)
            {
                patents.insert(patent.clone(), patent_words(connection, patent)?);
            }
            write(
                connection,
                item,
                item.patent.as_ref().and_then(|id| patents.get(id)),
            )?;
        }
        let last = changed.last().map_or(0, |item| item.item);
        connection
            .prepare_cached("DELETE FROM items_to_index WHERE item_id <= ?1")?
            .execute([last])?;
    }
}

fn changed(connection: &Connection) -> Result<Vec<Changed>, CatalogError> {
    let mut statement = connection.prepare_cached(
        "SELECT items.id, items.patent_id, description, tags, file_name, \
            (SELECT group_concat(coalesce(label, '') || ' ' || coalesce(embeddings.view, ''), ' ') \
             FROM embeddings WHERE embeddings.content_id = items.content_id \
             AND embeddings.collection_id = items.collection_id \
             AND (label IS NOT NULL OR embeddings.view IS NOT NULL)) \
         FROM items_to_index JOIN items ON items.id = item_id ORDER BY item_id LIMIT ?1",
    )?;
    let rows = statement.query_map([BATCH], |row| {
        Ok(Changed {
            item: row.get(0)?,
            patent: row.get(1)?,
            description: row.get(2)?,
            tags: row.get(3)?,
            file_name: row.get(4)?,
            captions: row.get(5)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn patent_words(connection: &Connection, patent: &str) -> Result<PatentWords, CatalogError> {
    let mut statement = connection.prepare_cached(
        "SELECT coalesce(title, ''), coalesce(claim_text, ''), \
            coalesce(applicant_name, '') || ' ' || coalesce(inventor_names, '') || ' ' || \
            coalesce(assignee_name, ''), details \
         FROM (SELECT ?1 AS wanted) LEFT JOIN patents ON patents.patent_id = wanted \
         LEFT JOIN grant_details ON grant_details.patent_id = wanted",
    )?;
    let (title, claim, names, details): (String, String, String, Option<String>) = statement
        .query_row([patent], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })?;
    let mut figures = String::new();
    // Damaged details are reported where they are shown.
    let details: Option<GrantDetails> =
        details.and_then(|details| serde_json::from_str(&details).ok());
    for figure in details.map(|details| details.figures).unwrap_or_default() {
        if figures.len() < MOST_FIGURE_TEXT {
            figures.push_str(&figure.description);
            figures.push(' ');
        }
    }
    Ok(PatentWords {
        title: indexed(&title),
        claim: indexed(&claim),
        names: indexed(&names),
        figures: indexed(&figures),
    })
}

fn write(
    connection: &Connection,
    item: &Changed,
    patent: Option<&PatentWords>,
) -> Result<(), CatalogError> {
    let of_patent = |part: fn(&PatentWords) -> &String| patent.map_or("", |patent| part(patent));
    let place = || format!("tags of item {}", item.item);
    let tags: Vec<String> = stored::json(&item.tags, place)?;
    connection
        .prepare_cached("DELETE FROM item_words WHERE rowid = ?1")?
        .execute([item.item])?;
    connection
        .prepare_cached(
            "INSERT INTO item_words (rowid, title, description, tags, claim, names, figures) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            item.item,
            of_patent(|patent| &patent.title),
            indexed(item.description.as_deref().unwrap_or_default()),
            indexed(&tags.join(" ")),
            of_patent(|patent| &patent.claim),
            format!(
                "{} {}",
                of_patent(|patent| &patent.names),
                indexed(&item.file_name)
            ),
            format!(
                "{} {}",
                of_patent(|patent| &patent.figures),
                indexed(item.captions.as_deref().unwrap_or_default())
            ),
        ])?;
    Ok(())
}
