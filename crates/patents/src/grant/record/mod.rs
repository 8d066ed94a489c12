//! What is gathered from a document, element by element, until it is a grant.
//!
//! Paths are matched from the root, since the same names occur everywhere:
//! citations have `document-id`s and classes of their own.

mod classes;
mod finish;

use super::citations::Citations;
use super::entities::shortened;
use super::filing::Filing;
use super::images::{ImageList, plain_file_name};
use super::party::Party;
use super::tag::Tag;
use super::views::parse_figures;
use super::{Figure, GrantError};
use crate::PatentId;
use crate::date::parse_date;
use crate::us_class::us_class_of_columns;

/// Warnings kept of one document; a hostile one could cause millions.
pub(super) const MAX_WARNINGS: usize = 50;

/// Figures, people of one role and further classes kept of one document: far
/// above what real ones have, and little memory.
const MAX_LIST: usize = 1_000;

/// The gathered fields. Of repeated elements the first usable one holds.
#[derive(Debug, Default)]
pub(super) struct Record {
    file: Option<String>,
    published: Option<u32>,
    patent_id: Option<PatentId>,
    /// Why the number in `publication-reference` was not taken.
    number_error: Option<String>,
    kind: Option<String>,
    application_type: Option<String>,
    title: Option<String>,
    loc_class: Option<String>,
    loc_edition: Option<String>,
    further_loc_classes: Vec<String>,
    us_class: Option<String>,
    further_us_classes: Vec<String>,
    field_of_search: Vec<String>,
    has_technical_class: bool,
    pub_date: Option<u32>,
    filing_date: Option<u32>,
    application_number: Option<String>,
    figure_count: Option<u32>,
    sheet_count: Option<u32>,
    citations: Citations,
    filing: Filing,
    grant_term: Option<u32>,
    applicants: Vec<Party>,
    inventors: Vec<Party>,
    assignees: Vec<Party>,
    claims: Vec<String>,
    images: ImageList,
    figures: Vec<Figure>,
    warnings: Vec<String>,
    document_id: DocumentId,
    party: Option<Party>,
    capture: Option<Capture>,
}

/// A `document-id` while it is read.
#[derive(Debug, Default)]
struct DocumentId {
    country: String,
    number: String,
    kind: String,
    date: String,
}

/// The attributes of one element that are of use, by name.
#[derive(Debug, Default)]
pub(super) struct Attributes(Vec<(&'static str, String)>);

impl Attributes {
    pub(super) fn add(&mut self, name: &'static str, value: String) {
        self.0.push((name, value));
    }

    /// The value, if there is more to it than white space.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(own, _)| *own == name)?;
        Some(value.trim()).filter(|value| !value.is_empty())
    }
}

/// Text being gathered for the element at `depth`, markup inside it included.
#[derive(Debug)]
struct Capture {
    depth: usize,
    text: String,
}

impl Capture {
    /// Inner markup joins its text to what stands around it, except where it
    /// begins a line of its own.
    fn separate(&mut self, path: &[Tag]) {
        if matches!(
            path.last(),
            Some(Tag::LineBreak | Tag::ClaimText | Tag::Paragraph)
        ) {
            self.text.push(' ');
        }
    }
}

impl Record {
    /// The document's own name for itself, for messages.
    pub(super) fn subject(&self) -> Option<String> {
        self.patent_id
            .as_ref()
            .map(ToString::to_string)
            .or_else(|| self.file.clone())
    }

    /// Notes what was wrong and how it was read.
    pub(super) fn warn(&mut self, warning: String) {
        if self.warnings.len() < MAX_WARNINGS {
            self.warnings.push(warning);
        } else if self.warnings.len() == MAX_WARNINGS {
            self.warnings.push("more warnings were left out".to_owned());
        }
    }

    /// The name, if `start` looks at this attribute of such an element.
    pub(super) fn attribute_of_use(tag: Tag, name: &str) -> Option<&'static str> {
        let used: &[&'static str] = match tag {
            Tag::Root => &["file", "date-publ"],
            Tag::ApplicationReference => &["appl-type"],
            Tag::Applicant => &["app-type", "applicant-authority-category"],
            Tag::Image => &["file", "he", "wi", "orientation"],
            _ => &[],
        };
        used.iter().copied().find(|used| *used == name)
    }

    /// The element at the end of `path` begins.
    pub(super) fn start(
        &mut self,
        path: &[Tag],
        attributes: &Attributes,
    ) -> Result<(), GrantError> {
        use Tag::*;
        match path {
            [Root] => {
                self.file = attributes.get("file").map(plain_file_name);
                self.published = attributes.get("date-publ").and_then(parse_date);
            }
            [
                Root,
                Bibliographic,
                PublicationReference | ApplicationReference,
                DocumentId,
            ] => {
                self.document_id = Default::default();
            }
            [Root, Bibliographic, ApplicationReference] => {
                if self.application_type.is_none() {
                    self.application_type =
                        attributes.get("appl-type").map(str::to_ascii_lowercase);
                }
                self.refuse_other_patents()?;
            }
            [Root, Bibliographic, ReferencesCited, Citation] => self.citations.start(),
            [Root, Bibliographic, TechnicalClassification] => self.has_technical_class = true,
            [Root, Bibliographic, .., Applicant | Inventor | Assignee] if is_party(path) => {
                let capacity = |name| {
                    attributes
                        .get(name)
                        .is_some_and(|value| value.contains("inventor"))
                };
                let is_inventor = capacity("app-type") || capacity("applicant-authority-category");
                self.party = Some(Party::new(is_inventor));
            }
            [Root, Drawings, .., Image] => {
                if let Err(warning) = self.images.add(attributes) {
                    self.warn(warning);
                }
            }
            _ => self.filing.start(path),
        }
        if let Some(capture) = &mut self.capture {
            capture.separate(path);
        } else if self.is_text_field(path) {
            self.capture = Some(Capture {
                depth: path.len(),
                text: String::new(),
            });
        }
        Ok(())
    }

    /// Text inside the current element.
    pub(super) fn text(&mut self, text: &str) {
        if let Some(capture) = &mut self.capture {
            capture.text.push_str(text);
        }
    }

    /// The element at the end of `path` ends.
    pub(super) fn end(&mut self, path: &[Tag]) -> Result<(), GrantError> {
        use Tag::*;
        if let Some(capture) = self.capture.take_if(|capture| capture.depth == path.len()) {
            let text = if in_columns(path) {
                capture.text.trim_matches(['\r', '\n', '\t']).to_owned()
            } else {
                collapse(&capture.text)
            };
            if !text.is_empty() {
                self.set(path, text);
            }
        } else if let Some(capture) = &mut self.capture {
            capture.separate(path);
        }
        match path {
            [Root, Bibliographic, PublicationReference, DocumentId] => self.end_publication_id(),
            [Root, Bibliographic, PublicationReference] => self.refuse_other_patents()?,
            [Root, Bibliographic, ApplicationReference, DocumentId] => {
                let id = std::mem::take(&mut self.document_id);
                if self.application_number.is_none() && !id.number.is_empty() {
                    self.application_number = Some(id.number);
                }
                if self.filing_date.is_none() {
                    self.filing_date = self.date("filing date", &id.date);
                }
            }
            [Root, Bibliographic, ReferencesCited, Citation] => self.citations.end(),
            [Root, Bibliographic] => self.refuse_utility_reissues()?,
            [
                Root,
                Bibliographic,
                ..,
                role @ (Applicant | Inventor | Assignee),
            ] if is_party(path) => {
                if let Some(party) = self.party.take() {
                    let list = match role {
                        Applicant => &mut self.applicants,
                        Inventor => &mut self.inventors,
                        _ => &mut self.assignees,
                    };
                    if list.len() < MAX_LIST {
                        list.push(party);
                    }
                }
            }
            _ => self.filing.end(path),
        }
        Ok(())
    }

    fn is_text_field(&self, path: &[Tag]) -> bool {
        use Tag::*;
        match path {
            [Root, Bibliographic, Title] => true,
            [
                Root,
                Bibliographic,
                PublicationReference | ApplicationReference,
                DocumentId,
                Country | DocNumber | Kind | Date,
            ]
            | [
                Root,
                Bibliographic,
                Locarno,
                Edition | MainClassification | FurtherClassification,
            ]
            | [
                Root,
                Bibliographic,
                NationalClassification,
                MainClassification | FurtherClassification,
            ]
            | [
                Root,
                Bibliographic,
                FieldOfSearch,
                NationalClassification,
                MainClassification | FurtherClassification,
            ]
            | [Root, Bibliographic, FieldOfSearch, CpcText]
            | [Root, Bibliographic, Figures, FigureCount | SheetCount]
            | [Root, Bibliographic, TermOfGrant, LengthOfGrant]
            | [Root, Claims, Claim, ClaimText]
            | [Root, Description, .., Paragraph] => true,
            _ => {
                Citations::wants(path)
                    || Filing::wants(path)
                    || self.party.is_some() && Party::wants(path)
            }
        }
    }

    /// Takes the text of a field; it is not empty.
    fn set(&mut self, path: &[Tag], text: String) {
        use Tag::*;
        match path {
            [Root, Bibliographic, Title] => _ = self.title.get_or_insert(text),
            [
                Root,
                Bibliographic,
                PublicationReference | ApplicationReference,
                DocumentId,
                field,
            ] => {
                let field = match field {
                    Country => &mut self.document_id.country,
                    DocNumber => &mut self.document_id.number,
                    Kind => &mut self.document_id.kind,
                    _ => &mut self.document_id.date,
                };
                if field.is_empty() {
                    *field = text;
                }
            }
            [Root, Bibliographic, Locarno, Edition] => _ = self.loc_edition.get_or_insert(text),
            [Root, Bibliographic, Locarno, field] => self.set_locarno(*field, &text),
            [Root, Bibliographic, NationalClassification, field] => {
                self.set_us_class(*field, &text);
            }
            [
                Root,
                Bibliographic,
                FieldOfSearch,
                NationalClassification,
                _,
            ] => {
                let class = us_class_of_columns(&text).unwrap_or_else(|| collapse(&text));
                self.add_to_field_of_search(class);
            }
            [Root, Bibliographic, FieldOfSearch, CpcText] => self.add_to_field_of_search(text),
            [Root, Bibliographic, Figures, field] => {
                let count = if *field == FigureCount {
                    &mut self.figure_count
                } else {
                    &mut self.sheet_count
                };
                *count = count.or_else(|| text.parse().ok());
            }
            [Root, Bibliographic, TermOfGrant, LengthOfGrant] => self.set_term(&text),
            [Root, Claims, Claim, ClaimText] => self.claims.push(text),
            [Root, Description, .., Paragraph] => {
                for figure in parse_figures(&text) {
                    self.add_figure(figure);
                }
            }
            _ if Citations::wants(path) => self.citations.set(path, text),
            _ if Filing::wants(path) => self.filing.set(path, text),
            _ => {
                if let Some(party) = &mut self.party {
                    party.set(path, text);
                }
            }
        }
    }

    fn set_term(&mut self, text: &str) {
        let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
        match digits.parse() {
            // Terms have been 3.5, 7, 14 and 15 years.
            Ok(years @ 1..=30) => _ = self.grant_term.get_or_insert(years),
            _ => self.warn(format!(
                "`{}` is not a term in years; it was left out",
                shortened(text)
            )),
        }
    }

    fn date(&mut self, what: &str, text: &str) -> Option<u32> {
        if text.is_empty() {
            return None;
        }
        let date = parse_date(text);
        if date.is_none() {
            self.warn(format!(
                "{what} `{}` is not a day of the calendar; it was left out",
                shortened(text)
            ));
        }
        date
    }

    fn end_publication_id(&mut self) {
        if self.patent_id.is_some() {
            return;
        }
        let id = std::mem::take(&mut self.document_id);
        match PatentId::new(&id.country, &id.number, &id.kind) {
            Ok(patent_id) => self.patent_id = Some(patent_id),
            Err(error) => self.number_error = Some(error.to_string()),
        }
        if !id.kind.is_empty() {
            self.kind = Some(id.kind);
        }
        self.pub_date = self.date("publication date", &id.date).or(self.pub_date);
    }
}

/// Whether an applicant, inventor or assignee stands where its kind belongs,
/// and not in a citation.
fn is_party(path: &[Tag]) -> bool {
    use Tag::*;
    matches!(
        path,
        [Root, Bibliographic, Parties, Applicants, Applicant]
            | [Root, Bibliographic, Parties, Inventors, Inventor]
            | [Root, Bibliographic, Assignees, Assignee]
            | [Root, Bibliographic, Parties, Assignees, Assignee]
    )
}

/// Whether the places of the characters mean something: US classes are written
/// in columns.
fn in_columns(path: &[Tag]) -> bool {
    matches!(
        path,
        [
            ..,
            Tag::NationalClassification,
            Tag::MainClassification | Tag::FurtherClassification
        ]
    )
}

/// White space, line breaks included, becomes single spaces.
fn collapse(text: &str) -> String {
    let mut collapsed = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !collapsed.is_empty() {
            collapsed.push(' ');
        }
        collapsed.push_str(word);
    }
    collapsed
}
