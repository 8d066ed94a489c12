//! The rows of a bank for those who import nothing.

use std::path::Path;

use lookalike_banks::{Bank, BankError};
use lookalike_engine::{EngineError, ErrorKind};
use lookalike_index::Metric;
use serde_json::{Map, Value};

/// One row.
#[derive(Clone, Debug)]
pub(super) struct BankRow {
    /// Its vector, all numbers finite.
    pub(super) vector: Vec<f32>,
    /// Name of its image's file, else of the bank and its number.
    pub(super) name: String,
    /// Canonical.
    pub(super) patent_id: Option<String>,
    /// What else the bank says of it.
    pub(super) attributes: Map<String, Value>,
}

/// What a bank says of all its rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct BankShape {
    /// Numbers in a vector.
    pub(super) dim: usize,
    /// How its vectors are meant to be compared, if it says so.
    pub(super) metric: Option<Metric>,
}

/// Calls `each` for every row of the bank, in order.
///
/// # Errors
/// The bank is of no known form, or damaged; or a row has no vector of finite numbers, as leaving
/// it out would shift the numbers of all behind it.
pub(super) fn read_rows(path: &Path, each: impl FnMut(BankRow)) -> Result<BankShape, EngineError> {
    read(path, each).map_err(|error| {
        EngineError::new(ErrorKind::Unprocessable, error.to_string()).because(error)
    })
}

fn read(path: &Path, mut each: impl FnMut(BankRow)) -> Result<BankShape, BankError> {
    let mut bank = Bank::open(path)?;
    let shape = BankShape {
        dim: bank.dim,
        metric: bank.origin.as_ref().map(|origin| origin.metric),
    };
    loop {
        let rows = bank.next_rows()?;
        if rows.is_empty() {
            return Ok(shape);
        }
        for row in rows {
            let row = row.map_err(|failed| BankError::Malformed {
                path: path.to_owned(),
                reason: format!("{}: {}", failed.file, failed.reason),
            })?;
            each(BankRow {
                vector: row.vector,
                name: row.facts.file_name.unwrap_or(row.label),
                patent_id: row.facts.patent_id,
                attributes: row.facts.attributes,
            });
        }
    }
}
