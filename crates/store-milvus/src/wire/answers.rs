//! What Milvus answers.

use std::collections::HashMap;

use prost::Message;

use super::data::{CollectionSchema, FieldData, Id, KeyValue, LongArray};

/// Whether a request was carried out: both codes are 0 then.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct Status {
    /// The code of releases up to 2.2.
    #[prost(int32, tag = "1")]
    pub(crate) error_code: i32,
    #[prost(string, tag = "2")]
    pub(crate) reason: String,
    #[prost(int32, tag = "3")]
    pub(crate) code: i32,
    #[prost(bool, tag = "4")]
    pub(crate) retriable: bool,
}

/// An answer with its status.
pub(crate) trait Answer: Message + Default + 'static {
    /// `None` counts as carried out.
    fn status(&self) -> Option<&Status>;
}

impl Answer for Status {
    fn status(&self) -> Option<&Status> {
        Some(self)
    }
}

macro_rules! answers {
    ($($answer:ty),*) => {
        $(impl Answer for $answer {
            fn status(&self) -> Option<&Status> {
                self.status.as_ref()
            }
        })*
    };
}

answers!(
    Described,
    DescribedIndex,
    Flushed,
    FlushState,
    Found,
    LoadState,
    Mutation,
    Queried,
    Timestamp,
    Version,
    Wellness
);

#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct Described {
    #[prost(message, optional, tag = "1")]
    pub(crate) status: Option<Status>,
    #[prost(message, optional, tag = "2")]
    pub(crate) schema: Option<CollectionSchema>,
    #[prost(string, repeated, tag = "9")]
    pub(crate) aliases: Vec<String>,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct LoadState {
    #[prost(message, optional, tag = "1")]
    pub(crate) status: Option<Status>,
    #[prost(int32, tag = "2")]
    pub(crate) state: i32,
}

impl LoadState {
    pub(crate) const LOADED: i32 = 3;
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct IndexDescription {
    #[prost(message, repeated, tag = "3")]
    pub(crate) params: Vec<KeyValue>,
    #[prost(string, tag = "4")]
    pub(crate) field_name: String,
    #[prost(int64, tag = "5")]
    pub(crate) indexed_rows: i64,
    #[prost(int64, tag = "6")]
    pub(crate) total_rows: i64,
    #[prost(int32, tag = "7")]
    pub(crate) state: i32,
    #[prost(int64, tag = "9")]
    pub(crate) pending_rows: i64,
}

impl IndexDescription {
    pub(crate) const FINISHED: i32 = 3;
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct DescribedIndex {
    #[prost(message, optional, tag = "1")]
    pub(crate) status: Option<Status>,
    #[prost(message, repeated, tag = "2")]
    pub(crate) indexes: Vec<IndexDescription>,
}

/// Of an upsert or a deletion.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct Mutation {
    #[prost(message, optional, tag = "1")]
    pub(crate) status: Option<Status>,
    #[prost(uint32, repeated, tag = "4")]
    pub(crate) failed: Vec<u32>,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct Ids {
    #[prost(oneof = "Id", tags = "1, 2")]
    pub(crate) id: Option<Id>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Found {
    #[prost(message, optional, tag = "1")]
    pub(crate) status: Option<Status>,
    #[prost(message, optional, tag = "2")]
    pub(crate) results: Option<FoundRows>,
}

/// The rows of all queries, one query after the other.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct FoundRows {
    #[prost(float, repeated, tag = "4")]
    pub(crate) scores: Vec<f32>,
    #[prost(message, optional, tag = "5")]
    pub(crate) ids: Option<Ids>,
    /// How many of them each query has.
    #[prost(int64, repeated, tag = "6")]
    pub(crate) counts: Vec<i64>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Queried {
    #[prost(message, optional, tag = "1")]
    pub(crate) status: Option<Status>,
    #[prost(message, repeated, tag = "2")]
    pub(crate) fields_data: Vec<FieldData>,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct Version {
    #[prost(message, optional, tag = "1")]
    pub(crate) status: Option<Status>,
    #[prost(string, tag = "2")]
    pub(crate) version: String,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct Wellness {
    #[prost(message, optional, tag = "1")]
    pub(crate) status: Option<Status>,
    #[prost(bool, tag = "2")]
    pub(crate) is_healthy: bool,
    #[prost(string, repeated, tag = "3")]
    pub(crate) reasons: Vec<String>,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct Timestamp {
    #[prost(message, optional, tag = "1")]
    pub(crate) status: Option<Status>,
    #[prost(uint64, tag = "2")]
    pub(crate) timestamp: u64,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct Flushed {
    #[prost(message, optional, tag = "1")]
    pub(crate) status: Option<Status>,
    #[prost(map = "string, message", tag = "3")]
    pub(crate) segments: HashMap<String, LongArray>,
    #[prost(map = "string, uint64", tag = "6")]
    pub(crate) timestamps: HashMap<String, u64>,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct FlushState {
    #[prost(message, optional, tag = "1")]
    pub(crate) status: Option<Status>,
    #[prost(bool, tag = "2")]
    pub(crate) flushed: bool,
}
