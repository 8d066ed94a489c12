//! Import: files in, items out.
//!
//! Stages overlap and are bounded: a planner reads grants and lists files, workers read and
//! decode, one encoder embeds in batches, one writer commits. Whatever happens to the
//! process, the catalogue holds only whole items, and the same import again does the rest.

mod files;
mod folder;
mod pipeline;
mod progress;
mod report;
mod worker;
mod writer;

#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

pub use progress::{PROGRESS_FILE, Progress, Snapshot};
pub use report::{FileProblem, ImportReport};

use crate::{CollectionSettings, Engine, EngineError};

/// Pictures embedded in one forward pass unless told otherwise.
pub const DEFAULT_BATCH_SIZE: usize = 8;

/// What happens to the originals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Originals {
    /// They stay where they are.
    #[default]
    Reference,
    /// They are copied into the blob store.
    Copy,
}

/// An import.
#[derive(Clone, Debug)]
pub struct ImportRequest {
    /// Files and folders.
    pub paths: Vec<PathBuf>,
    /// The collection; made if there is none of that name.
    pub collection: String,
    /// How it is made, or what it must be like.
    pub settings: CollectionSettings,
    /// Pictures embedded in one forward pass, at least 1.
    pub batch_size: usize,
    /// What happens to the originals.
    pub originals: Originals,
    /// Threads that read and decode.
    pub workers: usize,
    /// Folder that `import_progress.json` is written to.
    pub progress_dir: PathBuf,
}

/// Asks an import to stop at the next safe point. Shared by reference.
#[derive(Debug, Default)]
pub struct Cancel(AtomicBool);

impl Cancel {
    /// Asks.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was asked.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Engine {
    /// Imports. `progress` tells, from any thread, how it is going. Files that fail are in
    /// the report; the rest is imported.
    ///
    /// # Errors
    /// A path does not exist, the collection does not fit the request, or the catalogue
    /// can't be written.
    pub fn import(
        &self,
        request: &ImportRequest,
        progress: &Progress,
        cancel: &Cancel,
    ) -> Result<ImportReport, EngineError> {
        // First, so that a mistyped path leaves no empty collection behind.
        let listing = files::list(&request.paths)?;
        let collection = self.collection_for_import(&request.collection, &request.settings)?;
        let encoder = self.encoders().of_collection(&collection)?;
        pipeline::Pipeline {
            engine: self,
            request,
            collection: &collection,
            encoder: &encoder,
            progress,
            cancel,
        }
        .run(listing)
    }
}
