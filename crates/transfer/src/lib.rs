//! Vectors brought along or taken away: feature banks into collections, and collections as banks.
//!
//! A bank's vectors are stored as they are, to the last bit, unless the collection
//! normalises. Rows are read and written block by block, so that memory does not grow with
//! their number.

mod content;
mod export;
mod image;
mod import;
mod place;
mod problem;
mod request;
mod target;

pub use request::{BankEncoder, BankExportReport, BankExportRequest, BankImportRequest};

use lookalike_engine::import::{Control, ImportReport};
use lookalike_engine::{EngineError, Stores};

/// Imports feature banks. Rows that fail are in the report; the rest is imported.
/// `control` tells, from any thread, how it is going, and stops it after a transaction.
///
/// # Errors
/// A bank can't be opened, does not fit the collection, or the catalogue can't be
/// written.
pub fn import_banks(
    stores: &Stores,
    request: &BankImportRequest,
    control: &Control,
) -> Result<ImportReport, EngineError> {
    stores.blob_work(|| import::run(stores, request, control))
}

/// Writes a collection as a feature bank, the items by ascending id.
///
/// # Errors
/// There is no such collection, it changes meanwhile, the output can't be written, or
/// `control` stopped it; then nothing is left behind.
pub fn export_bank(
    stores: &Stores,
    request: &BankExportRequest,
    control: &Control,
) -> Result<BankExportReport, EngineError> {
    export::run(stores, request, control)
}
