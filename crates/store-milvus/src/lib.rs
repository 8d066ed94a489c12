//! Vectors in Milvus: the trait [`VectorStore`](lookalike_storage::VectorStore) over Milvus 2.3 and later.
//!
//! Milvus follows the catalogue, which stays the truth: a thread writes to it what happened, by
//! revision, and a search adds what Milvus lacks. What Milvus finds is compared again with the
//! catalogue's vectors, so that scores and order are those of the embedded store; Milvus says which of
//! millions are worth it. An emptied Milvus is filled again, and one that is away is missed by
//! searches only: imports go on.

mod calls;
mod client;
mod error;
mod exact;
mod filter;
mod flush;
mod index;
mod names;
mod plan;
mod reading;
mod record;
mod schema;
mod search;
mod settings;
mod shared;
mod store;
mod sync;
mod syncer;
#[cfg(test)]
mod testing;
mod upkeep;
mod wire;

pub use reading::ForeignCollection;
pub use settings::{MilvusIndex, MilvusSettings, USUAL_PREFIX, USUAL_TIMEOUT, address};
pub use store::MilvusVectors;
