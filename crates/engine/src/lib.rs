//! Use cases: import, jobs, library, near duplicates, embed, re-embed, search, group. Never sees HTTP or command-line arguments.

mod byte_cache;
mod collections;
mod day;
mod embed;
mod embedding_worker;
mod encoders;
mod engine;
mod error;
mod file_name;
mod filters;
#[cfg(any(test, feature = "testing"))]
pub mod fixture;
mod gone;
mod health;
mod hex;
mod hint;
pub mod history;
pub mod import;
pub mod jobs;
pub mod library;
mod paged;
mod pictures;
mod re_embed;
pub mod search;
mod shared_passes;
mod stores;

pub use byte_cache::ByteCache;
pub use collections::{
    CollectionReport, CollectionSettings, Collections, IndexReport, ModelReport, absolute_if_path,
};
pub use day::parse_day;
pub use embed::{EmbeddedFile, Reading, embed_file_tokens, embed_files};
pub use encoders::{
    BUILTIN, Described, DeviceInUse, Encoder, EncoderSettings, Encoders, Length, model_of,
};
pub use engine::Engine;
pub use error::{EngineError, ErrorKind};
pub use gone::{is_gone, says_gone};
pub use health::{DataDirectoryHealth, Health, HealthReport, ModelHealth, ObjectStoreHealth};
pub use hex::hex;
pub use hint::{Hint, Setting};
pub use lookalike_evidence::{Access as EvidenceAccess, EvidenceStore};
pub use pictures::{
    Content, Picture, PictureFigure, PictureFigures, Pictures, View, is_whole_jpeg, make_thumbnail,
};
pub use re_embed::{ReEmbedRequest, ReEmbedder, Unchanged};
pub use stores::{Parts, Stores, Tidied, blob_place, evidence_key, thumbnail_key};
