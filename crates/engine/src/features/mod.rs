//! Feature banks: vectors brought along or taken away, with what is known of each.
//!
//! A bank's vectors are stored as they are, to the last bit, unless the collection
//! normalises. Rows are read and written block by block, so that memory does not grow with
//! their number.

mod content;
mod export;
mod import;
mod place;
mod problem;
mod target;

use std::path::PathBuf;
use std::sync::Arc;

use lookalike_banks::BankLayout;
use lookalike_storage::{IndexKind, Metric};
use serde::Serialize;

use crate::import::{Control, ImportReport};
use crate::{EngineError, Stores};

/// An import of feature banks.
#[derive(Clone, Debug)]
pub struct FeatureImportRequest {
    /// Files and folders, at least one.
    pub banks: Vec<PathBuf>,
    /// The collection; made if there is none of that name.
    pub collection: String,
    /// Its metric; default what the bank says, else cosine.
    pub metric: Option<Metric>,
    /// Kind of its index; default `auto`.
    pub index: Option<IndexKind>,
    /// Whether vectors are scaled to length 1; default what the bank says, else not.
    pub normalize: Option<bool>,
    /// Threads that read pictures.
    pub workers: usize,
}

/// An export of a collection as a feature bank.
#[derive(Clone, Debug)]
pub struct FeatureExportRequest {
    /// The collection.
    pub collection: String,
    /// The file or folder to write.
    pub output: PathBuf,
    /// Its form.
    pub layout: BankLayout,
}

/// What an export wrote.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FeatureExportReport {
    /// The collection.
    pub collection: String,
    /// The file or folder.
    pub output: PathBuf,
    /// Rows.
    pub exported: u64,
    /// Numbers in a vector.
    pub dim: usize,
    /// Wall-clock time.
    pub elapsed_sec: f64,
}

/// Imports and exports feature banks. Cloning is cheap.
#[derive(Clone)]
pub struct Banks {
    stores: Arc<Stores>,
}

impl Banks {
    /// Banks into and out of `stores`.
    #[must_use]
    pub fn new(stores: Arc<Stores>) -> Self {
        Self { stores }
    }

    /// Imports feature banks. Rows that fail are in the report; the rest is imported.
    /// `control` tells, from any thread, how it is going, and stops it after a transaction.
    ///
    /// # Errors
    /// A bank can't be opened, does not fit the collection, or the catalogue can't be
    /// written.
    pub fn import(
        &self,
        request: &FeatureImportRequest,
        control: &Control,
    ) -> Result<ImportReport, EngineError> {
        import::run(&self.stores, request, control)
    }

    /// Writes a collection as a feature bank, the items by ascending id.
    ///
    /// # Errors
    /// There is no such collection, it changes meanwhile, the output can't be written, or
    /// `control` stopped it; then nothing is left behind.
    pub fn export(
        &self,
        request: &FeatureExportRequest,
        control: &Control,
    ) -> Result<FeatureExportReport, EngineError> {
        export::run(&self.stores, request, control)
    }
}
