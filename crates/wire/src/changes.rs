//! Changes that are asked for, and what became of them.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::convert::same_fields;

/// What became of a deletion.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Deleted {
    /// Items that were there and are gone.
    pub deleted: u64,
    /// The number of this deletion, by which it can be undone; null where there is no trash.
    pub deletion: Option<i64>,
}

same_fields!(lookalike_engine::library::Deleted => Deleted { deleted, deletion });

/// What became of images that were to be restored.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Restored {
    /// Images that are back.
    pub restored: u64,
}

same_fields!(lookalike_engine::library::Restored => Restored { restored });

/// What became of a change of tags.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Tagged {
    /// Items that have other tags now.
    pub changed: u64,
}

same_fields!(lookalike_engine::library::Tagged => Tagged { changed });

/// Changes of an item, as users send them. What is absent stays as it is; null, or an empty
/// text, takes away what is there.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ItemEdit {
    /// Free text of at most 10,000 characters.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub description: Option<Option<String>>,
    /// At most 100 free words of at most 100 characters.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<Vec<String>>)]
    pub tags: Option<Option<Vec<String>>>,
    /// A free JSON object of at most 64 KB.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<Object>)]
    pub attributes: Option<Option<Map<String, Value>>>,
    /// The caller's own identifier, at most 255 characters.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub external_id: Option<Option<String>>,
    /// `perspective`, `front`, ...; at most 255 characters.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub view: Option<Option<String>>,
    /// A patent in any spelling.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub patent_id: Option<Option<String>>,
    /// Such as `D00001`.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub page_num: Option<Option<String>>,
}

same_fields!(ItemEdit => lookalike_engine::library::ItemEdit {
    description, tags, attributes, external_id, view, patent_id, page_num,
});

/// A decision.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(tag = "decision", rename_all = "snake_case", deny_unknown_fields)]
pub enum Decision {
    /// No two of these items, 2 to 100, are duplicates. It is remembered.
    NotDuplicate {
        /// Their ids.
        items: Vec<u64>,
    },
    /// One item is kept and others of its collection, at most 1000, are deleted.
    Keep {
        /// The id of the one.
        keep: u64,
        /// The ids of the others.
        delete: Vec<u64>,
    },
}

impl From<Decision> for lookalike_duplicates::Decision {
    fn from(decision: Decision) -> Self {
        match decision {
            Decision::NotDuplicate { items } => Self::NotDuplicate { items },
            Decision::Keep { keep, delete } => Self::Keep { keep, delete },
        }
    }
}

/// Tells null, which takes away, from absence, which leaves as it is.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn null_takes_away_and_absence_leaves() {
        let read = |value: Value| serde_json::from_value::<ItemEdit>(value);
        let edit = read(json!({"tags": null, "view": "front"})).unwrap();
        assert_eq!(edit.tags, Some(None));
        assert_eq!(edit.view, Some(Some("front".to_owned())));
        assert_eq!(edit.description, None);
        assert!(read(json!({"colour": "red"})).is_err());
    }
}
