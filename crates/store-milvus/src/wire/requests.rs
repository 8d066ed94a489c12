//! What is asked of Milvus.

use prost::Message;

use super::data::{FieldData, KeyValue};

#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct Empty {}

/// A request about a collection: describe, drop, release.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct Named {
    #[prost(string, tag = "2")]
    pub(crate) db_name: String,
    #[prost(string, tag = "3")]
    pub(crate) collection_name: String,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct CreateCollection {
    #[prost(string, tag = "2")]
    pub(crate) db_name: String,
    #[prost(string, tag = "3")]
    pub(crate) collection_name: String,
    /// A [`super::CollectionSchema`], encoded.
    #[prost(bytes = "vec", tag = "4")]
    pub(crate) schema: Vec<u8>,
    #[prost(int32, tag = "5")]
    pub(crate) shards: i32,
    #[prost(int32, tag = "6")]
    pub(crate) consistency_level: i32,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct Load {
    #[prost(string, tag = "2")]
    pub(crate) db_name: String,
    #[prost(string, tag = "3")]
    pub(crate) collection_name: String,
    #[prost(int32, tag = "4")]
    pub(crate) replicas: i32,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct GetLoadState {
    #[prost(string, tag = "2")]
    pub(crate) collection_name: String,
    #[prost(string, tag = "4")]
    pub(crate) db_name: String,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct CreateIndex {
    #[prost(string, tag = "2")]
    pub(crate) db_name: String,
    #[prost(string, tag = "3")]
    pub(crate) collection_name: String,
    #[prost(string, tag = "4")]
    pub(crate) field_name: String,
    #[prost(message, repeated, tag = "5")]
    pub(crate) extra_params: Vec<KeyValue>,
    #[prost(string, tag = "6")]
    pub(crate) index_name: String,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct NamedIndex {
    #[prost(string, tag = "2")]
    pub(crate) db_name: String,
    #[prost(string, tag = "3")]
    pub(crate) collection_name: String,
    #[prost(string, tag = "4")]
    pub(crate) field_name: String,
    #[prost(string, tag = "5")]
    pub(crate) index_name: String,
}

/// Create or alter.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct Alias {
    #[prost(string, tag = "2")]
    pub(crate) db_name: String,
    #[prost(string, tag = "3")]
    pub(crate) collection_name: String,
    #[prost(string, tag = "4")]
    pub(crate) alias: String,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct DropAlias {
    #[prost(string, tag = "2")]
    pub(crate) db_name: String,
    #[prost(string, tag = "3")]
    pub(crate) alias: String,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Upsert {
    #[prost(string, tag = "2")]
    pub(crate) db_name: String,
    #[prost(string, tag = "3")]
    pub(crate) collection_name: String,
    #[prost(message, repeated, tag = "5")]
    pub(crate) fields_data: Vec<FieldData>,
    #[prost(uint32, tag = "7")]
    pub(crate) num_rows: u32,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct Delete {
    #[prost(string, tag = "2")]
    pub(crate) db_name: String,
    #[prost(string, tag = "3")]
    pub(crate) collection_name: String,
    #[prost(string, tag = "5")]
    pub(crate) expr: String,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct Search {
    #[prost(string, tag = "2")]
    pub(crate) db_name: String,
    #[prost(string, tag = "3")]
    pub(crate) collection_name: String,
    #[prost(string, tag = "5")]
    pub(crate) expr: String,
    /// A [`super::PlaceholderGroup`], encoded.
    #[prost(bytes = "vec", tag = "6")]
    pub(crate) placeholder_group: Vec<u8>,
    #[prost(int32, tag = "7")]
    pub(crate) dsl_type: i32,
    #[prost(string, repeated, tag = "8")]
    pub(crate) output_fields: Vec<String>,
    #[prost(message, repeated, tag = "9")]
    pub(crate) params: Vec<KeyValue>,
    #[prost(uint64, tag = "11")]
    pub(crate) guarantee_timestamp: u64,
    #[prost(int64, tag = "12")]
    pub(crate) query_count: i64,
    #[prost(int32, tag = "14")]
    pub(crate) consistency_level: i32,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct Query {
    #[prost(string, tag = "2")]
    pub(crate) db_name: String,
    #[prost(string, tag = "3")]
    pub(crate) collection_name: String,
    #[prost(string, tag = "4")]
    pub(crate) expr: String,
    #[prost(string, repeated, tag = "5")]
    pub(crate) output_fields: Vec<String>,
    #[prost(uint64, tag = "8")]
    pub(crate) guarantee_timestamp: u64,
    #[prost(message, repeated, tag = "9")]
    pub(crate) params: Vec<KeyValue>,
    #[prost(int32, tag = "11")]
    pub(crate) consistency_level: i32,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct Flush {
    #[prost(string, tag = "2")]
    pub(crate) db_name: String,
    #[prost(string, repeated, tag = "3")]
    pub(crate) collection_names: Vec<String>,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct GetFlushState {
    #[prost(int64, repeated, tag = "1")]
    pub(crate) segments: Vec<i64>,
    #[prost(uint64, tag = "2")]
    pub(crate) flush_timestamp: u64,
    #[prost(string, tag = "3")]
    pub(crate) db_name: String,
    #[prost(string, tag = "4")]
    pub(crate) collection_name: String,
}
