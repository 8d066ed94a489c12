//! What is asked for of banks, and what an export says at its end.

use std::path::PathBuf;

use lookalike_banks::BankLayout;
use lookalike_catalog::PreprocessKind;
use lookalike_storage::{IndexKind, Metric};
use serde::Serialize;

/// An import of feature banks.
#[derive(Clone, Debug)]
pub struct BankImportRequest {
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
    /// What made the vectors of banks that say nothing of it, so that pictures and words can be searched
    /// with: nobody can check it but for their length.
    pub encoder: Option<BankEncoder>,
}

/// A model that vectors were made with, by somebody else.
#[derive(Clone, Debug)]
pub struct BankEncoder {
    /// Its name, or where it is.
    pub model: String,
    /// How pictures were prepared; default as the model has it.
    pub preprocess: Option<PreprocessKind>,
    /// To which size; default the model's.
    pub size: Option<u32>,
}

/// An export of a collection as a feature bank.
#[derive(Clone, Debug)]
pub struct BankExportRequest {
    /// The collection.
    pub collection: String,
    /// The file or folder to write.
    pub output: PathBuf,
    /// Its form.
    pub layout: BankLayout,
}

/// What an export wrote.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BankExportReport {
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
