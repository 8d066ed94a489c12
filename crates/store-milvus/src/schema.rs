//! The fields of a row in Milvus, and the rows of items.
//!
//! A row is a figure. Texts are cut to what a field holds (Milvus counts bytes); whole they are in the
//! catalogue, from which every answer is made. Milvus 2.3 knows no null: what is missing is "" or -1.

use lookalike_storage::{Collection, Item, RowId, StoredItem};

use crate::error::MilvusError;
use crate::wire::{
    CollectionSchema, Field, FieldData, FieldSchema, FloatArray, IntArray, KeyValue, LongArray,
    ScalarField, Scalars, StringArray, VectorField,
};

/// The field of vectors, and the name of its index.
pub(crate) const EMBEDDING: &str = "embedding";

/// What stands for a number that is missing.
const NONE: i64 = -1;

/// A scalar field's values, one a row.
#[derive(Clone, Copy)]
enum Values {
    /// INT8.
    Byte(fn(&Row<'_>) -> i64),
    /// INT16.
    Short(fn(&Row<'_>) -> i64),
    /// INT64.
    Long(fn(&Row<'_>) -> i64),
    /// VARCHAR of so many bytes.
    Text(usize, for<'a> fn(&'a Row<'_>) -> Option<&'a str>),
}

/// A figure of an item.
#[derive(Clone, Copy)]
pub(crate) struct Row<'a> {
    pub(crate) item: &'a Item,
    pub(crate) stored: &'a StoredItem,
    pub(crate) figure: u8,
}

impl Row<'_> {
    fn id(&self) -> RowId {
        RowId::new(self.stored.item_id, self.figure)
    }
}

fn number(value: Option<u32>) -> i64 {
    value.map_or(NONE, i64::from)
}

/// The scalar fields, the primary key first.
const FIELDS: [(&str, Values); 26] = [
    ("id", Values::Long(|row| row.id().number().cast_signed())),
    (
        "item_id",
        Values::Long(|row| row.stored.item_id.cast_signed()),
    ),
    ("figure_index", Values::Short(|row| i64::from(row.figure))),
    (
        "front_page",
        Values::Byte(|row| i64::from(row.stored.front_page)),
    ),
    (
        "file_name",
        Values::Text(256, |row| Some(&row.item.file_name)),
    ),
    (
        "file_path",
        Values::Text(512, |row| row.item.original_path.as_deref()),
    ),
    (
        "patent_id",
        Values::Text(64, |row| row.item.patent_id.as_deref()),
    ),
    (
        "page_num",
        Values::Text(16, |row| row.item.page_num.as_deref()),
    ),
    (
        "image_index",
        Values::Short(|row| number(row.item.image_index).min(i64::from(i16::MAX))),
    ),
    ("created_at", Values::Long(|row| row.item.created_at)),
    (
        "kind",
        Values::Text(8, |row| row.item.patent.kind.as_deref()),
    ),
    (
        "title",
        Values::Text(256, |row| row.item.patent.title.as_deref()),
    ),
    (
        "loc_class",
        Values::Text(32, |row| row.item.patent.loc_class.as_deref()),
    ),
    (
        "loc_edition",
        Values::Text(16, |row| row.item.patent.loc_edition.as_deref()),
    ),
    (
        "us_class",
        Values::Text(32, |row| row.item.patent.us_class.as_deref()),
    ),
    (
        "pub_date",
        Values::Long(|row| number(row.item.patent.pub_date)),
    ),
    (
        "filing_date",
        Values::Long(|row| number(row.item.patent.filing_date)),
    ),
    (
        "expiry_date",
        Values::Long(|row| number(row.item.patent.expiry_date)),
    ),
    (
        "grant_term",
        Values::Short(|row| number(row.item.patent.grant_term).min(i64::from(i16::MAX))),
    ),
    (
        "applicant_name",
        Values::Text(256, |row| row.item.patent.applicant_name.as_deref()),
    ),
    (
        "applicant_country",
        Values::Text(8, |row| row.item.patent.applicant_country.as_deref()),
    ),
    (
        "inventor_names",
        Values::Text(512, |row| row.item.patent.inventor_names.as_deref()),
    ),
    (
        "assignee_name",
        Values::Text(256, |row| row.item.patent.assignee_name.as_deref()),
    ),
    (
        "claim_text",
        Values::Text(512, |row| row.item.patent.claim_text.as_deref()),
    ),
    (
        "application_number",
        Values::Text(32, |row| row.item.patent.application_number.as_deref()),
    ),
    (
        "image_count",
        Values::Short(|row| i64::from(row.item.patent.image_count).min(i64::from(i16::MAX))),
    ),
];

impl Values {
    /// Numbers of `schema.DataType`.
    fn data_type(self) -> i32 {
        match self {
            Self::Byte(_) => 2,
            Self::Short(_) => 3,
            Self::Long(_) => 5,
            Self::Text(..) => 21,
        }
    }

    fn of(self, rows: &[Row<'_>]) -> Scalars {
        match self {
            Self::Byte(value) | Self::Short(value) => Scalars::Int(IntArray {
                // All of them fit: flags, bytes, and what was bounded.
                data: rows.iter().map(|row| value(row) as i32).collect(),
            }),
            Self::Long(value) => Scalars::Long(LongArray {
                data: rows.iter().map(value).collect(),
            }),
            Self::Text(bytes, value) => Scalars::Text(StringArray {
                data: rows
                    .iter()
                    .map(|row| cut(value(row).unwrap_or_default(), bytes).to_owned())
                    .collect(),
            }),
        }
    }
}

/// As much of a text as fits into so many bytes, in whole characters.
fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

const VECTORS: i32 = 101;

fn parameter(key: &str, value: usize) -> KeyValue {
    KeyValue {
        key: key.to_owned(),
        value: value.to_string(),
    }
}

/// The schema of a collection under its name in Milvus.
pub(crate) fn schema(name: &str, collection: &Collection) -> CollectionSchema {
    let scalars = FIELDS.iter().map(|&(name, values)| FieldSchema {
        name: name.to_owned(),
        is_primary_key: name == FIELDS[0].0,
        data_type: values.data_type(),
        type_params: match values {
            Values::Text(bytes, _) => vec![parameter("max_length", bytes)],
            _ => Vec::new(),
        },
    });
    let embedding = FieldSchema {
        name: EMBEDDING.to_owned(),
        data_type: VECTORS,
        type_params: vec![parameter("dim", collection.spec.dim)],
        is_primary_key: false,
    };
    CollectionSchema {
        name: name.to_owned(),
        fields: scalars.chain([embedding]).collect(),
    }
}

/// The columns of rows.
pub(crate) fn columns(collection: &Collection, rows: &[Row<'_>]) -> Vec<FieldData> {
    let scalars = FIELDS.iter().map(|&(name, values)| FieldData {
        data_type: values.data_type(),
        field_name: name.to_owned(),
        field: Some(Field::Scalars(ScalarField {
            data: Some(values.of(rows)),
        })),
    });
    let vectors = rows.iter().flat_map(|row| {
        let vector = row.stored.vectors.get(usize::from(row.figure));
        vector.into_iter().flatten().copied()
    });
    let embedding = FieldData {
        data_type: VECTORS,
        field_name: EMBEDDING.to_owned(),
        field: Some(Field::Vectors(VectorField {
            dim: collection.spec.dim as i64,
            floats: Some(FloatArray {
                data: vectors.collect(),
            }),
        })),
    };
    scalars.chain([embedding]).collect()
}

/// Whether a collection in Milvus is as we make it.
///
/// # Errors
/// One message with all differences and what to do.
pub(crate) fn check(
    name: &str,
    collection: &Collection,
    found: &CollectionSchema,
) -> Result<(), MilvusError> {
    let expected = schema(name, collection);
    let mut differences = Vec::new();
    for field in &expected.fields {
        match found.fields.iter().find(|other| other.name == field.name) {
            None => differences.push(format!("it has no field `{}`", field.name)),
            Some(other) if described(other) != described(field) => differences.push(format!(
                "its field `{}` is {}, expected {}",
                field.name,
                described(other),
                described(field)
            )),
            Some(_) => {}
        }
    }
    for field in &found.fields {
        if !expected.fields.iter().any(|other| other.name == field.name) {
            differences.push(format!("it has a field `{}` besides", field.name));
        }
    }
    if differences.is_empty() {
        return Ok(());
    }
    Err(MilvusError::Wrong(format!(
        "its collection `{name}` is not as this version makes it: {}; `lookalike collections \
         rebuild-index {}` fills a new one in its place",
        differences.join("; "),
        collection.spec.name
    )))
}

fn described(field: &FieldSchema) -> String {
    let name = match field.data_type {
        2 => "INT8",
        3 => "INT16",
        5 => "INT64",
        21 => "VARCHAR",
        VECTORS => "FLOAT_VECTOR",
        other => return format!("of type {other}"),
    };
    let parameter = |key| field.type_params.iter().find(|one| one.key == key);
    let size = parameter("max_length").or_else(|| parameter("dim"));
    let size = size.map_or_else(String::new, |size| format!("({})", size.value));
    let key = match field.is_primary_key {
        true => ", the primary key",
        false => "",
    };
    format!("{name}{size}{key}")
}

#[cfg(test)]
mod tests;
