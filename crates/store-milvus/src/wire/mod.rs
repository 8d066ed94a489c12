//! What is used of Milvus's protocol, written by hand: no compiler of protocols, no build script.
//!
//! Numbers of fields are those of milvus-proto (common, schema and milvus .proto) of release 3.0, which
//! agree with what Milvus 2.3.5 and milvus-lite understand. Fields that are not used are left out:
//! the encoding skips what it does not know.

mod answers;
mod data;
mod requests;

pub(crate) use answers::{
    Answer, Described, DescribedIndex, FlushState, Flushed, Found, IndexDescription, LoadState,
    Mutation, Queried, Status, Timestamp, Version, Wellness,
};
pub(crate) use data::{
    CollectionSchema, Field, FieldData, FieldSchema, FloatArray, Id, IntArray, KeyValue, LongArray,
    Placeholder, PlaceholderGroup, ScalarField, Scalars, StringArray, VectorField,
};
pub(crate) use requests::{
    Alias, CreateCollection, CreateIndex, Delete, DropAlias, Empty, Flush, GetFlushState,
    GetLoadState, Load, Named, NamedIndex, Query, Search, Upsert,
};
