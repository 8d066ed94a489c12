//! The rows of a bank for those who import nothing.

use std::path::Path;

use lookalike_storage::Metric;
use serde_json::{Map, Value};

use super::bank::Bank;
use super::problem;
use crate::EngineError;

/// One row.
#[derive(Clone, Debug)]
pub(crate) struct BankRow {
    /// Its vector, all numbers finite.
    pub(crate) vector: Vec<f32>,
    /// Name of its image's file, else of the bank and its number.
    pub(crate) name: String,
    /// Canonical.
    pub(crate) patent_id: Option<String>,
    /// What else the bank says of it.
    pub(crate) attributes: Map<String, Value>,
}

/// What a bank says of all its rows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BankShape {
    /// Numbers in a vector.
    pub(crate) dim: usize,
    /// How its vectors are meant to be compared, if it says so.
    pub(crate) metric: Option<Metric>,
}

/// Calls `each` for every row of the bank, in order.
///
/// # Errors
/// The bank is of no known form, or damaged; or a row has no vector of finite numbers, as leaving
/// it out would shift the numbers of all behind it.
pub(crate) fn read_rows(
    path: &Path,
    mut each: impl FnMut(BankRow),
) -> Result<BankShape, EngineError> {
    let mut bank = Bank::open(path)?;
    let metric = bank.origin.as_ref().map(|origin| origin.metric.parse());
    let shape = BankShape {
        dim: bank.dim,
        metric: metric.transpose()?,
    };
    loop {
        let rows = bank.next_rows()?;
        if rows.is_empty() {
            return Ok(shape);
        }
        for row in rows {
            let row = row.map_err(|failed| {
                problem::malformed(path, format!("{}: {}", failed.file, failed.reason))
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
