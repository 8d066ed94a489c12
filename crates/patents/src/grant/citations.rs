//! The documents that a grant cites.

use super::tag::Tag;
use crate::PatentId;
use crate::date::parse_month;
use crate::us_class::us_class_of_columns;

/// One document that was cited, by whomever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Citation {
    /// What was cited.
    pub cited: Cited,
    /// Day of publication as YYYYMMDD, with day 00 (month 00) where only the
    /// month (the year) is known.
    pub date: Option<u32>,
    /// First inventor or owner, as written: `Jacobson`, `Yin et al.`
    pub name: Option<String>,
    /// Who cited it, as written: `cited by examiner`, `cited by applicant`.
    pub category: Option<String>,
    /// US class of the cited document, such as `D28/47`.
    pub us_class: Option<String>,
}

/// A cited document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cited {
    /// A US design patent or re-issue.
    Design(PatentId),
    /// Any other patent, registration or published application.
    Patent {
        /// Two letters.
        country: String,
        /// As written, such as `4621424` or `2011/0232101`.
        number: String,
        /// Kind code, such as `A1`.
        kind: Option<String>,
    },
    /// Anything else, in the grant's words.
    Literature(String),
}

/// The citations of a document while it is read.
#[derive(Debug, Default)]
pub(super) struct Citations {
    complete: Vec<Citation>,
    open: Open,
}

/// A citation while its element is read.
#[derive(Debug, Default)]
struct Open {
    country: String,
    number: String,
    kind: Option<String>,
    text: String,
    date: Option<u32>,
    name: Option<String>,
    category: Option<String>,
    us_class: Option<String>,
}

/// The most that are kept of one document; real ones cite up to some thousands.
const MAX_CITATIONS: usize = 20_000;

impl Citations {
    /// Whether the text at the end of `path` belongs to a citation.
    pub(super) fn wants(path: &[Tag]) -> bool {
        use Tag::*;
        matches!(
            path,
            [
                Root,
                Bibliographic,
                ReferencesCited,
                Citation,
                PatentCitation,
                DocumentId,
                Country | DocNumber | Kind | Date | FullName,
            ] | [
                Root,
                Bibliographic,
                ReferencesCited,
                Citation,
                OtherCitation,
                CitationText
            ] | [Root, Bibliographic, ReferencesCited, Citation, Category]
                | [
                    Root,
                    Bibliographic,
                    ReferencesCited,
                    Citation,
                    NationalClassification,
                    MainClassification,
                ]
        )
    }

    /// A citation begins.
    pub(super) fn start(&mut self) {
        self.open = Open::default();
    }

    /// Takes the text of such a path; it is not empty.
    pub(super) fn set(&mut self, path: &[Tag], text: String) {
        let open = &mut self.open;
        match path {
            [.., Tag::NationalClassification, Tag::MainClassification] => {
                open.us_class = open.us_class.take().or_else(|| us_class_of_columns(&text));
            }
            [.., Tag::CitationText] => {
                if !open.text.is_empty() {
                    open.text.push(' ');
                }
                open.text.push_str(&text);
            }
            [.., Tag::Category] => _ = open.category.get_or_insert(text),
            [.., Tag::Country] => open.country = text.to_ascii_uppercase(),
            [.., Tag::DocNumber] => open.number = text,
            [.., Tag::Kind] => _ = open.kind.get_or_insert(text),
            [.., Tag::FullName] => _ = open.name.get_or_insert(text),
            [.., Tag::Date] => open.date = open.date.or_else(|| parse_month(&text)),
            _ => {}
        }
    }

    /// The citation ends.
    pub(super) fn end(&mut self) {
        let open = std::mem::take(&mut self.open);
        if self.complete.len() >= MAX_CITATIONS {
            return;
        }
        let kind = open.kind.as_deref().unwrap_or_default();
        let cited = if open.number.is_empty() {
            if open.text.is_empty() {
                return;
            }
            Cited::Literature(open.text)
        } else if let Ok(id) = PatentId::new(&open.country, &open.number, kind) {
            Cited::Design(id)
        } else {
            Cited::Patent {
                country: if open.country.is_empty() {
                    "US".to_owned()
                } else {
                    open.country
                },
                number: open.number,
                kind: open.kind,
            }
        };
        self.complete.push(Citation {
            cited,
            date: open.date,
            name: open.name,
            category: open.category,
            us_class: open.us_class,
        });
    }

    pub(super) fn into_citations(self) -> Vec<Citation> {
        self.complete
    }
}
