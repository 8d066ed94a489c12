//! What a grant tells beyond what lists, filters and hits need: citations, relations, figures.
//!
//! Apart from the patents' rows, which are read for every hit: a grant may cite a thousand
//! documents. Kept as one JSON text, since it is read whole or not at all; only which patent
//! cites which is a table, to be asked from the other side.

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use crate::{CatalogError, stored};

/// What a grant tells beyond [`crate::Patent`]. Dates are YYYYMMDD integers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GrantDetails {
    /// Where the examiner looked: US classes and ranges of them (`D28/46-48`), CPC symbols.
    pub field_of_search: Vec<String>,
    /// Earlier applications whose dates are claimed.
    pub priorities: Vec<Priority>,
    /// The international registration (Hague Agreement) that it rests on.
    pub hague: Option<HagueRegistration>,
    /// Applications that it descends from.
    pub relations: Vec<Relation>,
    /// Who examined it.
    pub examiners: Vec<Examiner>,
    /// What the description says of each figure.
    pub figures: Vec<FigureDescription>,
    /// What is cited, in order.
    pub citations: Vec<Citation>,
}

/// An earlier application whose date is claimed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Priority {
    /// Country or office, two letters.
    pub country: Option<String>,
    /// As written.
    pub number: Option<String>,
    /// Date of filing.
    pub date: Option<u32>,
}

/// An international registration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HagueRegistration {
    /// Such as `DM/086123`.
    pub registration_number: Option<String>,
    /// Date of the international filing.
    pub filing_date: Option<u32>,
    /// Date of registration.
    pub registration_date: Option<u32>,
    /// Date of publication by the international bureau.
    pub publication_date: Option<u32>,
}

/// How an application descends from another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Relation {
    /// `continuation`, `continuation_in_part`, `division`, `reissue`, `substitution`,
    /// `reexamination`, `provisional` or `related_publication`.
    pub kind: String,
    /// Number of the descending application.
    pub application_number: Option<String>,
    /// Number of the application that it descends from.
    pub parent_application_number: Option<String>,
    /// Day on which that was filed.
    pub parent_date: Option<u32>,
    /// The patent that it led to: canonical if a design, else as written.
    pub parent_patent: Option<String>,
}

/// An examiner.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Examiner {
    /// First and last name.
    pub name: String,
    /// Art unit.
    pub department: Option<String>,
    /// `primary` or `assistant`.
    pub rank: String,
}

/// What the description says of a figure.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FigureDescription {
    /// Its number as written: `3`, `3A`, `1.2`.
    pub label: String,
    /// Such as `is a left side elevational view thereof`.
    pub description: String,
    /// The side shown, such as `left`.
    pub view: Option<String>,
}

/// A cited document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Citation {
    /// Canonical, if a US design patent or re-issue.
    pub patent_id: Option<String>,
    /// Any other patent by country, number and kind, such as `US 4621424 A`; other documents in
    /// the grant's words.
    pub document: Option<String>,
    /// Date of publication; day 00 (month 00) where only the month (the year) is known.
    pub date: Option<u32>,
    /// First inventor or owner, as written.
    pub name: Option<String>,
    /// As written: `cited by examiner`, `cited by applicant`.
    pub category: Option<String>,
    /// US class of the cited document.
    pub us_class: Option<String>,
}

/// A patent at the other end of a citation, if something is known of it here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CitedPatent {
    /// Canonical.
    pub patent_id: String,
    /// Its title.
    pub title: Option<String>,
    /// As written: `cited by examiner`, `cited by applicant`.
    pub category: Option<String>,
}

pub(crate) fn find(
    connection: &Connection,
    patent_id: &str,
) -> Result<Option<GrantDetails>, CatalogError> {
    let text: Option<String> = connection
        .prepare_cached("SELECT details FROM grant_details WHERE patent_id = ?1")?
        .query_row([patent_id], |row| row.get(0))
        .optional()?;
    let place = || format!("grant details of patent {patent_id}");
    text.map(|text| stored::json(&text, place)).transpose()
}

/// Stores or replaces the details of a patent.
pub(crate) fn set(
    connection: &Connection,
    patent_id: &str,
    details: &GrantDetails,
) -> Result<(), CatalogError> {
    connection
        .prepare_cached(
            "INSERT INTO grant_details (patent_id, details) VALUES (?1, ?2) \
             ON CONFLICT (patent_id) DO UPDATE SET details = excluded.details",
        )?
        .execute(params![patent_id, serde_json::json!(details).to_string()])?;
    connection
        .prepare_cached("DELETE FROM patent_citations WHERE citing = ?1")?
        .execute([patent_id])?;
    // Somebody may cite the same twice; the first says by whom.
    let mut insert = connection.prepare_cached(
        "INSERT INTO patent_citations (cited, citing, category) VALUES (?1, ?2, ?3) \
         ON CONFLICT DO NOTHING",
    )?;
    for citation in &details.citations {
        if let Some(cited) = &citation.patent_id {
            insert.execute(params![cited, patent_id, citation.category])?;
        }
    }
    Ok(())
}

/// What `patent_id` cites of what is known here, by grant or by images.
pub(crate) fn cites(
    connection: &Connection,
    patent_id: &str,
) -> Result<Vec<CitedPatent>, CatalogError> {
    cited_patents(
        connection,
        "SELECT cited, title, category FROM patent_citations \
         LEFT JOIN patents ON patents.patent_id = cited WHERE citing = ?1 \
         AND (patents.id IS NOT NULL OR EXISTS (SELECT 1 FROM collections JOIN items \
         ON items.collection_id = collections.id AND items.patent_id = cited)) ORDER BY cited",
        patent_id,
    )
}

/// Who cites `patent_id`, of what is known here.
pub(crate) fn cited_by(
    connection: &Connection,
    patent_id: &str,
) -> Result<Vec<CitedPatent>, CatalogError> {
    cited_patents(
        connection,
        "SELECT citing, title, category FROM patent_citations \
         LEFT JOIN patents ON patents.patent_id = citing WHERE cited = ?1 ORDER BY citing",
        patent_id,
    )
}

fn cited_patents(
    connection: &Connection,
    sql: &str,
    patent_id: &str,
) -> Result<Vec<CitedPatent>, CatalogError> {
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([patent_id], |row| {
        Ok(CitedPatent {
            patent_id: row.get(0)?,
            title: row.get(1)?,
            category: row.get(2)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
