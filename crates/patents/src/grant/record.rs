//! What is gathered from a document, element by element, until it is a grant.
//!
//! Paths are matched from the root, since the same names occur everywhere:
//! citations have `document-id`s and classes of their own.

mod finish;

use super::entities::shortened;
use super::images::{ImageList, plain_file_name};
use super::party::Party;
use super::tag::Tag;
use super::views::parse_figures;
use super::{FigureView, GrantError};
use crate::date::parse_date;
use crate::{PatentId, canonical_loc_class};

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
    national_class: Option<String>,
    has_technical_class: bool,
    pub_date: Option<u32>,
    filing_date: Option<u32>,
    international_date: Option<u32>,
    grant_term: Option<u32>,
    applicants: Vec<Party>,
    inventors: Vec<Party>,
    assignees: Vec<Party>,
    claims: Vec<String>,
    images: ImageList,
    views: Vec<FigureView>,
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
            _ => {}
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
            let text = collapse(&capture.text);
            if !text.is_empty() {
                self.set(path, text);
            }
        } else if let Some(capture) = &mut self.capture {
            capture.separate(path);
        }
        match path {
            [Root, Bibliographic, PublicationReference, DocumentId] => self.end_publication_id(),
            [Root, Bibliographic, PublicationReference] => self.refuse_other_patents()?,
            [Root, Bibliographic, ApplicationReference, DocumentId]
                if self.filing_date.is_none() =>
            {
                let date = std::mem::take(&mut self.document_id.date);
                self.filing_date = self.date("filing date", &date);
            }
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
            _ => {}
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
                MainClassification,
            ]
            | [Root, Bibliographic, TermOfGrant, LengthOfGrant]
            | [Root, Bibliographic, Hague, InternationalDate, Date]
            | [Root, Claims, Claim, ClaimText]
            | [Root, Description, .., Paragraph] => true,
            _ => self.party.is_some() && Party::wants(path),
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
            [
                Root,
                Bibliographic,
                NationalClassification,
                MainClassification,
            ] => {
                self.national_class.get_or_insert(text);
            }
            [Root, Bibliographic, TermOfGrant, LengthOfGrant] => self.set_term(&text),
            [Root, Bibliographic, Hague, InternationalDate, Date]
                if self.international_date.is_none() =>
            {
                self.international_date = self.date("international date", &text);
            }
            [Root, Claims, Claim, ClaimText] => self.claims.push(text),
            [Root, Description, .., Paragraph] if self.views.len() < MAX_LIST => {
                self.views.extend(parse_figures(&text));
                self.views.truncate(MAX_LIST);
            }
            _ => {
                if let Some(party) = &mut self.party {
                    party.set(path, text);
                }
            }
        }
    }

    fn set_locarno(&mut self, field: Tag, text: &str) {
        let Some(class) = canonical_loc_class(text) else {
            self.warn(format!(
                "`{}` is not a Locarno class such as 10-02; it was left out",
                shortened(text)
            ));
            return;
        };
        if field == Tag::MainClassification && self.loc_class.is_none() {
            self.loc_class = Some(class);
        } else if self.further_loc_classes.len() < MAX_LIST
            && !self.further_loc_classes.contains(&class)
        {
            self.further_loc_classes.push(class);
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
