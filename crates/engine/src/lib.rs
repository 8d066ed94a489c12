//! Use cases: import, jobs, watch, library, download, near duplicates, feature banks, embed,
//! re-embed, search, group, evaluate, measure, accounts. Never sees HTTP or command-line arguments.

pub mod accounts;
mod backup;
mod batches;
mod by_name;
mod byte_cache;
mod clock;
mod collections;
pub mod download;
pub mod duplicates;
mod embed;
mod encoders;
mod engine;
mod error;
pub mod evaluate;
pub mod explain;
pub mod features;
#[cfg(test)]
mod fixture;
mod gone;
mod health;
mod hex;
pub mod history;
pub mod import;
pub mod jobs;
pub mod library;
pub mod measure;
pub mod models;
pub mod npy;
mod pictures;
mod re_embed;
pub mod report;
pub mod search;
mod stores;
pub mod watch;

pub use backup::BackupReport;
pub use clock::{Clock, system_clock};
pub use collections::{CollectionReport, CollectionSettings, IndexReport, ModelReport};
pub use embed::{Reading, embed_file_tokens, embed_files};
pub use encoders::{BUILTIN, Encoder, EncoderSettings, Encoders};
pub use engine::{Counters, Engine};
pub use error::{EngineError, ErrorKind};
pub use health::{HealthReport, ModelHealth};
pub use pictures::{Content, Picture, View};
pub use re_embed::ReEmbedRequest;
pub use stores::{Parts, Stores};
