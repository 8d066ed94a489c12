//! Patents: the bibliographic data of a grant, shared by its items.

use rusqlite::{Connection, Row, params};
use serde::{Deserialize, Serialize};

use crate::{Annotations, CatalogError, annotations, stored};

/// Bibliographic data of a patent. Dates are YYYYMMDD integers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Patent {
    /// Canonical, such as `USD1107373`. Not serialised: the item carries it.
    #[serde(skip)]
    pub patent_id: String,
    /// Kind code, such as `S1`.
    pub kind: Option<String>,
    /// Title of the invention.
    pub title: Option<String>,
    /// Locarno class, such as `10-02`.
    pub loc_class: Option<String>,
    /// Edition of the Locarno classification.
    pub loc_edition: Option<String>,
    /// Further Locarno classes.
    pub further_loc_classes: Vec<String>,
    /// US class, such as `D14/486`.
    pub us_class: Option<String>,
    /// Further US classes.
    pub further_us_classes: Vec<String>,
    /// Number of the application, such as `29680800`.
    pub application_number: Option<String>,
    /// Date of grant.
    pub pub_date: Option<u32>,
    /// Date of filing.
    pub filing_date: Option<u32>,
    /// Years.
    pub grant_term: Option<u32>,
    /// Date of grant plus the term.
    pub expiry_date: Option<u32>,
    /// Organisation or person.
    pub applicant_name: Option<String>,
    /// Two-letter country code.
    pub applicant_country: Option<String>,
    /// Comma-separated.
    pub inventor_names: Option<String>,
    /// Organisation or person.
    pub assignee_name: Option<String>,
    /// The claim.
    pub claim_text: Option<String>,
    /// File names of the drawings, in order.
    pub images: Vec<String>,
    /// Number of drawings.
    pub image_count: u32,
    /// Number of figures, as the grant counts them.
    pub figure_count: Option<u32>,
    /// Number of drawing sheets, as the grant counts them.
    pub sheet_count: Option<u32>,
    /// What tables that people brought say of it. No grant writes it.
    #[serde(skip_serializing_if = "Annotations::is_empty")]
    pub annotations: Annotations,
}

pub(crate) const COLUMNS: &str = "patents.patent_id AS known_patent_id, patents.kind, patents.title, patents.loc_class, patents.loc_edition, \
     patents.further_loc_classes, patents.pub_date, patents.filing_date, patents.grant_term, \
     patents.expiry_date, patents.applicant_name, patents.applicant_country, \
     patents.inventor_names, patents.assignee_name, patents.claim_text, patents.images, \
     patents.image_count, patents.us_class, patents.further_us_classes, \
     patents.application_number, patents.figure_count, patents.sheet_count";

/// What tables say of the patent `{id}`, an expression of SQL.
pub(crate) fn annotations_column(id: &str) -> String {
    format!(
        "(SELECT attributes FROM patent_annotations WHERE patent_annotations.patent_id = {id}) \
         AS annotations"
    )
}

/// Reads [`COLUMNS`] and [`annotations_column`]; all null (no such patent row) gives the default.
pub(crate) fn from_row(row: &Row<'_>) -> Result<Patent, CatalogError> {
    let patent_id: Option<String> = row.get("known_patent_id")?;
    let patent_id = patent_id.unwrap_or_default();
    let list = |column: &str| -> Result<Vec<String>, CatalogError> {
        let text: Option<String> = row.get(column)?;
        let place = || format!("{column} of patent {patent_id}");
        text.map_or(Ok(Vec::new()), |text| stored::json(&text, place))
    };
    Ok(Patent {
        kind: row.get("kind")?,
        title: row.get("title")?,
        loc_class: row.get("loc_class")?,
        loc_edition: row.get("loc_edition")?,
        further_loc_classes: list("further_loc_classes")?,
        pub_date: row.get("pub_date")?,
        filing_date: row.get("filing_date")?,
        grant_term: row.get("grant_term")?,
        expiry_date: row.get("expiry_date")?,
        applicant_name: row.get("applicant_name")?,
        applicant_country: row.get("applicant_country")?,
        inventor_names: row.get("inventor_names")?,
        assignee_name: row.get("assignee_name")?,
        claim_text: row.get("claim_text")?,
        images: list("images")?,
        image_count: row.get::<_, Option<u32>>("image_count")?.unwrap_or(0),
        us_class: row.get("us_class")?,
        further_us_classes: list("further_us_classes")?,
        application_number: row.get("application_number")?,
        figure_count: row.get("figure_count")?,
        sheet_count: row.get("sheet_count")?,
        annotations: row.get::<_, Option<String>>("annotations")?.map_or_else(
            || Ok(Annotations::new()),
            |text| annotations::parsed(&text, &patent_id),
        )?,
        patent_id,
    })
}

pub(crate) fn find(connection: &Connection, id: &str) -> Result<Option<Patent>, CatalogError> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS}, {} FROM patents WHERE patent_id = ?1",
            annotations_column("patents.patent_id")
        ))?
        .query_and_then([id], from_row)?
        .next()
        .transpose()
}

/// Inserts the patent or replaces what is known of it.
pub(crate) fn upsert(connection: &Connection, patent: &Patent) -> Result<(), CatalogError> {
    let json = |list: &Vec<String>| serde_json::json!(list).to_string();
    let row: i64 = connection
        .prepare_cached(
            "INSERT INTO patents (patent_id, kind, title, loc_class, loc_edition, \
             further_loc_classes, pub_date, filing_date, grant_term, expiry_date, \
             applicant_name, applicant_country, inventor_names, assignee_name, claim_text, \
             images, image_count, us_class, further_us_classes, application_number, \
             figure_count, sheet_count) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, \
             ?18, ?19, ?20, ?21, ?22) \
             ON CONFLICT (patent_id) DO UPDATE SET kind = excluded.kind, title = excluded.title, \
             loc_class = excluded.loc_class, loc_edition = excluded.loc_edition, \
             further_loc_classes = excluded.further_loc_classes, pub_date = excluded.pub_date, \
             filing_date = excluded.filing_date, grant_term = excluded.grant_term, \
             expiry_date = excluded.expiry_date, applicant_name = excluded.applicant_name, \
             applicant_country = excluded.applicant_country, \
             inventor_names = excluded.inventor_names, assignee_name = excluded.assignee_name, \
             claim_text = excluded.claim_text, images = excluded.images, \
             image_count = excluded.image_count, us_class = excluded.us_class, \
             further_us_classes = excluded.further_us_classes, \
             application_number = excluded.application_number, \
             figure_count = excluded.figure_count, sheet_count = excluded.sheet_count \
             RETURNING id",
        )?
        .query_row(
            params![
                patent.patent_id,
                patent.kind,
                patent.title,
                patent.loc_class,
                patent.loc_edition,
                json(&patent.further_loc_classes),
                patent.pub_date,
                patent.filing_date,
                patent.grant_term,
                patent.expiry_date,
                patent.applicant_name,
                patent.applicant_country,
                patent.inventor_names,
                patent.assignee_name,
                patent.claim_text,
                json(&patent.images),
                patent.image_count,
                patent.us_class,
                json(&patent.further_us_classes),
                patent.application_number,
                patent.figure_count,
                patent.sheet_count
            ],
            |row| row.get(0),
        )?;
    connection
        .prepare_cached("DELETE FROM patent_titles WHERE rowid = ?1")?
        .execute([row])?;
    connection
        .prepare_cached("INSERT INTO patent_titles (rowid, title) VALUES (?1, ?2)")?
        .execute(params![row, patent.title])?;
    Ok(())
}
