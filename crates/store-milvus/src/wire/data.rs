//! Rows, columns and schemas.

use prost::{Message, Oneof};

#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct KeyValue {
    #[prost(string, tag = "1")]
    pub(crate) key: String,
    #[prost(string, tag = "2")]
    pub(crate) value: String,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct LongArray {
    #[prost(int64, repeated, tag = "1")]
    pub(crate) data: Vec<i64>,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct IntArray {
    #[prost(int32, repeated, tag = "1")]
    pub(crate) data: Vec<i32>,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct TruthArray {
    #[prost(bool, repeated, tag = "1")]
    pub(crate) data: Vec<bool>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct DoubleArray {
    #[prost(double, repeated, tag = "1")]
    pub(crate) data: Vec<f64>,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct BytesArray {
    #[prost(bytes = "vec", repeated, tag = "1")]
    pub(crate) data: Vec<Vec<u8>>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct FloatArray {
    #[prost(float, repeated, tag = "1")]
    pub(crate) data: Vec<f32>,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct StringArray {
    #[prost(string, repeated, tag = "1")]
    pub(crate) data: Vec<String>,
}

#[derive(Clone, PartialEq, Oneof)]
pub(crate) enum Scalars {
    #[prost(message, tag = "1")]
    Truth(TruthArray),
    #[prost(message, tag = "2")]
    Int(IntArray),
    #[prost(message, tag = "3")]
    Long(LongArray),
    #[prost(message, tag = "4")]
    Float(FloatArray),
    #[prost(message, tag = "5")]
    Double(DoubleArray),
    #[prost(message, tag = "6")]
    Text(StringArray),
    /// Each the bytes of a JSON value.
    #[prost(message, tag = "9")]
    Json(BytesArray),
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct ScalarField {
    #[prost(oneof = "Scalars", tags = "1, 2, 3, 4, 5, 6, 9")]
    pub(crate) data: Option<Scalars>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct VectorField {
    #[prost(int64, tag = "1")]
    pub(crate) dim: i64,
    #[prost(message, optional, tag = "2")]
    pub(crate) floats: Option<FloatArray>,
}

#[derive(Clone, PartialEq, Oneof)]
pub(crate) enum Field {
    #[prost(message, tag = "3")]
    Scalars(ScalarField),
    #[prost(message, tag = "4")]
    Vectors(VectorField),
}

/// A column.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct FieldData {
    #[prost(int32, tag = "1")]
    pub(crate) data_type: i32,
    #[prost(string, tag = "2")]
    pub(crate) field_name: String,
    #[prost(oneof = "Field", tags = "3, 4")]
    pub(crate) field: Option<Field>,
}

#[derive(Clone, PartialEq, Eq, Oneof)]
pub(crate) enum Id {
    #[prost(message, tag = "1")]
    Long(LongArray),
    #[prost(message, tag = "2")]
    Text(StringArray),
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct FieldSchema {
    #[prost(string, tag = "2")]
    pub(crate) name: String,
    #[prost(bool, tag = "3")]
    pub(crate) is_primary_key: bool,
    #[prost(int32, tag = "5")]
    pub(crate) data_type: i32,
    #[prost(message, repeated, tag = "6")]
    pub(crate) type_params: Vec<KeyValue>,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct CollectionSchema {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(message, repeated, tag = "4")]
    pub(crate) fields: Vec<FieldSchema>,
}

/// Queries of a search: each the bytes of a vector.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct Placeholder {
    #[prost(string, tag = "1")]
    pub(crate) tag: String,
    #[prost(int32, tag = "2")]
    pub(crate) data_type: i32,
    #[prost(bytes = "vec", repeated, tag = "3")]
    pub(crate) values: Vec<Vec<u8>>,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct PlaceholderGroup {
    #[prost(message, repeated, tag = "1")]
    pub(crate) placeholders: Vec<Placeholder>,
}
