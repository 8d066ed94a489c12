//! Patents: what hits and lists show of them, and what else their grants tell.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::ListedItem;
use crate::convert::{Of, same_fields};

/// Bibliographic data of a patent. Dates are YYYYMMDD integers.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[serde(default)]
pub struct Patent {
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
    /// What tables that were joined by number say of it (`lookalike annotate`), by column: text, or a
    /// list of texts.
    #[schema(value_type = Object)]
    pub annotations: Map<String, Value>,
}

impl From<lookalike_catalog::Patent> for Patent {
    fn from(patent: lookalike_catalog::Patent) -> Self {
        let lookalike_catalog::Patent {
            // Shown beside it.
            patent_id: _,
            kind,
            title,
            loc_class,
            loc_edition,
            further_loc_classes,
            us_class,
            further_us_classes,
            application_number,
            pub_date,
            filing_date,
            grant_term,
            expiry_date,
            applicant_name,
            applicant_country,
            inventor_names,
            assignee_name,
            claim_text,
            images,
            image_count,
            figure_count,
            sheet_count,
            annotations,
        } = patent;
        Self {
            kind,
            title,
            loc_class,
            loc_edition,
            further_loc_classes,
            us_class,
            further_us_classes,
            application_number,
            pub_date,
            filing_date,
            grant_term,
            expiry_date,
            applicant_name,
            applicant_country,
            inventor_names,
            assignee_name,
            claim_text,
            images,
            image_count,
            figure_count,
            sheet_count,
            annotations,
        }
    }
}

impl Of<lookalike_catalog::Patent> for Patent {
    fn of(patent: lookalike_catalog::Patent) -> Self {
        patent.into()
    }
}

/// What is known of a patent.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PatentReport {
    /// Canonical, such as `USD1107373`.
    pub patent_id: String,
    /// Its data; all null when no grant was imported.
    #[serde(flatten)]
    pub patent: Patent,
    /// What else its grant tells.
    #[serde(flatten)]
    pub details: GrantDetails,
    /// Those of the cited patents of which something is known here.
    pub cites: Vec<CitedPatent>,
    /// The patents known here that cite it.
    pub cited_by: Vec<CitedPatent>,
    /// `in_force` or `expired` today.
    pub status: Option<&'static str>,
    /// Its items by collection and page, front-page copies among them.
    pub items: Vec<ListedItem>,
}

same_fields!(lookalike_engine::library::PatentReport => PatentReport {
    patent_id, patent, details, cites, cited_by, status, items,
});

/// A patent at the other end of a citation, if something is known of it here.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CitedPatent {
    /// Canonical.
    pub patent_id: String,
    /// Its title.
    pub title: Option<String>,
    /// As written: `cited by examiner`, `cited by applicant`.
    pub category: Option<String>,
}

same_fields!(lookalike_catalog::CitedPatent => CitedPatent { patent_id, title, category });

/// What a grant tells beyond `Patent`. Dates are YYYYMMDD integers.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
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

same_fields!(lookalike_catalog::GrantDetails => GrantDetails {
    field_of_search, priorities, hague, relations, examiners, figures, citations,
});

/// An earlier application whose date is claimed.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[serde(default)]
pub struct Priority {
    /// Country or office, two letters.
    pub country: Option<String>,
    /// As written.
    pub number: Option<String>,
    /// Date of filing.
    pub date: Option<u32>,
}

same_fields!(lookalike_catalog::Priority => Priority { country, number, date });

/// An international registration.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
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

same_fields!(lookalike_catalog::HagueRegistration => HagueRegistration {
    registration_number, filing_date, registration_date, publication_date,
});

/// How an application descends from another.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
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

same_fields!(lookalike_catalog::Relation => Relation {
    kind, application_number, parent_application_number, parent_date, parent_patent,
});

/// An examiner.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[serde(default)]
pub struct Examiner {
    /// First and last name.
    pub name: String,
    /// Art unit.
    pub department: Option<String>,
    /// `primary` or `assistant`.
    pub rank: String,
}

same_fields!(lookalike_catalog::Examiner => Examiner { name, department, rank });

/// What the description says of a figure.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[serde(default)]
pub struct FigureDescription {
    /// Its number as written: `3`, `3A`, `1.2`.
    pub label: String,
    /// Such as `is a left side elevational view thereof`.
    pub description: String,
    /// The side shown, such as `left`.
    pub view: Option<String>,
}

same_fields!(lookalike_catalog::FigureDescription => FigureDescription {
    label, description, view,
});

/// A cited document.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
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

same_fields!(lookalike_catalog::Citation => Citation {
    patent_id, document, date, name, category, us_class,
});
