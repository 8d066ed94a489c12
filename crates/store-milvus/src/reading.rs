//! Reading the rows of a collection that others made in Milvus, whatever its fields.

use lookalike_storage::Metric;
use serde_json::{Map, Value};

use crate::MilvusSettings;
use crate::calls::Remote;
use crate::client::Client;
use crate::error::MilvusError;
use crate::wire::{Field, FieldData, FieldSchema, Scalars};

/// Rows read at a time: of 768 values, 3 MB.
const PAGE: usize = 1000;

/// A row's fields and its vector.
type ForeignRow<'a> = (Map<String, Value>, &'a [f32]);

/// Numbers of `schema.DataType`.
const INT64: i32 = 5;
const VARCHAR: i32 = 21;
const FLOAT_VECTOR: i32 = 101;

/// A collection in somebody's Milvus.
pub struct ForeignCollection {
    client: Client,
    name: String,
    fields: Vec<FieldSchema>,
    key: FieldSchema,
    vectors: String,
    /// Numbers in a vector.
    pub dim: usize,
    /// How it is indexed to compare vectors, if it is.
    pub metric: Option<Metric>,
    /// Rows, as Milvus counts them.
    pub rows: u64,
}

impl ForeignCollection {
    /// Opens the collection `name`, or the one that the alias `name` leads to.
    ///
    /// # Errors
    /// One sentence: there is none, it holds no vectors of float32 or several kinds of them, or Milvus does
    /// not answer.
    pub fn open(settings: &MilvusSettings, name: &str) -> Result<Self, String> {
        let client = Client::new(settings)?;
        let address = client.address().to_owned();
        let failed = |error: MilvusError| format!("Milvus at {address}: {error}");
        let remote = Remote {
            client: &client,
            name,
        };
        let described = remote.describe().map_err(failed)?;
        let (schema, _) =
            described.ok_or_else(|| format!("Milvus at {address} has no collection `{name}`"))?;
        let (key, vectors) = columns(name, &schema.fields)?;
        let dim = vectors
            .type_params
            .iter()
            .find(|parameter| parameter.key == "dim")
            .and_then(|parameter| parameter.value.parse().ok())
            .ok_or_else(|| format!("the vectors of `{name}` have no length"))?;
        let metric = remote.metric(&vectors.name).map_err(failed)?;
        let now = crate::calls::timestamp(&client).map_err(failed)?;
        let rows = remote.count("", now).map_err(failed)?;
        Ok(Self {
            name: name.to_owned(),
            fields: schema.fields,
            key,
            vectors: vectors.name,
            dim,
            metric,
            rows,
            client,
        })
    }

    /// Calls `each` for every row, in the order of the keys, with its fields and its vector.
    ///
    /// # Errors
    /// Those of `each`, or Milvus does not answer any more.
    pub fn each_row<E: From<String>>(
        &self,
        mut each: impl FnMut(Map<String, Value>, &[f32]) -> Result<(), E>,
    ) -> Result<(), E> {
        let names: Vec<&str> = self
            .fields
            .iter()
            .map(|field| field.name.as_str())
            .collect();
        let remote = Remote {
            client: &self.client,
            name: &self.name,
        };
        let mut last: Option<Value> = None;
        loop {
            let expression = after(&self.key, last.as_ref());
            let page = remote
                .page(&expression, &names, PAGE)
                .map_err(|error| format!("Milvus at {}: {error}", self.client.address()))?;
            let rows = rows(&page, &self.vectors, self.dim)?;
            let Some(greatest) = greatest(&rows, &self.key.name) else {
                return Ok(());
            };
            for (fields, vector) in rows {
                each(fields, vector)?;
            }
            last = Some(greatest);
        }
    }
}

/// The primary key and the vectors among fields.
fn columns(name: &str, fields: &[FieldSchema]) -> Result<(FieldSchema, FieldSchema), String> {
    let key = fields.iter().find(|field| field.is_primary_key);
    let key = key.filter(|key| [INT64, VARCHAR].contains(&key.data_type));
    let key = key.ok_or_else(|| format!("`{name}` has no primary key"))?;
    let vectors: Vec<&FieldSchema> = fields
        .iter()
        .filter(|field| field.data_type == FLOAT_VECTOR)
        .collect();
    match vectors[..] {
        [vectors] => Ok((key.clone(), vectors.clone())),
        [] => Err(format!("`{name}` has no field of float vectors")),
        _ => Err(format!(
            "`{name}` has several fields of vectors; only one can be taken"
        )),
    }
}

/// The expression of rows after that key.
fn after(key: &FieldSchema, last: Option<&Value>) -> String {
    let name = &key.name;
    match last {
        None if key.data_type == VARCHAR => format!("{name} >= \"\""),
        None => format!("{name} >= {}", i64::MIN + 1),
        // JSON's escapes of texts are those of Milvus's expressions.
        Some(last) => format!("{name} > {last}"),
    }
}

fn greatest(rows: &[ForeignRow<'_>], key: &str) -> Option<Value> {
    let keys = rows.iter().filter_map(|(fields, _)| fields.get(key));
    let order = |a: &&Value, b: &&Value| match (a.as_i64(), b.as_i64()) {
        (Some(a), Some(b)) => a.cmp(&b),
        _ => a.as_str().cmp(&b.as_str()),
    };
    keys.max_by(order).cloned()
}

/// Columns as rows.
fn rows<'a>(
    columns: &'a [FieldData],
    vectors: &str,
    dim: usize,
) -> Result<Vec<ForeignRow<'a>>, String> {
    let mut found: Vec<ForeignRow<'a>> = Vec::new();
    for column in columns {
        if let (Some(Field::Vectors(field)), true) = (&column.field, column.field_name == vectors) {
            let floats = field.floats.as_ref().map_or(&[][..], |floats| &floats.data);
            found = floats
                .chunks(dim)
                .map(|vector| (Map::new(), vector))
                .collect();
        }
    }
    for column in columns {
        let Some(Field::Scalars(scalars)) = &column.field else {
            continue;
        };
        let values = scalars.data.as_ref().map(values).unwrap_or_default();
        if values.len() != found.len() && !values.is_empty() {
            return Err(format!(
                "Milvus gives {} values of `{}` for {} rows",
                values.len(),
                column.field_name,
                found.len()
            ));
        }
        for ((fields, _), value) in found.iter_mut().zip(values) {
            fields.insert(column.field_name.clone(), value);
        }
    }
    Ok(found)
}

fn values(scalars: &Scalars) -> Vec<Value> {
    match scalars {
        Scalars::Truth(values) => values.data.iter().map(|&value| value.into()).collect(),
        Scalars::Int(values) => values.data.iter().map(|&value| value.into()).collect(),
        Scalars::Long(values) => values.data.iter().map(|&value| value.into()).collect(),
        Scalars::Float(values) => values.data.iter().map(|&value| value.into()).collect(),
        Scalars::Double(values) => values.data.iter().map(|&value| value.into()).collect(),
        Scalars::Text(values) => values
            .data
            .iter()
            .map(|value| value.as_str().into())
            .collect(),
        Scalars::Json(values) => values
            .data
            .iter()
            .map(|value| serde_json::from_slice(value).unwrap_or(Value::Null))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{FloatArray, LongArray, ScalarField, StringArray, VectorField};

    fn field(name: &str, data_type: i32, is_primary_key: bool) -> FieldSchema {
        FieldSchema {
            name: name.into(),
            data_type,
            is_primary_key,
            type_params: Vec::new(),
        }
    }

    #[test]
    fn pages_follow_the_key() {
        let (numbers, texts) = (field("id", INT64, true), field("md5", VARCHAR, true));
        assert_eq!(after(&numbers, Some(&7.into())), "id > 7");
        assert_eq!(after(&texts, None), "md5 >= \"\"");
        assert_eq!(after(&texts, Some(&"a\"b".into())), r#"md5 > "a\"b""#);
    }

    #[test]
    fn a_collection_needs_a_key_and_one_kind_of_vectors() {
        let (key, vectors) = (field("id", INT64, true), field("v", FLOAT_VECTOR, false));
        assert!(columns("c", &[key.clone(), vectors.clone()]).is_ok());
        for fields in [
            vec![vectors.clone()],
            vec![key.clone()],
            vec![key, vectors.clone(), vectors],
        ] {
            let error = columns("c", &fields).unwrap_err();
            assert!(error.contains("`c`"), "{error}");
        }
    }

    #[test]
    fn columns_become_rows() {
        let scalar = |name: &str, data| FieldData {
            data_type: 0,
            field_name: name.into(),
            field: Some(Field::Scalars(ScalarField { data: Some(data) })),
        };
        let columns = [
            scalar("id", Scalars::Long(LongArray { data: vec![2, 1] })),
            scalar(
                "patent_id",
                Scalars::Text(StringArray {
                    data: vec!["USD1".into(), String::new()],
                }),
            ),
            FieldData {
                data_type: FLOAT_VECTOR,
                field_name: "v".into(),
                field: Some(Field::Vectors(VectorField {
                    dim: 2,
                    floats: Some(FloatArray {
                        data: vec![1.0, 2.0, 3.0, 4.0],
                    }),
                })),
            },
        ];
        let rows = rows(&columns, "v", 2).unwrap();
        assert_eq!(rows[1].1, [3.0, 4.0]);
        assert_eq!(rows[0].0["patent_id"], "USD1");
        assert_eq!(greatest(&rows, "id"), Some(2.into()));
        assert!(super::rows(&columns[..2], "v", 2).is_err());
    }
}
