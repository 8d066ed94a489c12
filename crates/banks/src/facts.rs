//! What a bank says about a row, under whatever names.
//!
//! Banks name the same thing differently; the names understood are those of this program, of
//! the earlier system's `image_index.json`, and the usual ones in scripts. Whatever else a
//! bank says becomes an attribute under its own name, so that nothing is lost.

use lookalike_catalog::{Area, Figure, Patent, Turn};
use lookalike_patents::{PatentId, SheetName};
use serde_json::{Map, Value};

/// What is known of a row besides its vector.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// The id that the bank gives it.
    pub external_id: Option<String>,
    /// Where the image lies, as the bank says.
    pub path: Option<String>,
    /// Without folders; the reader of the bank fills in what is missing.
    pub file_name: Option<String>,
    /// 32 lower-case hex digits.
    pub md5: Option<String>,
    /// Pixels.
    pub width: Option<u32>,
    /// Pixels.
    pub height: Option<u32>,
    /// Bytes.
    pub file_size: Option<u64>,
    /// By its usual short name, such as `png`.
    pub format: Option<String>,
    /// Canonical.
    pub patent_id: Option<String>,
    /// Such as `D00003`.
    pub page_num: Option<String>,
    /// Number of the sheet among those of its patent.
    pub image_index: Option<u32>,
    /// Number of the figure among those of its image: an image has a row for each.
    pub figure_index: Option<u8>,
    /// What is known of the figure, which only our own banks carry.
    pub figure: Option<Figure>,
    /// What the drawing shows.
    pub view: Option<String>,
    /// Whether it is the copy of a sheet on a front page.
    pub front_page: bool,
    /// In words.
    pub description: Option<String>,
    /// In the order of the bank.
    pub tags: Vec<String>,
    /// Whatever else the bank says, under its own names.
    pub attributes: Map<String, Value>,
    /// The patent's data, which only our own banks carry.
    pub patent: Option<Patent>,
}

/// Who wrote a bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Writer {
    /// This program: `id` is an item's, and counts only where the item had no external id.
    Lookalike,
    /// Somebody else.
    Other,
}

/// Fields in which an empty text means none.
const TEXT_FIELDS: [&str; 12] = [
    "external_id",
    "id",
    "path",
    "file_path",
    "file_name",
    "filename",
    "md5",
    "format",
    "patent_id",
    "page_num",
    "view",
    "description",
];

impl Facts {
    /// Reads a JSON object about a row.
    pub(crate) fn new(mut record: Map<String, Value>, writer: Writer) -> Self {
        unfold_metadata(&mut record);
        // An array of texts has an empty one where there is nothing.
        record.retain(|key, value| {
            let is_empty = value == "" && TEXT_FIELDS.contains(&key.as_str());
            !value.is_null() && !is_empty
        });
        let attributes = match record.remove("attributes") {
            Some(Value::Object(attributes)) => attributes,
            Some(other) => Map::from_iter([("attributes".to_owned(), other)]),
            None => Map::new(),
        };
        if writer == Writer::Lookalike {
            if record.contains_key("external_id") {
                record.remove("id");
            }
            record.remove("created_at");
        }
        let mut facts = Self {
            external_id: text(&mut record, &["external_id", "id"]),
            path: text(
                &mut record,
                &["path", "file_path", "image_path", "original_path"],
            ),
            file_name: text(&mut record, &["file_name", "filename", "original_filename"]),
            md5: taken(&mut record, "md5", md5),
            width: taken(&mut record, "width", small_number),
            height: taken(&mut record, "height", small_number),
            file_size: taken(&mut record, "file_size", Value::as_u64),
            format: text(&mut record, &["format"]),
            patent_id: taken(&mut record, "patent_id", |value| {
                Some(PatentId::parse(value.as_str()?).ok()?.to_string())
            }),
            page_num: text(&mut record, &["page_num"]),
            image_index: taken(&mut record, "image_index", small_number),
            figure_index: taken(&mut record, "figure_index", |value| {
                value.as_u64()?.try_into().ok()
            }),
            figure: match writer {
                Writer::Lookalike => taken(&mut record, "figure", figure),
                Writer::Other => None,
            },
            view: text(&mut record, &["view"]),
            front_page: taken(&mut record, "front_page", Value::as_bool).unwrap_or(false),
            description: text(&mut record, &["description"]),
            tags: taken(&mut record, "tags", tags).unwrap_or_default(),
            patent: match writer {
                Writer::Lookalike => taken(&mut record, "patent", |value| {
                    serde_json::from_value(value.clone()).ok()
                }),
                Writer::Other => None,
            },
            attributes,
        };
        for (key, value) in record {
            facts.attributes.entry(key).or_insert(value);
        }
        facts.read_name();
        facts
    }

    /// Whether a row that these are of goes on with the figures of an image whose last row has
    /// those facts.
    #[must_use]
    pub fn continues(&self, last: &Self) -> bool {
        let next = last.figure_index.and_then(|index| index.checked_add(1));
        let image = |facts: &Self| {
            let Self {
                external_id,
                path,
                file_name,
                md5,
                ..
            } = facts.clone();
            (external_id, path, file_name, md5)
        };
        next.is_some() && self.figure_index == next && image(self) == image(last)
    }

    /// The name of the image's file without its folders; `None` when the bank gives none.
    fn base_name(&self) -> Option<&str> {
        let name = self.file_name.as_deref().or(self.path.as_deref())?;
        name.rsplit(['/', '\\']).find(|part| !part.is_empty())
    }

    /// Takes from the file's name what the bank does not say.
    fn read_name(&mut self) {
        self.file_name = self.base_name().map(str::to_owned);
        let Some(sheet) = self.file_name.as_deref().and_then(SheetName::parse) else {
            return;
        };
        let id = sheet.patent_id.to_string();
        // The bank knows better which patent the file belongs to; then the page in its name
        // belongs to another.
        if *self.patent_id.get_or_insert_with(|| id.clone()) != id {
            return;
        }
        self.front_page |= sheet.front_page;
        self.image_index = self
            .image_index
            .or_else(|| sheet.page.get(1..)?.parse().ok());
        self.page_num.get_or_insert(sheet.page);
    }
}

/// `metadata` as an object, or as the text of one, is read as if it stood in the record;
/// what the record itself says goes first.
fn unfold_metadata(record: &mut Map<String, Value>) {
    let inner = match record.get("metadata") {
        Some(Value::Object(inner)) => inner.clone(),
        Some(Value::String(text)) => match serde_json::from_str(text) {
            Ok(Value::Object(inner)) => inner,
            _ => return,
        },
        _ => return,
    };
    record.remove("metadata");
    for (key, value) in inner {
        if !value.is_null() && key != "metadata" {
            record.entry(key).or_insert(value);
        }
    }
}

/// The first of these fields that holds a text or a number; the others stay in the record.
fn text(record: &mut Map<String, Value>, names: &[&str]) -> Option<String> {
    names
        .iter()
        .find_map(|name| taken(record, name, plain_text))
}

/// Removes a field if `read` understands it.
fn taken<T>(
    record: &mut Map<String, Value>,
    name: &str,
    read: impl Fn(&Value) -> Option<T>,
) -> Option<T> {
    let value = read(record.get(name)?)?;
    record.remove(name);
    Some(value)
}

/// A text that is not empty, or a number as text.
pub(crate) fn plain_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn md5(value: &Value) -> Option<String> {
    let text = value.as_str()?;
    let valid = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    valid.then(|| text.to_ascii_lowercase())
}

fn small_number(value: &Value) -> Option<u32> {
    value.as_u64()?.try_into().ok()
}

/// A figure as our exports write it.
fn figure(value: &Value) -> Option<Figure> {
    let text = |name: &str| Some(value.get(name)?.as_str()?.to_owned());
    let numbers: Option<[u32; 4]> = value
        .get("box")
        .and_then(|numbers| serde_json::from_value(numbers.clone()).ok());
    let degrees = value.get("turn").and_then(small_number);
    value.is_object().then(|| Figure {
        number: text("number"),
        label: text("label"),
        view: text("view"),
        area: numbers.map(|[x, y, width, height]| Area {
            x,
            y,
            width,
            height,
        }),
        turn: degrees.and_then(Turn::from_degrees).unwrap_or_default(),
    })
}

/// A list of texts, or one text with commas.
fn tags(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::String(text) => Some(
            text.split(',')
                .map(|tag| tag.trim().to_owned())
                .filter(|tag| !tag.is_empty())
                .collect(),
        ),
        Value::Array(tags) => tags.iter().map(plain_text).collect(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn facts(record: Value) -> Facts {
        let Value::Object(record) = record else {
            panic!("no object: {record}");
        };
        Facts::new(record, Writer::Other)
    }

    #[test]
    fn what_is_not_understood_becomes_an_attribute() {
        let facts = facts(json!({
            "id": 17, "path": "a/b.png", "md5": "0123456789ABCDEF0123456789abcdef",
            "tags": "red, round,", "colour": "red", "width": "wide", "view": null,
            "patent_id": "no patent", "attributes": {"colour": "blue", "size": 3},
        }));
        assert_eq!(facts.external_id.as_deref(), Some("17"));
        assert_eq!(facts.file_name.as_deref(), Some("b.png"));
        assert_eq!(
            facts.md5.as_deref(),
            Some("0123456789abcdef0123456789abcdef")
        );
        assert_eq!(facts.tags, ["red", "round"]);
        assert_eq!(
            Value::Object(facts.attributes),
            json!({"colour": "blue", "size": 3, "width": "wide", "patent_id": "no patent"})
        );
        assert_eq!(
            (facts.width, facts.view, facts.patent_id),
            (None, None, None)
        );
    }

    #[test]
    fn a_sheets_name_tells_patent_and_page() {
        let named = facts(json!({"filename": "x\\USD0939806-20220104-D00003.TIF"}));
        assert_eq!(named.patent_id.as_deref(), Some("USD939806"));
        assert_eq!(named.page_num.as_deref(), Some("D00003"));
        assert_eq!((named.image_index, named.front_page), (Some(3), false));
        let told = facts(json!({
            "file_name": "USD0939806-20220104-D00003.TIF", "patent_id": "US D531,781 S1",
        }));
        assert_eq!(told.patent_id.as_deref(), Some("USD531781"));
        assert_eq!(told.page_num, None);
    }

    #[test]
    fn metadata_is_read_as_if_it_stood_outside() {
        let from_text = facts(json!({"metadata": "{\"path\": \"c.png\", \"id\": 2}", "id": 1}));
        assert_eq!(from_text.external_id.as_deref(), Some("1"));
        assert_eq!(from_text.path.as_deref(), Some("c.png"));
        let plain = facts(json!({"metadata": "taken in May"}));
        assert_eq!(plain.attributes["metadata"], "taken in May");
    }

    #[test]
    fn an_items_id_gives_way_to_the_external_id_in_our_own_banks() {
        let record = json!({"id": 5, "external_id": "x", "created_at": 3});
        let Value::Object(record) = record else {
            panic!("no object: {record}");
        };
        let ours = Facts::new(record.clone(), Writer::Lookalike);
        assert_eq!(ours.external_id.as_deref(), Some("x"));
        assert!(ours.attributes.is_empty());
        let theirs = Facts::new(record, Writer::Other);
        assert_eq!(theirs.attributes["id"], 5);
    }
}
