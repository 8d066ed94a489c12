//! What is known of items besides their vectors: a name to show, and what makes hits right.

use std::collections::{BTreeSet, HashMap};

use lookalike_engine::EngineError;
use serde_json::Value;

use super::super::VectorSource;
use super::super::rows::read_rows;
use super::LabelKind;

/// Items read from a catalogue at a time.
const PAGE: usize = 1000;

/// What is known of some items.
#[derive(Debug, Default)]
pub(super) struct Items {
    by_id: HashMap<u64, About>,
    /// Names of the attributes that any of them has.
    attributes: BTreeSet<String>,
}

/// What is known of an item.
#[derive(Clone, Debug, Default)]
pub(super) struct About {
    pub(super) name: String,
    pub(super) label: Option<String>,
}

impl Items {
    /// What is known of those of the items that exist.
    ///
    /// # Errors
    /// The catalogue or the bank can't be read.
    pub(super) fn load(
        source: VectorSource<'_>,
        ids: &BTreeSet<u64>,
        by: Option<&LabelKind>,
    ) -> Result<Self, EngineError> {
        let mut items = Self::default();
        match source {
            VectorSource::Collection { catalog, .. } => {
                let ids: Vec<u64> = ids.iter().copied().collect();
                for page in ids.chunks(PAGE) {
                    for item in catalog.items(page)? {
                        let patent = item.patent_id.as_deref();
                        let attributes = item.attributes.as_object();
                        let attributes = attributes.into_iter().flatten();
                        items.add(item.id as u64, item.file_name, patent, attributes, by);
                    }
                }
            }
            VectorSource::Bank(path) => {
                let mut id = 0;
                read_rows(path, |row| {
                    if ids.contains(&id) {
                        let patent = row.patent_id.as_deref();
                        items.add(id, row.name, patent, row.attributes.iter(), by);
                    }
                    id += 1;
                })?;
            }
        }
        Ok(items)
    }

    fn add<'a>(
        &mut self,
        id: u64,
        name: String,
        patent_id: Option<&str>,
        attributes: impl Iterator<Item = (&'a String, &'a Value)>,
        by: Option<&LabelKind>,
    ) {
        let mut label = match by {
            Some(LabelKind::Patent) => patent_id.map(str::to_owned),
            _ => None,
        };
        for (attribute, value) in attributes {
            let is_label = matches!(by, Some(LabelKind::Attribute(name)) if name == attribute);
            if is_label {
                label = text(value);
            }
            if !self.attributes.contains(attribute) {
                self.attributes.insert(attribute.clone());
            }
        }
        self.by_id.insert(id, About { name, label });
    }

    /// What is known of the item; an item that is gone has no name.
    pub(super) fn about(&self, id: u64) -> About {
        self.by_id.get(&id).cloned().unwrap_or_default()
    }

    /// What the item is labelled with.
    pub(super) fn label(&self, id: u64) -> Option<&str> {
        self.by_id.get(&id)?.label.as_deref()
    }

    /// # Errors
    /// None of the items has a label: what it is called may be a slip.
    pub(super) fn check(&self, by: &LabelKind) -> Result<(), EngineError> {
        if self.by_id.values().any(|about| about.label.is_some()) {
            return Ok(());
        }
        Err(EngineError::invalid(match by {
            LabelKind::Patent => "none of the queries has a patent".to_owned(),
            LabelKind::Attribute(name) if self.attributes.is_empty() => {
                format!("none of the queries has the attribute `{name}`, nor any other")
            }
            LabelKind::Attribute(name) => {
                let known: Vec<&str> = self.attributes.iter().map(String::as_str).collect();
                format!(
                    "none of the queries has the attribute `{name}`; they have: {}",
                    known.join(", ")
                )
            }
        }))
    }
}

/// Values are the same when they are written the same.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) if text.is_empty() => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
