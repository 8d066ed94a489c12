//! A design patent as its grant XML tells it.

mod citations;
mod doctype;
mod encoding;
mod entities;
mod error;
mod filing;
mod images;
mod party;
mod reader;
mod record;
mod split;
mod tag;
mod views;

pub use citations::{Citation, Cited};
pub use error::{GrantError, GrantErrorKind};
pub use filing::{Examiner, ExaminerRank, Hague, ParentPatent, Priority, Relation, RelationKind};
pub use split::Grants;

use crate::PatentId;
use crate::date::add_years;

/// The bibliographic data, claim and list of images of one design patent.
///
/// Texts have their markup removed and white space collapsed, and are never
/// cut. Dates are YYYYMMDD.
#[derive(Clone, Debug, PartialEq)]
pub struct Grant {
    /// `publication-reference/document-id`.
    pub patent_id: PatentId,
    /// Kind code: `S1` for designs, `E1` for re-issues.
    pub kind: Option<String>,
    /// `invention-title`.
    pub title: Option<String>,
    /// Main Locarno class as `10-02`.
    pub loc_class: Option<String>,
    /// Edition of the Locarno classification, as written.
    pub loc_edition: Option<String>,
    /// Further Locarno classes as `10-02`, without repetition, in order.
    pub further_loc_classes: Vec<String>,
    /// Main class of the US classification, such as `D14/486`.
    pub us_class: Option<String>,
    /// Further US classes, without repetition, in order.
    pub further_us_classes: Vec<String>,
    /// Where the examiner looked: US classes and ranges of them (`D28/46-48`),
    /// CPC symbols (`B26B 21/14-227`).
    pub field_of_search: Vec<String>,
    /// Day of grant.
    pub pub_date: Option<u32>,
    /// Day of filing; for international designs without a US one, the
    /// international filing date.
    pub filing_date: Option<u32>,
    /// As written, such as `29680800`.
    pub application_number: Option<String>,
    /// Earlier applications whose dates are claimed.
    pub priorities: Vec<Priority>,
    /// The international registration, if it rests on one.
    pub hague: Option<Hague>,
    /// Applications that it descends from.
    pub relations: Vec<Relation>,
    /// Who examined it, the primary examiner first.
    pub examiners: Vec<Examiner>,
    /// Term in years: as written, else 15, or 14 when filed before 2015-05-13.
    pub grant_term: Option<u32>,
    /// First applicant: the organisation, else first and last name.
    pub applicant_name: Option<String>,
    /// Country of the first applicant, two letters.
    pub applicant_country: Option<String>,
    /// First and last names of the inventors, comma-separated.
    pub inventor_names: Option<String>,
    /// First assignee.
    pub assignee_name: Option<String>,
    /// The claim.
    pub claim_text: Option<String>,
    /// `drawings/figure/img`, in order, each file once.
    pub images: Vec<GrantImage>,
    /// Length of `images`.
    pub image_count: u32,
    /// Number of figures, as the XML counts them.
    pub figure_count: Option<u32>,
    /// Number of drawing sheets, as the XML counts them; the front-page copy is none.
    pub sheet_count: Option<u32>,
    /// What the description says of each figure.
    pub figures: Vec<Figure>,
    /// What is cited, in order.
    pub citations: Vec<Citation>,
    /// What was wrong and how it was read, for the import's report.
    pub warnings: Vec<String>,
}

/// One image that the XML lists.
#[derive(Clone, Debug, PartialEq)]
pub struct GrantImage {
    /// File name without folders.
    pub file: String,
    /// Printed width in millimetres.
    pub width_mm: Option<f32>,
    /// Printed height in millimetres.
    pub height_mm: Option<f32>,
    /// `portrait` or `landscape`, as written, in lower case.
    pub orientation: Option<String>,
}

/// What the description says of one figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// Number of the figure: 3 for `FIG. 3`, `FIG. 3A` and `FIG. 3.1`.
    pub figure: u32,
    /// The number as written: `3`, `3A`, `3.1`.
    pub label: String,
    /// The side shown, when the text names one.
    pub view: Option<View>,
    /// The text after the figure's number, such as `is a left side view thereof`.
    pub description: String,
}

/// A side or manner in which a design is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum View {
    /// Any perspective or isometric view, whatever side it is taken from.
    Perspective,
    /// Front elevation.
    Front,
    /// Rear elevation.
    Back,
    /// Left side.
    Left,
    /// Right side.
    Right,
    /// Top plan.
    Top,
    /// Bottom plan.
    Bottom,
    /// A side, not said which.
    Side,
    /// A cross-section.
    Section,
    /// An enlarged portion.
    Detail,
    /// Parts drawn apart.
    Exploded,
}

impl View {
    /// The lower-case word that items and filters carry.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Perspective => "perspective",
            Self::Front => "front",
            Self::Back => "back",
            Self::Left => "left",
            Self::Right => "right",
            Self::Top => "top",
            Self::Bottom => "bottom",
            Self::Side => "side",
            Self::Section => "section",
            Self::Detail => "detail",
            Self::Exploded => "exploded",
        }
    }
}

/// How the images that a grant lists and the files beside it differ.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImageComparison {
    /// Listed in the XML, not among the files.
    pub missing: Vec<String>,
    /// Among the files, named like this patent's sheets, not listed in the XML.
    pub unlisted: Vec<String>,
}

impl Grant {
    /// Day of grant plus the term; the last day in force. A grant of 29 February
    /// ends on 28 February where the later year has no 29th. `None` without a
    /// day of grant or a term.
    pub fn expiry_date(&self) -> Option<u32> {
        Some(add_years(self.pub_date?, self.grant_term?))
    }
}

/// Largest document that is read: the longest design grants are under 1 MB;
/// utility grants with sequence listings, refused anyway, reach tens.
pub const MAX_DOCUMENT_BYTES: usize = 64 << 20;

/// What a description says of figures: `FIG. 3 is a left side elevational view
/// thereof; FIGS. 4-6 are ...`, and `1.2 : Front` at its beginning.
pub fn figure_descriptions(text: &str) -> Vec<Figure> {
    views::parse_figures(text)
}

/// Years from grant for which a design is protected: 15 when it was filed from
/// 2015-05-13 on (Hague Agreement, Pub. L. 112-211), else 14. Without a day of
/// filing the day of grant counts: an early one settles it too.
pub fn usual_term(filing_date: Option<u32>, pub_date: Option<u32>) -> u32 {
    let is_early = filing_date
        .or(pub_date)
        .is_some_and(|date| date < FIFTEEN_YEARS_FROM);
    if is_early { 14 } else { 15 }
}

/// First day of filing of the longer term.
const FIFTEEN_YEARS_FROM: u32 = 20_150_513;

/// Reads one grant document in UTF-8, UTF-16 or a declared Latin-1.
///
/// # Errors
/// [`GrantError`], with the document's own name where it is known.
pub fn parse_grant(xml: &[u8]) -> Result<Grant, GrantError> {
    reader::read(xml)
}

/// The documents of a file in which several follow one another, as in the
/// weekly full-text files; a file with a single one gives that one. An error
/// concerns its document alone.
pub fn parse_grants(xml: &[u8]) -> Grants<'_> {
    Grants::new(xml)
}
