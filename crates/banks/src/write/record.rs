//! What an export says of an item. Absent things are left out, not written as null.

use lookalike_catalog::{Figure, Item, Patent};
use serde_json::{Map, Value, json};

/// The attribute that keeps a path at which no picture was found.
pub const PATH_ATTRIBUTE: &str = "path";

/// Number of [`texts`].
pub const TEXTS: usize = 5;

/// A row of a bank: a figure of an item.
#[derive(Clone, Copy, Debug)]
pub struct ItemRow<'a> {
    /// The item.
    pub item: &'a Item,
    /// Which of its figures.
    pub figure_index: u8,
    /// What is known of it.
    pub figure: &'a Figure,
}

/// Path, file name, MD5 (of a page what tells it from others), patent id, and the rest as JSON; empty where there is none.
pub fn texts(row: ItemRow<'_>) -> [String; TEXTS] {
    let item = row.item;
    [
        path(item).unwrap_or_default(),
        item.file_name.clone(),
        item.content_md5.clone(),
        item.patent_id.clone().unwrap_or_default(),
        Value::Object(rest(row)).to_string(),
    ]
}

/// Everything in one JSON object; `feature` names the file of the vector.
pub fn line(row: ItemRow<'_>, feature: Option<String>) -> Map<String, Value> {
    let item = row.item;
    let mut line = Map::new();
    line.insert("id".to_owned(), item.id.into());
    let texts = [
        ("path", path(item)),
        ("feature", feature),
        ("file_name", Some(item.file_name.clone())),
        ("md5", Some(item.content_md5.clone())),
        ("patent_id", item.patent_id.clone()),
    ];
    for (key, text) in texts {
        if let Some(text) = text {
            line.insert(key.to_owned(), text.into());
        }
    }
    line.extend(rest(row));
    line
}

/// Where the picture lies, or lay when it was imported from a bank.
fn path(item: &Item) -> Option<String> {
    let remembered = || Some(item.attributes.get(PATH_ATTRIBUTE)?.as_str()?.to_owned());
    item.original_path.clone().or_else(remembered)
}

fn rest(row: ItemRow<'_>) -> Map<String, Value> {
    let item = row.item;
    let fields = [
        ("external_id", json!(item.external_id)),
        ("width", json!(item.width)),
        ("height", json!(item.height)),
        ("file_size", json!(item.file_size)),
        ("format", json!(item.format)),
        ("page_num", json!(item.page_num)),
        ("image_index", json!(item.image_index)),
        ("figure_index", json!(row.figure_index)),
        ("figure", figure(row.figure)),
        ("view", json!(item.view)),
        ("front_page", json!(item.front_page.then_some(true))),
        ("description", json!(item.description)),
        ("tags", json!(item.tags)),
        ("attributes", item.attributes.clone()),
        ("created_at", json!(item.created_at)),
        ("patent", patent(item)),
    ];
    fields
        .into_iter()
        .filter(|(_, value)| !is_absent(value))
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
}

fn figure(figure: &Figure) -> Value {
    if *figure == Figure::default() {
        return Value::Null;
    }
    let area = figure
        .area
        .map(|area| [area.x, area.y, area.width, area.height]);
    let mut json = json!({
        "number": figure.number,
        "label": figure.label,
        "view": figure.view,
        "box": area,
        "turn": figure.turn.degrees(),
    });
    if let Value::Object(fields) = &mut json {
        fields.retain(|_, value| !is_absent(value));
    }
    json
}

fn patent(item: &Item) -> Value {
    if item.patent == Patent::default() {
        return Value::Null;
    }
    let mut patent = json!(item.patent);
    if let Value::Object(fields) = &mut patent {
        fields.retain(|_, value| !is_absent(value));
    }
    patent
}

fn is_absent(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(list) => list.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    }
}
