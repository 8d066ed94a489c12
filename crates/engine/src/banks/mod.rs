//! Feature banks: vectors brought along or taken away, with what is known of each.
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

use std::sync::Arc;

pub use request::{BankExportReport, BankExportRequest, BankImportRequest};

use crate::import::{Control, ImportReport};
use crate::{EngineError, Stores};

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
        request: &BankImportRequest,
        control: &Control,
    ) -> Result<ImportReport, EngineError> {
        self.stores
            .blob_work(|| import::run(&self.stores, request, control))
    }

    /// Writes a collection as a feature bank, the items by ascending id.
    ///
    /// # Errors
    /// There is no such collection, it changes meanwhile, the output can't be written, or
    /// `control` stopped it; then nothing is left behind.
    pub fn export(
        &self,
        request: &BankExportRequest,
        control: &Control,
    ) -> Result<BankExportReport, EngineError> {
        export::run(&self.stores, request, control)
    }
}
