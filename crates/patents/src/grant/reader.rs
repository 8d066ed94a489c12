//! XML events -> a record, under limits.
//!
//! A stream of events with a path beside it, not a tree: a tree of a 64 MB
//! document would take ten times that, and most of a weekly file is utility
//! patents that are refused after their first lines.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::doctype::parse_doctype;
use super::encoding::decode;
use super::entities::{Entities, Piece, Resolved, pieces, shortened};
use super::record::{Attributes, MAX_WARNINGS, Record};
use super::tag::Tag;
use super::{Grant, GrantError, GrantErrorKind, MAX_DOCUMENT_BYTES};

/// Nesting in real grants stays under 40, tables and formulas included.
const MAX_DEPTH: usize = 256;

/// Bytes looked at to name the format of a file that is too large to be read.
const OLD_START_BYTES: usize = 4096;

/// Reads one document.
pub(super) fn read(xml: &[u8]) -> Result<Grant, GrantError> {
    if xml.len() > MAX_DOCUMENT_BYTES {
        // Weekly files of old formats are that large, and have no declarations to cut them at.
        refuse_old_start(&xml[..OLD_START_BYTES])?;
        return Err(GrantError::new(
            GrantErrorKind::TooLarge,
            format!(
                "the document has {} bytes; at most {MAX_DOCUMENT_BYTES} are read",
                xml.len()
            ),
        ));
    }
    let decoded = decode(xml)?;
    let text = decoded
        .text
        .trim_start_matches(|symbol: char| symbol.is_whitespace() || symbol == '\u{feff}');
    refuse_what_is_no_xml(text)?;
    let mut record = Record::default();
    if let Some(warning) = decoded.warning {
        record.warn(warning);
    }
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.expand_empty_elements = true;
    config.allow_dangling_amp = true;
    let mut document = Document {
        record,
        entities: Entities::default(),
        path: Vec::new(),
        unknown_names: Vec::new(),
    };
    let rest = loop {
        let step = match reader.read_event() {
            Ok(Event::Eof) => Err(document.cut_off().at(reader.buffer_position())),
            Ok(event) => document.step(event),
            Err(error) => {
                let reason = format!("not well-formed XML, or cut off: {error}");
                Err(GrantError::new(GrantErrorKind::Malformed, reason).at(reader.error_position()))
            }
        };
        match step {
            Ok(Step::Continue) => {}
            Ok(Step::Complete) => {
                break text.get(reader.buffer_position() as usize..).unwrap_or("");
            }
            Err(mut error) => {
                error.subject = document.record.subject();
                return Err(error);
            }
        }
    };
    if rest
        .chars()
        .any(|symbol| !symbol.is_whitespace() && !symbol.is_control())
    {
        document
            .record
            .warn("the text after the end of the document was not read".to_owned());
    }
    let subject = document.record.subject();
    document
        .record
        .finish()
        .map_err(|error| GrantError { subject, ..error })
}

/// Refuses the start of a file in a format of before 2005.
fn refuse_old_start(start: &[u8]) -> Result<(), GrantError> {
    let text = String::from_utf8_lossy(start);
    let text =
        text.trim_start_matches(|symbol: char| symbol.is_whitespace() || symbol == '\u{feff}');
    if text.contains("<!DOCTYPE PATDOC") || text.contains("<PATDOC") {
        return Err(old_xml());
    }
    refuse_plain_text(text)
}

fn refuse_plain_text(text: &str) -> Result<(), GrantError> {
    if !text.starts_with("PATN") && !text.starts_with("HHHHHT") {
        return Ok(());
    }
    Err(GrantError::new(
        GrantErrorKind::OldFormat,
        "plain-text grant of before 2002; only XML grants of 2005 and later are read".to_owned(),
    ))
}

fn refuse_what_is_no_xml(text: &str) -> Result<(), GrantError> {
    refuse_plain_text(text)?;
    if text.is_empty() {
        return Err(GrantError::new(
            GrantErrorKind::Malformed,
            "the document is empty".to_owned(),
        ));
    }
    if !text.starts_with('<') {
        let start: String = text.chars().take(20).collect();
        return Err(GrantError::new(
            GrantErrorKind::Malformed,
            format!("not XML: it starts with {start:?} where `<` was expected"),
        ));
    }
    Ok(())
}

enum Step {
    Continue,
    Complete,
}

/// The state while reading one document.
struct Document {
    record: Record,
    entities: Entities,
    path: Vec<Tag>,
    /// Entity names already warned of.
    unknown_names: Vec<String>,
}

impl Document {
    fn step(&mut self, event: Event<'_>) -> Result<Step, GrantError> {
        match event {
            Event::DocType(content) => {
                let content = content.into_inner();
                let doctype = parse_doctype(&content);
                if doctype.name == "PATDOC" {
                    return Err(old_xml());
                }
                self.entities = doctype.entities;
                self.entities.expand_declared()?;
            }
            Event::Start(start) => self.start(&start)?,
            Event::End(_) => {
                self.record.end(&self.path)?;
                self.path.pop();
                if self.path.is_empty() {
                    return Ok(Step::Complete);
                }
            }
            Event::Text(text) => self.record.text(&text.into_inner()),
            Event::CData(text) => self.record.text(&text.into_inner()),
            Event::GeneralRef(name) => {
                let mut text = String::new();
                self.append_reference(&name.into_inner(), &mut text)?;
                self.record.text(&text);
            }
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::Eof => {}
        }
        Ok(Step::Continue)
    }

    fn cut_off(&self) -> GrantError {
        let reason = match self.path.len() {
            0 => "there is no root element".to_owned(),
            open => format!("cut off: {open} elements are not closed at its end"),
        };
        GrantError::new(GrantErrorKind::Malformed, reason)
    }

    fn start(&mut self, start: &BytesStart<'_>) -> Result<(), GrantError> {
        let name = start.local_name();
        let name: &str = name.as_ref();
        let tag = Tag::from_name(name);
        if self.path.is_empty() && tag != Tag::Root {
            return Err(foreign_root(name));
        }
        if self.path.len() >= MAX_DEPTH {
            return Err(GrantError::new(
                GrantErrorKind::TooLarge,
                format!("elements nest more than {MAX_DEPTH} levels deep"),
            ));
        }
        self.path.push(tag);
        let mut attributes = Attributes::default();
        // Without the check for duplicates, which is quadratic in their number.
        for attribute in start.attributes().with_checks(false).flatten() {
            let key = attribute.key.local_name();
            let Some(name) = Record::attribute_of_use(tag, key.as_ref()) else {
                continue;
            };
            if attributes.get(name).is_some() {
                continue;
            }
            let mut value = String::new();
            for piece in pieces(&attribute.value) {
                match piece {
                    Piece::Text(text) => value.push_str(text),
                    Piece::Reference(name) => self.append_reference(name, &mut value)?,
                }
            }
            attributes.add(name, value);
        }
        self.record.start(&self.path, &attributes)
    }

    /// Adds what `&name;` stands for, or the reference itself with a warning.
    fn append_reference(&mut self, name: &str, text: &mut String) -> Result<(), GrantError> {
        let complaint = match self.entities.resolve(name)? {
            Resolved::Text(replacement) => {
                text.push_str(replacement);
                return Ok(());
            }
            Resolved::Character(symbol) => {
                text.push(symbol);
                return Ok(());
            }
            Resolved::External => "lies outside the document and is never fetched",
            Resolved::Unknown => "is not known",
        };
        text.push('&');
        text.push_str(name);
        text.push(';');
        // Bounded, and settled before any copying: there may be millions.
        if self.unknown_names.len() < MAX_WARNINGS {
            let name = shortened(name);
            if !self.unknown_names.contains(&name) {
                self.record.warn(format!(
                    "the entity `&{name};` {complaint}; it was kept as written"
                ));
                self.unknown_names.push(name);
            }
        }
        Ok(())
    }
}

fn foreign_root(name: &str) -> GrantError {
    match name {
        "" => GrantError::new(
            GrantErrorKind::Malformed,
            "an element without a name".to_owned(),
        ),
        "PATDOC" => old_xml(),
        "us-patent-application" => GrantError::new(
            GrantErrorKind::NotAGrant,
            "a published application (root `us-patent-application`), not a grant".to_owned(),
        ),
        _ => GrantError::new(
            GrantErrorKind::NotAGrant,
            format!(
                "the root element is `{}`; expected `us-patent-grant`",
                shortened(name)
            ),
        ),
    }
}

fn old_xml() -> GrantError {
    GrantError::new(
        GrantErrorKind::OldFormat,
        "ST.32 grant of 2002 to 2004 (`PATDOC`); only XML grants of 2005 and later are read"
            .to_owned(),
    )
}
