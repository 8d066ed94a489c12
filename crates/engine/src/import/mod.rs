//! Import: files in, items out.
//!
//! Stages overlap and are bounded: a planner lists files and reads their grants, readers
//! fetch bytes, a worker on each core decodes and embeds, one writer commits. Whatever happens
//! to the process, the catalogue holds only whole items, and the same import again does the
//! rest.

mod commit;
mod described;
mod folder;
mod grant_facts;
mod importer;
mod in_flight;
mod listing;
mod loaded;
mod pages;
mod pipeline;
mod planner;
mod progress;
mod queue;
mod reader;
mod report;
mod shard;
mod sheets_found;
mod worker;
mod writer;

#[cfg(test)]
mod page_tests;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::num::NonZeroUsize;
use std::path::PathBuf;

pub(crate) use commit::{Commit, NewFile, Original};
pub(crate) use described::{EmbeddedFigures, SheetNotes, describe};
pub(crate) use grant_facts::GrantFacts;
pub use importer::Importer;
use lookalike_work::Cancel;
pub use progress::{PROGRESS_FILE, Progress, Snapshot, per_second};
pub use report::ImportReport;
use serde::{Deserialize, Serialize};
pub use shard::Shard;

use crate::CollectionSettings;

/// What happens to the originals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Originals {
    /// They stay where they are.
    #[default]
    Reference,
    /// They are copied into the data directory.
    Copy,
    /// They are copied into the object store.
    S3,
}

/// An import.
#[derive(Clone, Debug)]
pub struct ImportRequest {
    /// Folders, archives, files, and logs of downloads.
    pub paths: Vec<PathBuf>,
    /// Only these of the files and archives there, by the path that they are reported under;
    /// `None` means all.
    pub only: Option<HashSet<String>>,
    /// Only this part of all; `None` means all.
    pub shard: Option<Shard>,
    /// The collection; made if there is none of that name.
    pub collection: String,
    /// How it is made, or what it must be like.
    pub settings: CollectionSettings,
    /// Pictures embedded in one forward pass; `None` takes what suits the encoder.
    pub batch_size: Option<NonZeroUsize>,
    /// What happens to the originals.
    pub originals: Originals,
    /// The data directory: `import_progress.json` is written to it, and nothing in it is
    /// imported because a folder happens to hold it.
    pub data_dir: PathBuf,
    /// Files on disk outside these folders are refused, links followed; `None` allows all.
    pub within: Option<Vec<PathBuf>>,
}

/// How others follow an import and stop it.
#[derive(Debug, Default)]
pub struct Control {
    /// How it is going.
    pub progress: Progress,
    /// Stops it.
    pub cancel: Cancel,
    /// The job whose record is kept up to date.
    pub job: Option<i64>,
}
