//! A patent's PDF: its fields and its drawing sheets.
//!
//! Number and title are read from the print where it is clear, which errs less
//! than the text that came with the file; all else comes from that text. The
//! number is put to the vote: every sheet's header, every page's text, and the
//! file's name.

use std::collections::BTreeMap;

use lookalike_patents::{Citation, Grant, PatentId, usual_term};

use crate::cited::citation;
use crate::document::Document;
use crate::error::PdfError;
use crate::fields::{self, Party, TextFields};
use crate::page::{PageKind, drawn_area, look};
use crate::print::{Header, read_header, read_title};
use crate::reading::{Area, Levels, Reading};
use crate::text::{Line, Word};

/// What a patent's PDF holds.
#[derive(Clone, Debug)]
pub struct PatentPdf {
    /// Its fields, as far as they could be read. `images` is empty: the sheets
    /// have no files.
    pub grant: Grant,
    /// The drawing sheets, in order.
    pub sheets: Vec<Sheet>,
    /// What each page is.
    pub pages: Vec<PageKind>,
}

/// A drawing sheet: a page, and the part of it that is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// The page, counted from 0.
    pub page: usize,
    /// What to cut from the page's picture, the office's line over it left out.
    pub crop: Crop,
}

/// A part of a picture in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crop {
    /// Columns left of it.
    pub left: u32,
    /// Rows above it.
    pub top: u32,
    /// Columns of it, at least one.
    pub width: u32,
    /// Rows of it, at least one.
    pub height: u32,
}

/// Doubt up to which a printed title is taken, and up to which it is better
/// than none.
const CLEAR_TITLE: f64 = 0.18;
const UNCLEAR_TITLE: f64 = 0.32;

/// Votes of the file's name for a number: more than a page's, fewer than three
/// pages'.
const VOTES_OF_NAME: usize = 2;

/// What a look at every page shows.
#[derive(Clone, Debug)]
pub struct Survey {
    /// What each page is, or why its picture can't be had.
    pub pages: Vec<Result<PageKind, PdfError>>,
    /// The patent that the file is, if it is one.
    pub patent: Option<PatentPdf>,
}

impl Document {
    /// Looks at every page, which decodes all of them, one at a time. The file
    /// is a patent if it is a US design patent or re-issue with a front page or
    /// sheets as the office prints them; `file_name` may hold its number too.
    pub fn survey(&self, file_name: Option<&str>) -> Survey {
        let mut reading = Pages::default();
        let pages = (0..self.page_count())
            .map(|page| reading.add(self, page))
            .collect();
        Survey {
            pages,
            patent: reading.patent(file_name),
        }
    }

    /// The patent that this file is, as [`Document::survey`] finds it.
    pub fn patent(&self, file_name: Option<&str>) -> Option<PatentPdf> {
        self.survey(file_name).patent
    }

    /// What to cut from the picture of a page where the office's line stands
    /// over it, as over a patent's sheets; `None` of any other page.
    ///
    /// # Errors
    /// There is no such page, or its picture can't be had.
    pub fn sheet_crop(&self, page: usize) -> Result<Option<Crop>, PdfError> {
        let image = self.page_image(page)?.image;
        let (width, height) = (image.width(), image.height());
        let ink = look(&image.to_grey(), width, height, page);
        let has_header = ink.kind == PageKind::Sheet && ink.header.is_some();
        Ok(has_header.then(|| crop(drawn_area(&ink, width, height))))
    }
}

/// What is gathered from page to page.
#[derive(Default)]
struct Pages {
    kinds: Vec<PageKind>,
    sheets: Vec<Sheet>,
    headers: Vec<Header>,
    /// Whether any page has the office's line over it.
    has_header: bool,
    title: Option<Reading>,
    front_text: Option<TextFields>,
    citations: Vec<Citation>,
    /// Numbers found in the text of pages.
    numbers: Vec<PatentId>,
    warnings: Vec<String>,
}

impl Pages {
    fn add(&mut self, document: &Document, page: usize) -> Result<PageKind, PdfError> {
        let image = match document.page_image(page) {
            Ok(image) => image,
            Err(error) => {
                self.warnings
                    .push(format!("page {}: {}", page + 1, error.reason));
                self.kinds.push(PageKind::Blank);
                return Err(error);
            }
        };
        let warnings = image.warnings.iter();
        self.warnings
            .extend(warnings.map(|warning| format!("page {}: {warning}", page + 1)));
        let (width, height) = (image.image.width(), image.image.height());
        let levels = image.image.to_grey();
        let levels = Levels {
            width: width as usize,
            levels: &levels,
        };
        let ink = look(levels.levels, width, height, page);
        self.kinds.push(ink.kind);
        if let Some(header) = ink.header {
            self.has_header = true;
            self.headers.push(read_header(levels, &ink.pieces, header));
        }
        // Text is a help where it is there; what can't be read of it is left.
        let words = document.words(page).unwrap_or_default();
        let size = document.page_size(page).unwrap_or((612.0, 792.0));
        self.numbers.extend(number_over(&words, size));
        match ink.kind {
            PageKind::Sheet => self.sheets.push(Sheet {
                page,
                crop: crop(drawn_area(&ink, width, height)),
            }),
            PageKind::Front => {
                self.title = read_title(levels, &ink.pieces, (width, height));
                if fields::is_front(&words) {
                    self.front_text = Some(fields::read(&words, size.0));
                    self.cite(&words, size.0);
                }
            }
            PageKind::Text => self.cite(&words, size.0),
            PageKind::Blank => {}
        }
        Ok(ink.kind)
    }

    fn cite(&mut self, words: &[Word], width: f64) {
        let lines = fields::column_lines(words, width);
        self.citations
            .extend(lines.iter().filter_map(|line| citation(&line.text())));
    }

    fn patent(self, file_name: Option<&str>) -> Option<PatentPdf> {
        let is_office_print = self.has_header
            || self.front_text.is_some()
            || self.kinds.first() == Some(&PageKind::Front) && self.title.is_some();
        let patent_id = self.number(file_name).filter(|_| is_office_print)?;
        let text = self.front_text.unwrap_or_default();
        let printed_date = most_frequent(self.headers.iter().filter_map(|header| header.date));
        let pub_date = printed_date.or(text.pub_date);
        let names: Vec<String> = text.inventors.into_iter().map(|party| party.name).collect();
        let applicant = text.applicant.clone();
        let mut us_classes = text.us_classes.into_iter();
        let mut citations = self.citations;
        citations.retain(|citation| {
            // A patent's own number stands over its pages.
            !matches!(&citation.cited, lookalike_patents::Cited::Design(id) if *id == patent_id)
        });
        let is_design = patent_id.as_str().starts_with("USD");
        let grant = Grant {
            kind: Some(if is_design { "S1" } else { "E1" }.to_owned()),
            patent_id,
            title: title(self.title, text.title),
            loc_class: text.loc_class,
            loc_edition: text.loc_edition,
            further_loc_classes: Vec::new(),
            us_class: us_classes.next(),
            further_us_classes: us_classes.collect(),
            field_of_search: Vec::new(),
            pub_date,
            filing_date: text.filing_date,
            application_number: text.application_number,
            priorities: Vec::new(),
            hague: None,
            relations: Vec::new(),
            examiners: Vec::new(),
            grant_term: Some(
                text.term
                    .unwrap_or_else(|| usual_term(text.filing_date, pub_date)),
            ),
            applicant_country: applicant.as_ref().and_then(|party| party.country.clone()),
            applicant_name: applicant.map(|party: Party| party.name),
            inventor_names: (!names.is_empty()).then(|| names.join(", ")),
            assignee_name: text.assignee.map(|party| party.name),
            claim_text: text.claim,
            images: Vec::new(),
            image_count: u32::try_from(self.sheets.len()).unwrap_or(u32::MAX),
            figure_count: None,
            sheet_count: u32::try_from(self.sheets.len()).ok(),
            figures: text.figures,
            citations,
            warnings: self.warnings,
        };
        Some(PatentPdf {
            grant,
            sheets: self.sheets,
            pages: self.kinds,
        })
    }

    /// The number that most pages tell.
    fn number(&self, file_name: Option<&str>) -> Option<PatentId> {
        let printed = self
            .headers
            .iter()
            .filter_map(|header| header.patent_id.clone());
        let named = file_name.and_then(number_in_name);
        let named = std::iter::repeat_n(named, VOTES_OF_NAME).flatten();
        most_frequent(printed.chain(self.numbers.iter().cloned()).chain(named))
    }
}

/// The value that occurs most often; of several the least.
fn most_frequent<T: Ord>(values: impl Iterator<Item = T>) -> Option<T> {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    for value in values {
        *counts.entry(value).or_default() += 1;
    }
    let best = counts.into_iter().rev().max_by_key(|(_, count)| *count);
    best.map(|(value, _)| value)
}

/// `103-USD528368.pdf`, `US D528,368 S.pdf`.
fn number_in_name(file_name: &str) -> Option<PatentId> {
    let stem = file_name
        .rsplit_once('.')
        .map_or(file_name, |(stem, _)| stem);
    let whole = PatentId::parse(stem).ok();
    whole.or_else(|| {
        let parts = stem.split(['-', '_', ' ', '(', ')']);
        parts.filter_map(|part| PatentId::parse(part).ok()).next()
    })
}

/// The number in the text at the top of a page, such as `US D528,368 S`.
fn number_over(words: &[Word], (_, height): (f64, f64)) -> Option<PatentId> {
    let top = words.iter().filter(|word| word.y > 0.87 * height).cloned();
    let lines = crate::text::lines(top);
    lines.iter().find_map(|line: &Line| {
        let text = line.text();
        let (_, after) = text.rsplit_once("US ")?;
        PatentId::parse(after).ok()
    })
}

fn crop(area: Area) -> Crop {
    Crop {
        left: area.left,
        top: area.top,
        width: (area.right - area.left).max(1),
        height: (area.bottom - area.top).max(1),
    }
}

fn title(printed: Option<Reading>, told: Option<String>) -> Option<String> {
    match (printed, told) {
        (Some(printed), _) if printed.doubt < CLEAR_TITLE => Some(printed.text),
        (_, Some(told)) => Some(told),
        (Some(printed), None) if printed.doubt < UNCLEAR_TITLE => Some(printed.text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_names() {
        for (name, wanted) in [
            ("103-USD528368.pdf", Some("USD528368")),
            ("US D528,368 S.pdf", Some("USD528368")),
            ("USD0528368-20060919.pdf", Some("USD528368")),
            ("12.pdf", None),
            ("drawing D.pdf", None),
        ] {
            let id = number_in_name(name);
            assert_eq!(id.as_ref().map(PatentId::as_str), wanted, "{name}");
        }
    }

    #[test]
    fn the_most_frequent_wins() {
        assert_eq!(most_frequent([3, 1, 2, 1].into_iter()), Some(1));
        assert_eq!(most_frequent([2, 1].into_iter()), Some(1));
        assert_eq!(most_frequent(std::iter::empty::<u8>()), None);
    }
}
