//! What people say about an item, checked and bounded.

use lookalike_catalog::ItemChanges;
use lookalike_patents::PatentId;
use serde_json::{Map, Value};

use super::Library;
use super::item::ListedItem;
use crate::EngineError;
use crate::stores::no_item;

/// Characters of a description.
const DESCRIPTION_MAX: usize = 10_000;

/// Tags of an item, and characters of each.
const TAGS_MAX: usize = 100;

/// Bytes of the attributes as JSON.
const ATTRIBUTES_MAX: usize = 64 << 10;

/// Characters of an external id, and of a view.
const NAME_MAX: usize = 255;

/// Changes of an item. What is `None` stays as it is; `Some(None)`, or an empty text, takes away
/// what is there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ItemEdit {
    /// Free text of at most 10,000 characters.
    pub description: Option<Option<String>>,
    /// At most 100 free words of at most 100 characters.
    pub tags: Option<Option<Vec<String>>>,
    /// A free JSON object of at most 64 KB.
    pub attributes: Option<Option<Map<String, Value>>>,
    /// The caller's own identifier, at most 255 characters.
    pub external_id: Option<Option<String>>,
    /// `perspective`, `front`, ...; at most 255 characters.
    pub view: Option<Option<String>>,
    /// A patent in any spelling.
    pub patent_id: Option<Option<String>>,
    /// Such as `D00001`.
    pub page_num: Option<Option<String>>,
}

impl Library {
    /// Changes an item, and returns it as it is then. Filters see it at once. Patent, page and
    /// view that were set so are not overwritten when the item's grant is imported again.
    ///
    /// # Errors
    /// A value is out of bounds, there is no such item, or the catalogue can't be written.
    pub fn edit(&self, id: u64, edit: &ItemEdit) -> Result<ListedItem, EngineError> {
        let changes = edit.checked()?;
        let found = self
            .stores
            .catalog()
            .write(self.stores.now().as_second(), |tx| {
                tx.change_item(id, &changes)
            })?;
        if !found {
            return Err(no_item(id));
        }
        self.item(id)
    }
}

impl ItemEdit {
    /// The changes in canonical form.
    ///
    /// # Errors
    /// A value is out of bounds.
    pub(super) fn checked(&self) -> Result<ItemChanges, EngineError> {
        let name =
            |field, value: &Option<Option<String>>| map(value, |text| line(field, text, NAME_MAX));
        Ok(ItemChanges {
            description: map(&self.description, description)?,
            tags: match &self.tags {
                None => None,
                Some(given) => Some(tags(given.as_deref().unwrap_or_default())?),
            },
            attributes: match &self.attributes {
                None => None,
                Some(given) => Some(attributes(given.clone().unwrap_or_default())?),
            },
            external_id: name("external_id", &self.external_id)?,
            view: name("view", &self.view)?,
            patent_id: map(&self.patent_id, patent_id)?,
            page_num: map(&self.page_num, page_num)?,
        })
    }
}

/// Checks a value that is given and not empty.
fn map(
    value: &Option<Option<String>>,
    check: impl Fn(&str) -> Result<String, EngineError>,
) -> Result<Option<Option<String>>, EngineError> {
    let Some(given) = value else { return Ok(None) };
    match given.as_deref().map(str::trim) {
        None | Some("") => Ok(Some(None)),
        Some(text) => Ok(Some(Some(check(text)?))),
    }
}

fn description(text: &str) -> Result<String, EngineError> {
    let is_layout = |c: char| matches!(c, '\n' | '\r' | '\t');
    bounded("description", text, DESCRIPTION_MAX, is_layout)
}

fn line(field: &str, text: &str, most: usize) -> Result<String, EngineError> {
    bounded(field, text, most, |_| false)
}

fn bounded(
    field: &str,
    text: &str,
    most: usize,
    allowed: impl Fn(char) -> bool,
) -> Result<String, EngineError> {
    let length = text.chars().count();
    if length > most {
        return Err(EngineError::invalid(format!(
            "{field} has {length} characters; at most {most} are kept"
        )));
    }
    if text.chars().any(|c| c.is_control() && !allowed(c)) {
        return Err(EngineError::invalid(format!(
            "{field} holds a control character; leave it out"
        )));
    }
    Ok(text.to_owned())
}

/// Trimmed, each once, in the order given.
pub(super) fn tags(given: &[String]) -> Result<Vec<String>, EngineError> {
    let mut tags: Vec<String> = Vec::new();
    for tag in given {
        let tag = line("a tag", tag.trim(), TAGS_MAX)?;
        if !tag.is_empty() && !tags.contains(&tag) {
            tags.push(tag);
        }
        if tags.len() > TAGS_MAX {
            return Err(EngineError::invalid(format!(
                "there are more than {TAGS_MAX} tags; give at most that many"
            )));
        }
    }
    Ok(tags)
}

fn attributes(given: Map<String, Value>) -> Result<Map<String, Value>, EngineError> {
    let bytes = serde_json::to_vec(&given).map_or(usize::MAX, |json| json.len());
    if bytes > ATTRIBUTES_MAX {
        return Err(EngineError::invalid(format!(
            "attributes take {bytes} bytes as JSON; at most {ATTRIBUTES_MAX} are kept"
        )));
    }
    Ok(given)
}

fn patent_id(text: &str) -> Result<String, EngineError> {
    match text.parse::<PatentId>() {
        Ok(id) => Ok(id.to_string()),
        Err(error) => Err(EngineError::invalid(error.to_string())),
    }
}

fn page_num(text: &str) -> Result<String, EngineError> {
    let digits = text.strip_prefix(['D', 'd']);
    let number = digits
        .filter(|digits| digits.len() <= 5 && digits.bytes().all(|digit| digit.is_ascii_digit()))
        .and_then(|digits| digits.parse::<u32>().ok());
    match number {
        Some(number) => Ok(format!("D{number:05}")),
        None => Err(EngineError::invalid(format!(
            "page_num `{text}` is not of the form D00001"
        ))),
    }
}
