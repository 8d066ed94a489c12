//! What an export says of an item. Absent things are left out, not written as null.

use lookalike_catalog::{Item, Patent};
use serde_json::{Map, Value, json};

/// The attribute that keeps a path at which no picture was found.
pub const PATH_ATTRIBUTE: &str = "path";

/// Number of [`texts`].
pub const TEXTS: usize = 5;

/// Path, file name, MD5, patent id, and the rest as JSON; empty where there is none.
pub fn texts(item: &Item) -> [String; TEXTS] {
    [
        path(item).unwrap_or_default(),
        item.file_name.clone(),
        item.md5.clone(),
        item.patent_id.clone().unwrap_or_default(),
        Value::Object(rest(item)).to_string(),
    ]
}

/// Everything in one JSON object; `feature` names the file of the vector.
pub fn line(item: &Item, feature: Option<String>) -> Map<String, Value> {
    let mut line = Map::new();
    line.insert("id".to_owned(), item.id.into());
    let texts = [
        ("path", path(item)),
        ("feature", feature),
        ("file_name", Some(item.file_name.clone())),
        ("md5", Some(item.md5.clone())),
        ("patent_id", item.patent_id.clone()),
    ];
    for (key, text) in texts {
        if let Some(text) = text {
            line.insert(key.to_owned(), text.into());
        }
    }
    line.extend(rest(item));
    line
}

/// Where the picture lies, or lay when it was imported from a bank.
fn path(item: &Item) -> Option<String> {
    let remembered = || Some(item.attributes.get(PATH_ATTRIBUTE)?.as_str()?.to_owned());
    item.original_path.clone().or_else(remembered)
}

fn rest(item: &Item) -> Map<String, Value> {
    let fields = [
        ("external_id", json!(item.external_id)),
        ("width", json!(item.width)),
        ("height", json!(item.height)),
        ("file_size", json!(item.file_size)),
        ("format", json!(item.format)),
        ("page_num", json!(item.page_num)),
        ("image_index", json!(item.image_index)),
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
